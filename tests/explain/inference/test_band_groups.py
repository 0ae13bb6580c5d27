"""Bands to groups, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from envi_bytes import FILE_ORDER

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import Cancelled, IncompatibleCube
from focus_viewer.core.preprocessing import spatial_binning as binning
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.explain.inference.band_groups import average_bands, group_bands, read_groups

EDGES = np.array([[400.0, 450], [450, 500], [500, 550], [550, 600], [600, 650]])


def cube_at(wavelengths: list[float], values: np.ndarray | None = None) -> Cube:
    data = np.ones((2, 2, len(wavelengths)), np.float32) if values is None else values
    good = np.ones(len(wavelengths), dtype=np.bool_)
    return Cube(ArraySource(data), "leaf", good, wavelengths_nm=np.array(wavelengths))


def test_a_band_goes_to_the_group_that_its_centre_lies_in() -> None:
    found = group_bands(cube_at([400, 449.9, 450, 500, 560, 590, 650]), EDGES)
    assert found.groups.tolist() == [0, 1, 2, 3, 4]
    assert [bands.tolist() for bands in found.bands] == [[0, 1], [2], [3], [4, 5], [6]]
    assert found.notes == ()


def test_what_a_sensor_lacks_is_left_out_and_said() -> None:
    found = group_bands(cube_at([460, 510, 610]), EDGES)
    assert found.groups.tolist() == [1, 2, 4]
    assert found.edges_nm.tolist() == EDGES[[1, 2, 4]].tolist()
    assert found.notes == (
        "left out: 400-450 nm (1 of 5 groups): this sensor starts at 460 nm",
        "left out: 550-600 nm (1 of 5 groups): no good band",
    )


def test_a_short_range_is_said_with_its_end() -> None:
    notes = group_bands(cube_at([410, 460, 510]), EDGES).notes
    assert notes == ("left out: 550-650 nm (2 of 5 groups): this sensor ends at 510 nm",)


def test_bad_bands_fill_no_group() -> None:
    cube = cube_at([410, 420, 460, 510])
    found = group_bands(replace(cube, good_bands=np.array([False, True, True, True])), EDGES)
    assert [bands.tolist() for bands in found.bands] == [[1], [2], [3]]


def test_without_wavelengths_the_error_says_what_to_add() -> None:
    cube = replace(cube_at([410, 460, 510]), wavelengths_nm=None)
    with pytest.raises(IncompatibleCube, match=r"leaf: .*--wavelengths FILE") as caught:
        group_bands(cube, EDGES)
    assert "header" not in str(caught.value)
    envi = replace(cube, header={"samples": "3", "lines": "4"})
    with pytest.raises(IncompatibleCube, match=r"`wavelength = \{...\}`.*header.*3 bands"):
        group_bands(envi, EDGES)


@pytest.mark.parametrize("wavelengths", [[410.0, 420, 460], [1500.0, 1600], [513.0] * 9])
def test_too_little_overlap_is_refused_with_both_ranges(wavelengths: list[float]) -> None:
    with pytest.raises(IncompatibleCube, match=r"400-650 nm in 5 groups.*cover \d+-\d+ nm"):
        group_bands(cube_at(wavelengths), EDGES)


def test_a_cube_without_good_bands_is_refused() -> None:
    cube = replace(cube_at([410, 460, 510]), good_bands=np.zeros(3, dtype=np.bool_))
    with pytest.raises(IncompatibleCube, match="no good band"):
        group_bands(cube, EDGES)


def test_the_mean_skips_missing_values() -> None:
    block = np.array([[[1, 3, np.nan], [np.nan, 5, np.nan]]], np.float32)
    means = average_bands(block, (np.array([0, 1]), np.array([2])))
    np.testing.assert_array_equal(means[..., 0], [[2, 5]])
    assert np.isnan(means[..., 1]).all()


def test_strips_read_the_same_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).random((7, 3, 4), dtype=np.float32)
    cube = cube_at([410, 460, 510, 520], values)
    found = group_bands(cube, EDGES)
    whole = read_groups(cube, found)
    monkeypatch.setattr(binning, "BLOCK_VALUES", 25)  # two rows of three pixels of four bands
    said: list[float] = []
    strips = read_groups(cube, found, lambda fraction, text: said.append(fraction))
    np.testing.assert_array_equal(strips, whole)
    np.testing.assert_allclose(whole[..., 2], values[..., 2:].mean(axis=-1), rtol=1e-6)
    assert said == pytest.approx([0, 2 / 7, 4 / 7, 6 / 7])


class Asked:
    """A source that writes down the block of each read, whatever way its numbers lie in memory."""

    def __init__(self, values: FloatArray, interleave: str) -> None:
        order = FILE_ORDER[interleave]
        stored = np.ascontiguousarray(values.transpose(order))
        self.values = stored.transpose(np.argsort(order))
        self.shape = values.shape
        self.times = np.zeros(values.shape, dtype=np.int64)
        self.sizes: list[int] = []

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        self.times[rows, cols][:, :, bands] += 1
        block = self.values[rows, cols][:, :, bands].copy(order="K")
        self.sizes.append(block.size)
        return block


def asked(interleave: str = "bip") -> tuple[Asked, Cube]:
    """A cube of 23 x 19 pixels and 9 bands, of which 5 are in groups: with gaps, binned by 3."""
    rng = np.random.default_rng(5)
    values = rng.random((23, 19, 9), dtype=np.float32)
    values[rng.random(values.shape) < 0.2] = np.nan
    values[6:12, 9:15, 2] = np.nan
    values[21:, 18:] = np.nan  # the last square, of which no more than 2 x 1 pixels are there
    source = Asked(values, interleave)
    wavelengths = np.array([300.0, 410, 420, 460, 470, 510, 700, 800, 900])
    cube = Cube(source, "asked", np.ones(9, dtype=np.bool_), wavelengths_nm=wavelengths)
    return source, cube


@pytest.mark.parametrize("most", [1, 100, 700, 5000, 10**6])
@pytest.mark.parametrize("interleave", ["bsq", "bil", "bip"])
def test_a_binned_cube_is_read_once_in_bounded_parts(
    monkeypatch: pytest.MonkeyPatch, interleave: str, most: int
) -> None:
    source, cube = asked(interleave)
    coarse = binned(cube, 8 * 7)
    assert coarse.shape == (8, 7, 9)
    grouping = group_bands(coarse, EDGES)
    everything = coarse.block(slice(None), slice(None))
    expected = average_bands(everything, grouping.bands)
    source.times[:] = 0
    source.sizes.clear()
    monkeypatch.setattr(binning, "BLOCK_VALUES", most)
    said: list[float] = []
    images = read_groups(coarse, grouping, lambda fraction, _: said.append(fraction))
    np.testing.assert_allclose(images, expected, rtol=1e-6)
    assert np.isnan(images[7, 6]).all()
    assert max(source.sizes) <= max(most, 9 * 5)
    np.testing.assert_array_equal(source.times[:, :, 1:6], 1)
    assert not source.times[:, :, [0, 6, 7, 8]].any()
    assert len(said) == len(source.sizes)
    assert said == sorted(set(said))
    assert said[0] == 0 and said[-1] < 1


def test_a_long_row_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    source, cube = asked()
    grouping = group_bands(cube, EDGES)
    expected = read_groups(cube, grouping)
    source.sizes.clear()
    monkeypatch.setattr(binning, "BLOCK_VALUES", 60)
    np.testing.assert_allclose(read_groups(cube, grouping), expected, rtol=1e-6)
    assert max(source.sizes) == 60
    assert len(source.sizes) == 23 * 2


def test_images_are_read_to_where_they_shall_be() -> None:
    _, cube = asked()
    grouping = group_bands(cube, EDGES)
    around = np.zeros((25, 25, 3), dtype=np.float32)
    found = read_groups(cube, grouping, out=around[1:24, 2:21])
    assert np.shares_memory(found, around)
    np.testing.assert_array_equal(found, read_groups(cube, grouping))
    assert not around[[0, 24]].any() and not around[:, [0, 1, 21, 24]].any()


def test_reading_is_left_ahead_of_the_next_part(monkeypatch: pytest.MonkeyPatch) -> None:
    source, cube = asked()
    coarse = binned(cube, 8 * 7)
    monkeypatch.setattr(binning, "BLOCK_VALUES", 400)
    calls = 0

    def step(fraction: float, text: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_groups(coarse, group_bands(coarse, EDGES), step)
    assert len(source.sizes) == 3


def test_reading_can_be_cancelled() -> None:
    def step(fraction: float, text: str) -> None:
        raise Cancelled

    cube = cube_at([410, 460, 510])
    with pytest.raises(Cancelled):
        read_groups(cube, group_bands(cube, EDGES), step)
