"""Pixels of shapes in their bounding box: the same as those of the whole image."""

from __future__ import annotations

import time

import numpy as np
import pytest
from core.regions.whole_masks import whole_mask
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from memory_peak import ROOM_BYTES, memory_peak
from region_masks import mask_of, painted

from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask, union
from focus_viewer.core.regions.shapes import (
    Ellipse,
    MaskShape,
    PointMark,
    Polygon,
    Rectangle,
    Shape,
    moved,
)
from focus_viewer.core.typing import BoolArray

LARGE = (8_000, 12_000)
IMAGES = st.tuples(st.integers(1, 13), st.integers(1, 17))
NEAR = st.one_of(st.integers(-6, 22).map(lambda at: at / 2), st.floats(-6, 22))
ANY = st.one_of(NEAR, NEAR, NEAR, st.floats(), st.sampled_from((1e15, -1e16, 1e17, 1e300, -1e308)))
POINTS = st.tuples(ANY, ANY)
MASKS = arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))
RINGS = st.lists(st.one_of(st.tuples(NEAR, NEAR), POINTS), max_size=8).map(tuple)
SHAPES: st.SearchStrategy[Shape] = st.one_of(
    st.builds(Rectangle, POINTS, POINTS),
    st.builds(Ellipse, POINTS, POINTS, st.one_of(st.floats(-400, 400), ANY)),
    st.builds(Polygon, st.lists(RINGS, max_size=3).map(tuple)),
    st.builds(PointMark, POINTS),
    st.builds(
        lambda mask, row, col: MaskShape(row, col, mask.shape, np.packbits(mask).tobytes()),
        MASKS,
        st.one_of(st.integers(-12, 16), st.sampled_from((-(10**12), 10**12))),
        st.integers(-12, 16),
    ),
)


@settings(max_examples=1_000, deadline=None)
@given(SHAPES, IMAGES)
def test_the_same_pixels_as_on_the_whole_image(shape: Shape, image: tuple[int, int]) -> None:
    expected, crop = whole_mask(shape, image), shape.crop(image)
    assert (mask_of(shape, image) == expected).all()
    assert shape.overlaps(image) == expected.any() == (crop is not None)
    for row, col in ((0, 0), (image[0] // 2, image[1] // 2)):
        assert shape.contains(row, col) == expected[row, col]
    if crop is not None:
        crop.check_fits(image)
        for edge in (crop.inside[0], crop.inside[-1], crop.inside[:, 0], crop.inside[:, -1]):
            assert edge.any()


@settings(deadline=None)
@given(SHAPES, IMAGES)
def test_strips_do_not_change_pixels(shape: Shape, image: tuple[int, int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("focus_viewer.core.regions.shapes._STRIP_PIXELS", 7)
        assert (mask_of(shape, image) == whole_mask(shape, image)).all()


@given(arrays(np.bool_, (6, 7)), arrays(np.bool_, (6, 7)), st.integers(0, 6), st.integers(0, 6))
def test_operations_are_those_of_masks(
    first: BoolArray, second: BoolArray, start: int, stop: int
) -> None:
    one, other = crop_mask(first), crop_mask(second)

    def whole(crop: MaskCrop | None) -> BoolArray:
        blank = np.zeros((6, 7), dtype=np.bool_)
        return blank if crop is None else crop.within(slice(0, 6), slice(0, 7))

    assert (whole(one) == first).all()
    assert (whole(union((one, None, other))) == first | second).all()
    assert union(()) is None
    if one is not None:
        assert one.pixels == first.sum()
        strip = np.zeros_like(first)
        strip[start:stop] = first[start:stop]
        assert (whole(one.between(start, stop)) == strip).all()


@pytest.mark.parametrize(
    "shape",
    [
        Rectangle((7_000, 6_000), (7_100, 6_100)),
        Ellipse((7_000, 6_000), (50, 30), 20),
        Polygon((((7_000, 6_000), (7_100, 6_010), (7_050, 6_090)),)),
        PointMark((7_000, 6_000)),
        moved(painted(np.ones((100, 100), dtype=np.bool_)) or PointMark((0, 0)), 7_000, 6_000),
    ],
)
def test_time_and_memory_follow_the_box_not_the_image(shape: Shape) -> None:
    begin = time.perf_counter()
    with memory_peak() as peak:
        crop = shape.crop(LARGE)
    assert time.perf_counter() - begin < 0.5
    assert peak() < ROOM_BYTES  # a mask of the image takes 96 MB
    assert crop is not None
    assert crop.inside.size <= 101 * 101


def test_a_shape_as_large_as_the_image_is_seen_to_overlap_it_at_once() -> None:
    begin = time.perf_counter()
    assert Ellipse((6_000, 4_000), (6_000, 4_000)).overlaps(LARGE)
    assert time.perf_counter() - begin < 1
