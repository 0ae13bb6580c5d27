"""A cube seen coarsely."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.binning import BinnedSource, binned
from focus_viewer.core.cube import ArraySource, Cube
from focus_viewer.core.typing import FloatArray


def cube_of(values: FloatArray) -> Cube:
    return Cube(ArraySource(values), "c", np.ones(values.shape[2], dtype=np.bool_))


def ramp(rows: int, cols: int, bands: int = 2) -> FloatArray:
    return np.arange(rows * cols * bands, dtype=np.float32).reshape(rows, cols, bands)


def test_a_small_cube_is_left_alone() -> None:
    cube = cube_of(ramp(4, 5))
    assert binned(cube, 20) is cube


def test_squares_are_means() -> None:
    values = ramp(4, 4)
    coarse = BinnedSource(ArraySource(values), 2).read(slice(None), slice(None), slice(None))
    expected = values.reshape(2, 2, 2, 2, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(coarse, expected)


def test_squares_at_the_edge_and_around_missing_data_take_what_there_is() -> None:
    values = np.array([[1, 3, 5], [np.nan, 7, 9], [2, np.nan, np.nan]], dtype=np.float32)[..., None]
    coarse = BinnedSource(ArraySource(values), 2).read(slice(None), slice(None), slice(None))
    np.testing.assert_allclose(coarse[..., 0], [[11 / 3, 7], [2, np.nan]])


def test_parts_are_read_as_from_the_whole() -> None:
    source = BinnedSource(ArraySource(ramp(9, 11, 4)), 3)
    whole = source.read(slice(None), slice(None), slice(None))
    part = source.read(slice(1, 3), slice(0, 2), np.array([3, 1]))
    np.testing.assert_array_equal(part, whole[1:3, :2][:, :, [3, 1]])


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 200))
def test_the_bound_is_kept(rows: int, cols: int, most: int) -> None:
    coarse = binned(cube_of(np.ones((rows, cols, 1), dtype=np.float32)), most)
    assert coarse.rows * coarse.cols <= most
    assert coarse.band(0) == pytest.approx(np.ones((coarse.rows, coarse.cols)))


def test_only_a_row_of_squares_is_read_at_a_time() -> None:
    class Tall:
        shape = (100_000, 50, 3)
        tallest = 0

        def read(self, rows: slice, cols: slice, bands: object) -> FloatArray:
            height = len(range(self.shape[0])[rows])
            Tall.tallest = max(Tall.tallest, height)
            return np.ones((height, 50, 3), dtype=np.float32)

    coarse = BinnedSource(Tall(), 10)  # type: ignore[arg-type]
    assert coarse.read(slice(0, 30), slice(None), slice(None)).shape == (30, 5, 3)
    assert Tall.tallest == 10
