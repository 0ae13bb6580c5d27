"""A cube seen coarsely."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.preprocessing import spatial_binning as binning
from focus_viewer.core.preprocessing.smoothing import BandBins, BinnedBandsSource
from focus_viewer.core.preprocessing.spatial_binning import (
    BinnedSource,
    binned,
    parts,
    values_per_pixel,
)
from focus_viewer.core.typing import FloatArray, IntArray


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


@dataclass(eq=False)
class Watched:
    """A source that writes down what is asked of it, and counts how often each number was read."""

    values: FloatArray
    sizes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shape = self.values.shape
        self.reads = np.zeros(self.shape, dtype=np.int64)

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        block = np.array(self.values[rows, cols][:, :, bands])
        self.sizes.append(block.size)
        self.reads[rows, cols][:, :, bands] += 1
        return block


@pytest.mark.parametrize("most", [1, 30, 100, 333, 100_000])
@pytest.mark.parametrize("bands", [slice(None), slice(1, 3), np.array([2, 0])])
def test_a_block_is_read_in_bounded_parts_and_each_number_once(
    monkeypatch: pytest.MonkeyPatch, most: int, bands: slice | IntArray
) -> None:
    values = ramp(14, 17, 3)
    values[5:9, 5:9] = np.nan
    expected = BinnedSource(ArraySource(values), 3).read(slice(None), slice(None), bands)
    monkeypatch.setattr(binning, "BLOCK_VALUES", most)
    source = Watched(values)
    found = BinnedSource(source, 3).read(slice(None), slice(None), bands)
    np.testing.assert_array_equal(found, expected)
    square = 9 * found.shape[2]
    assert max(source.sizes) <= max(most, square)
    wanted = np.zeros_like(source.reads)
    wanted[:, :, bands] = 1
    np.testing.assert_array_equal(source.reads, wanted)


def test_a_part_is_read_for_itself_alone() -> None:
    source = Watched(ramp(14, 17, 3))
    BinnedSource(source, 3).read(slice(1, 2), slice(2, 4), slice(0, 2))
    assert source.sizes == [3 * 6 * 2]
    assert source.reads[3:6, 6:12, :2].all()


@given(
    st.integers(1, 30),
    st.integers(1, 30),
    st.integers(1, 7),
    st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)
def test_squares_are_the_means_of_what_is_known(
    rows: int, cols: int, factor: int, missing: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random((rows, cols, 2), dtype=np.float32)
    values[rng.random(values.shape) < missing] = np.nan
    found = BinnedSource(ArraySource(values), factor).read(slice(None), slice(None), slice(None))
    for row, col in np.ndindex(found.shape[:2]):
        square = values[row * factor :, col * factor :][:factor, :factor].reshape(-1, 2)
        for band in range(2):
            known = square[~np.isnan(square[:, band]), band]
            expected = known.mean() if known.size else np.nan
            np.testing.assert_allclose(found[row, col, band], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("rows", "cols"),
    [
        (slice(None, None, 2), slice(1, None, 3)),
        (slice(None, None, -1), slice(4, 0, -2)),
        (slice(2, 2), slice(None)),
    ],
)
def test_a_block_with_steps_is_read_as_of_an_array(rows: slice, cols: slice) -> None:
    source = BinnedSource(ArraySource(ramp(14, 17)), 3)
    whole = source.read(slice(None), slice(None), slice(None))
    np.testing.assert_array_equal(source.read(rows, cols, slice(None)), whole[rows, cols])


def test_no_bands_are_no_numbers() -> None:
    source = BinnedSource(ArraySource(ramp(14, 17)), 3)
    assert source.read(slice(None), slice(None), slice(0, 0)).shape == (5, 6, 0)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 50), st.integers(1, 500))
def test_parts_are_bounded_and_cover_an_image_once(
    rows: int, cols: int, values: int, most: int
) -> None:
    times = np.zeros((rows, cols), dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binning, "BLOCK_VALUES", most)
        for part in parts(rows, cols, values):
            times[part] += 1
            assert times[part].size * values <= max(most, values)
    assert (times == 1).all()


def test_parts_are_as_tall_as_the_bound_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binning, "BLOCK_VALUES", 100)
    found = [(r.start, r.stop, c.start, c.stop) for r, c in parts(7, 5, 6)]
    assert found == [(0, 3, 0, 5), (3, 6, 0, 5), (6, 7, 0, 5)]
    wide = [(r.start, r.stop, c.start, c.stop) for r, c in parts(2, 20, 6)]
    assert wide == [(0, 1, 0, 16), (0, 1, 16, 20), (1, 2, 0, 16), (1, 2, 16, 20)]


def test_bands_that_are_means_of_others_count_for_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(binning, "BLOCK_VALUES", 300)
    watched = Watched(ramp(14, 17, 8))
    means = BinnedBandsSource(watched, BandBins(np.ones(8, dtype=np.bool_), 3))
    coarse = BinnedSource(means, 3)
    assert values_per_pixel(means, 3) == 9
    assert values_per_pixel(coarse, 3) == 81
    assert coarse.read(slice(None), slice(None), slice(None)).shape == (5, 6, 3)
    assert max(watched.sizes) <= 300
    assert (watched.reads == 1).all()
