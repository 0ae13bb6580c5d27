"""Strokes of the brush, held against discs on the whole image."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.typing import BoolArray, Point2
from focus_viewer.ui.drawing.brush import BrushStroke

SHAPE = (24, 700)
POINTS = st.tuples(st.floats(-20, 720), st.floats(-20, 40))
LINES = st.lists(st.tuples(POINTS, POINTS, st.booleans()), max_size=6)


def near(start: Point2, end: Point2) -> BoolArray:
    """Return the pixels whose centre is within 3 pixels of a line, shape (rows, cols)."""
    row, col = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
    way = np.subtract(end, start)
    length = float(way @ way) or 1.0
    share = np.clip(((col - start[0]) * way[0] + (row - start[1]) * way[1]) / length, 0, 1)
    return np.hypot(col - start[0] - share * way[0], row - start[1] - share * way[1]) <= 3


def whole(crop: MaskCrop | None) -> BoolArray:
    if crop is None:
        return np.zeros(SHAPE, dtype=np.bool_)
    return crop.within(slice(0, SHAPE[0]), slice(0, SHAPE[1]))


@given(LINES, st.booleans())
def test_strokes_paint_and_erase_discs_along_lines(
    lines: list[tuple[Point2, Point2, bool]], on_a_region: bool
) -> None:
    expected = np.zeros(SHAPE, dtype=np.bool_)
    expected[5:9, 300:320] = on_a_region
    stroke = BrushStroke(SHAPE, crop_mask(expected.copy()))
    for start, end, erase in lines:
        stroke.draw([start, end], erase)
        expected[near(start, end)] = not erase
        assert (whole(stroke.window) == expected).all()
    assert (whole(stroke.pixels()) == expected).all()


def test_a_short_stroke_needs_little_memory() -> None:
    stroke = BrushStroke((8_000, 12_000))
    stroke.draw([(6_000, 4_000), (6_010, 4_000)], erase=False)
    assert stroke.window.inside.size < 300 * 300
