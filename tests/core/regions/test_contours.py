"""Lines around pixels: they hold what shapely makes of the pixels, and turn the right way."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from focus_viewer.core.regions.contours import pixel_contours
from focus_viewer.core.typing import BoolArray, IntArray


def lines(inside: BoolArray) -> list[IntArray]:
    corners, ends = pixel_contours(inside)
    return np.split(corners, ends[:-1]) if ends.size else []


def area(ring: IntArray) -> float:
    """Twice the signed area: above zero clockwise on the screen, where rows grow downwards."""
    col, row = ring.T
    return float(np.dot(col, np.roll(row, -1)) - np.dot(row, np.roll(col, -1)))


@given(arrays(np.bool_, (6, 7)))
def test_lines_enclose_the_pixels_and_no_more(inside: BoolArray) -> None:
    rings = lines(inside)
    assert sum(area(ring) for ring in rings) == 2 * inside.sum()
    boxes = shapely.union_all([shapely.box(c, r, c + 1, r + 1) for r, c in np.argwhere(inside)])
    length = sum(float(np.abs(np.diff(ring, axis=0, append=ring[:1])).sum()) for ring in rings)
    assert length == boxes.length if inside.any() else not rings


@given(arrays(np.bool_, (6, 7)))
def test_pixels_that_touch_at_a_corner_are_taken_apart(inside: BoolArray) -> None:
    outer = [ring for ring in lines(inside) if area(ring) > 0]
    assert len(outer) == ndimage.label(inside)[1]  # four neighbours


def test_a_hole_has_its_own_line_the_other_way_round() -> None:
    inside = np.ones((3, 4), dtype=np.bool_)
    inside[1, 1:3] = False
    outer, hole = lines(inside)
    assert sorted(outer.tolist()) == [[0, 0], [0, 3], [4, 0], [4, 3]]
    assert (area(outer), area(hole)) == (24, -4)
