"""How much the camera shows: the box and its labels whole, and no more than that takes."""

from __future__ import annotations

import pytest

from focus_viewer.ui.volume.framing import framed_scale
from focus_viewer.ui.volume.grid import Box

BOX = Box(1.0, 0.7, 0.85, 400, 2500)
VIEW = (24.0, 28.0)
NOTHING = (0.0, 0.0)
LABEL = (0.05, 50.0)


def scale(width: int, height: int, label: tuple[float, float] = LABEL, box: Box = BOX) -> float:
    return framed_scale(box, VIEW, (width, height), label, label)


def test_a_wide_view_shows_the_box_as_large_as_it_can_be_turned() -> None:
    assert scale(900, 400) == scale(900, 400, NOTHING) == pytest.approx(1.03 * 1.488, rel=1e-3)


def test_a_narrow_view_shows_more_so_that_labels_fit() -> None:
    scales = [scale(width, 600) for width in (600, 460, 380, 300)]
    assert scales == sorted(scales)
    assert scales[-1] > 1.2 * scale(300, 600, NOTHING)


def test_labels_of_one_side_count_alone() -> None:
    left = framed_scale(BOX, VIEW, (360, 600), LABEL, NOTHING)
    right = framed_scale(BOX, VIEW, (360, 600), NOTHING, LABEL)
    assert left == pytest.approx(right, rel=1e-3)  # the box is seen from all sides
    assert left == pytest.approx(scale(360, 600), rel=1e-3)


@pytest.mark.parametrize("size", [(1, 1), (40, 40), (0, 300)])
def test_a_view_without_room_still_shows_the_box(size: tuple[int, int]) -> None:
    assert 0 < scale(*size) < 10
