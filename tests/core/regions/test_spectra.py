"""Spectra of regions, held against numpy on all the pixels at once."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.regions import masked_pixels as strips
from focus_viewer.core.regions.mask_crop import crop_mask
from focus_viewer.core.regions.masked_pixels import masked_pixels
from focus_viewer.core.regions.spectra import pixel_spectra, region_spectrum
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray


class WatchedSource(ArraySource):
    """Remembers which blocks were read."""

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        seen.append((rows.start, rows.stop, cols.start, cols.stop))
        return super().read(rows, cols, bands)


seen: list[tuple[int, int, int, int]] = []


def cube(rows: int = 30, cols: int = 20, bands: int = 5, missing: float = 0.1) -> Cube:
    rng = np.random.default_rng(3)
    values = rng.random((rows, cols, bands), dtype=np.float32)
    values[rng.random(values.shape) < missing] = np.nan
    return Cube(WatchedSource(values), "c", np.ones(bands, dtype=np.bool_))


def scattered(seed: int = 1, share: float = 0.3) -> BoolArray:
    return np.random.default_rng(seed).random((30, 20)) < share


@pytest.fixture(autouse=True)
def short_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    seen.clear()
    monkeypatch.setattr(strips, "STRIP_VALUES", 4 * 20 * 5)  # four rows at a time


def test_by_hand() -> None:
    values = np.array([[[1, 10], [3, np.nan]], [[99, 99], [8, 30]]], dtype=np.float32)
    one = Cube(ArraySource(values), "c", np.ones(2, dtype=np.bool_))
    region = region_spectrum(one, crop_mask(np.array([[True, True], [False, True]])), (0, 0.5, 1))
    assert region.pixels == 3
    assert region.counts.tolist() == [3, 2]
    assert region.mean.tolist() == [4, 20]
    np.testing.assert_allclose(region.sd, [np.sqrt(13), np.sqrt(200)])
    assert region.quantiles.tolist() == [[1, 10], [3, 20], [8, 30]]


def test_strips_make_no_difference() -> None:
    one, mask = cube(), scattered()
    pixels = one.block(slice(None), slice(None))[mask].astype(np.float64)
    region = region_spectrum(one, crop_mask(mask), (0.05, 0.3, 0.5))
    assert len(seen) > 5
    assert region.pixels == mask.sum()
    np.testing.assert_allclose(region.mean, np.nanmean(pixels, axis=0), rtol=1e-13)
    np.testing.assert_allclose(region.sd, np.nanstd(pixels, axis=0, ddof=1), rtol=1e-12)
    expected = np.nanquantile(pixels, (0.05, 0.3, 0.5), axis=0)
    np.testing.assert_allclose(region.quantiles, expected, rtol=1e-12)


def test_mean_is_summed_in_float64() -> None:
    values = np.full((300, 300, 1), 0.1, dtype=np.float32)
    one = Cube(ArraySource(values), "c", np.ones(1, dtype=np.bool_))
    region = region_spectrum(one, crop_mask(np.ones((300, 300), dtype=np.bool_)))
    assert region.mean[0] == pytest.approx(float(np.float32(0.1)), rel=1e-14)


def test_only_rows_and_columns_of_the_mask_are_read() -> None:
    mask = np.zeros((30, 20), dtype=np.bool_)
    mask[2, 7:9] = mask[25, 11] = True
    region_spectrum(cube(), crop_mask(mask))
    assert seen == [(2, 3, 7, 9), (25, 26, 11, 12)]


def test_each_strip_is_read_once_for_all_regions_also_where_they_overlap() -> None:
    one, masks = cube(), [scattered(seed) for seed in range(6)]
    crops = [crop for mask in masks if (crop := crop_mask(mask)) is not None]
    pieces: list[list[FloatArray]] = [[] for _ in crops]
    for which, spectra in masked_pixels(one, crops):
        pieces[which].append(spectra)
    assert len(seen) == 8  # 30 rows, four at a time
    for mask, piece in zip(masks, pieces, strict=True):
        whole = one.block(slice(None), slice(None))[mask]
        np.testing.assert_array_equal(np.concatenate(piece), whole)


def test_no_pixel_and_one_pixel() -> None:
    mask = np.zeros((30, 20), dtype=np.bool_)
    region = region_spectrum(cube(), crop_mask(mask))
    assert region.pixels == 0
    assert not seen
    assert np.isnan(region.mean).all()
    assert np.isnan(region.quantiles).all()
    mask[4, 5] = True
    region = region_spectrum(cube(missing=0), crop_mask(mask))
    np.testing.assert_array_equal(region.mean, cube(missing=0).pixel(4, 5))
    assert np.isnan(region.sd).all()


def test_a_large_region_is_sampled_for_its_quantiles_alone() -> None:
    one, mask = cube(missing=0), np.ones((30, 20), dtype=np.bool_)
    whole = region_spectrum(one, crop_mask(mask))
    part = region_spectrum(one, crop_mask(mask), most_pixels=100, seed=5)
    np.testing.assert_array_equal(part.mean, whole.mean)
    np.testing.assert_array_equal(part.sd, whole.sd)
    assert (part.quantiles != whole.quantiles).any()
    np.testing.assert_allclose(part.quantiles, whole.quantiles, atol=0.15)
    again = region_spectrum(one, crop_mask(mask), most_pixels=100, seed=5)
    np.testing.assert_array_equal(part.quantiles, again.quantiles)


def test_pixels_are_told_in_order_or_sampled_without_repeats() -> None:
    one, mask = cube(missing=0), scattered()
    pixels = one.block(slice(None), slice(None))[mask]
    np.testing.assert_array_equal(pixel_spectra(one, crop_mask(mask)), pixels)
    some = pixel_spectra(one, crop_mask(mask), most_pixels=40, seed=2)
    places = [int(np.flatnonzero((pixels == row).all(axis=1))[0]) for row in some]
    assert len(some) == 40
    assert places == sorted(set(places))
    assert max(places) - min(places) > 100


def test_a_mask_of_another_image_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"pixels from \(0, 0\) to \(20, 30\) do not fit the image \(30, 20\)"
    ):
        region_spectrum(cube(), crop_mask(scattered().T))
    with pytest.raises(ValueError, match="do not fit"):
        pixel_spectra(cube(), crop_mask(scattered().T))


def test_reading_can_be_cancelled() -> None:
    def step(fraction: float, text: str) -> None:
        if fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        region_spectrum(cube(), crop_mask(scattered()), step=step)
    assert 2 <= len(seen) <= 5
