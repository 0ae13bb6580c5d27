"""What regions contribute: exact shares of cells, curves that add up, peaks found by eye."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.regions.saliency import (
    RegionSaliency,
    local_maxima,
    peak_wavelengths,
    region_saliencies,
)
from focus_viewer.core.regions.saliency import (
    cell_shares as shares_of_crop,
)
from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray


def volume_of(values: FloatArray, image_shape: tuple[int, int]) -> SaliencyVolume:
    lower = 400 + 50.0 * np.arange(values.shape[2])
    return SaliencyVolume(values, np.stack([lower, lower + 50], 1), image_shape, "x", "evidence")


def region_saliency(volume: SaliencyVolume, mask: BoolArray) -> RegionSaliency:
    return region_saliencies(volume, [crop_mask(mask)])[0]


def cell_shares(mask: BoolArray, grid_shape: tuple[int, int]) -> DoubleArray:
    shares, crop = np.zeros(grid_shape), crop_mask(mask)
    if crop is not None:
        row, col, part = shares_of_crop(crop, (mask.shape[0], mask.shape[1]), grid_shape)
        shares[row : row + part.shape[0], col : col + part.shape[1]] = part
    return shares


def block(shape: tuple[int, int], rows: slice, cols: slice) -> BoolArray:
    mask = np.zeros(shape, dtype=np.bool_)
    mask[rows, cols] = True
    return mask


def test_shares_where_the_grid_divides_the_image() -> None:
    mask = block((4, 6), slice(1, 4), slice(2, 5))
    np.testing.assert_array_equal(cell_shares(mask, (2, 3)), [[0, 0.5, 0.25], [0, 1, 0.5]])


def test_shares_where_cells_cut_pixels() -> None:
    # Two cells of 1.5 pixels: the middle pixel lies half in either, a third of its area.
    mask = np.array([[False], [True], [False]])
    np.testing.assert_allclose(cell_shares(mask, (2, 1)), [[1 / 3], [1 / 3]])
    # Cells of 5/3 pixels: pixel 1 spans 1 to 2, the edge is at 5/3.
    mask = np.array([[False, True, False, False, False]])
    np.testing.assert_allclose(cell_shares(mask, (1, 3)), [[0.4, 0.2, 0]])


def test_shares_of_a_grid_finer_than_the_image() -> None:
    np.testing.assert_allclose(cell_shares(np.array([[True, False]]), (1, 3)), [[1, 0.5, 0]])


def brute_shares(mask: BoolArray, grid: tuple[int, int]) -> DoubleArray:
    """Both cut into their common, finest pixels."""
    fine = np.kron(mask, np.ones(grid))
    rows, cols = mask.shape
    return fine.reshape(grid[0], rows, grid[1], cols).mean(axis=(1, 3))


@given(*[st.integers(1, 9)] * 4, st.integers(0, 99))
def test_shares_are_areas(rows: int, cols: int, a: int, b: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random((rows, cols)) < 0.4
    np.testing.assert_allclose(cell_shares(mask, (a, b)), brute_shares(mask, (a, b)), atol=1e-12)


@given(*[st.integers(1, 40)] * 4, st.integers(0, 99))
def test_curves_of_masks_that_cover_the_image_sum_to_the_whole(
    rows: int, cols: int, a: int, b: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    volume = volume_of(rng.normal(size=(a, b, 4)).astype(np.float32), (rows, cols))
    labels = rng.integers(0, 5, (rows, cols))
    parts = [region_saliency(volume, labels == label) for label in range(5)]
    scale = np.abs(volume.values).sum(axis=(0, 1), dtype=np.float64)
    error = np.abs(sum(part.curve for part in parts) - importance_curve(volume))
    assert (error <= 1e-9 * scale).all()
    # A few cells may all have one sign: then there is nothing of the other to share.
    for name, there in (("positive", volume.values > 0), ("negative", volume.values < 0)):
        whole = sum(getattr(part, f"{name}_share") for part in parts)
        assert whole == pytest.approx(1 if there.any() else math.nan, rel=1e-9, nan_ok=True)


def test_the_whole_image_is_the_importance_curve() -> None:
    rng = np.random.default_rng(0)
    volume = volume_of(rng.random((7, 5, 3), dtype=np.float32), (100, 64))
    region = region_saliency(volume, np.ones((100, 64), dtype=np.bool_))
    np.testing.assert_allclose(region.curve, importance_curve(volume), rtol=1e-9)


def test_shares_of_for_and_against() -> None:
    values = np.array([[[3.0, -1.0], [1.0, -2.0]]], dtype=np.float32)
    region = region_saliency(volume_of(values, (2, 4)), block((2, 4), slice(0, 1), slice(0, 2)))
    assert region.curve.tolist() == [1.5, -0.5]
    assert region.positive_share == 1.5 / 4
    assert region.negative_share == 0.5 / 3


def test_saliency_of_one_sign_has_no_share_of_the_other() -> None:
    volume = volume_of(np.ones((1, 2, 2), dtype=np.float32), (2, 4))
    region = region_saliency(volume, block((2, 4), slice(0, 2), slice(0, 2)))
    assert region.positive_share == 0.5
    assert np.isnan(region.negative_share)


def test_cells_without_a_value_count_nothing() -> None:
    values = np.ones((2, 2, 1), dtype=np.float32)
    values[0, 0] = np.nan
    region = region_saliency(volume_of(values, (4, 4)), np.ones((4, 4), dtype=np.bool_))
    assert region.curve.tolist() == [3]
    assert region.positive_share == 1


def test_many_regions_are_told_as_one_by_one_and_nothing_for_none() -> None:
    rng = np.random.default_rng(1)
    volume = volume_of(rng.normal(size=(5, 6, 3)).astype(np.float32), (17, 23))
    masks = [rng.random((17, 23)) < 0.2, block((17, 23), slice(3, 9), slice(20, 23))]
    crops = [*(crop_mask(mask) for mask in masks), None]
    together = region_saliencies(volume, crops)
    for one, mask in zip(together, masks, strict=False):
        np.testing.assert_array_equal(one.curve, region_saliency(volume, mask).curve)
    assert together[2].curve.tolist() == [0, 0, 0]
    assert [f"{together[2].positive_share:g}", f"{together[2].negative_share:g}"] == ["0", "0"]
    assert together[2].peaks_nm == ()


def test_a_mask_of_another_image_is_refused() -> None:
    volume = volume_of(np.ones((2, 2, 1), dtype=np.float32), (4, 6))
    with pytest.raises(ValueError, match="do not fit"):
        region_saliency(volume, np.ones((6, 4), dtype=np.bool_))


@pytest.mark.parametrize(
    ("curve", "places"),
    [
        ([0, 2, 1, 3, 0], [1, 3]),
        ([5, 1, 2], [0, 2]),
        ([0, 2, 2, 2, 1], [2]),
        ([1, 2, 2, 3], [3]),
        ([3, 2, 2, 1], [0]),
        ([1, 1, 1], []),
        ([4], []),
    ],
)
def test_local_maxima(curve: list[float], places: list[int]) -> None:
    assert local_maxima(np.array(curve, dtype=np.float64)).tolist() == places


def test_peaks_are_told_highest_first_and_above_zero() -> None:
    volume = volume_of(np.ones((1, 1, 9), dtype=np.float32), (1, 1))
    curve = np.array([1.0, 0, 3, 0, 2, -2, -1, -2, 1.5])
    assert peak_wavelengths(volume, curve) == (525, 625, 825)
    assert peak_wavelengths(volume, curve, most=9) == (525, 625, 825, 425)


def test_a_region_of_all_that_the_model_met_has_all_of_the_evidence() -> None:
    values = np.random.default_rng(0).normal(size=(5, 6, 3)).astype(np.float32)
    met = np.zeros((20, 24), dtype=np.bool_)
    met[6:15, 5:18] = True
    values[~met.reshape(5, 4, 6, 4).any(axis=(1, 3))] = 0
    edges = np.array([[400.0, 500], [500, 600], [600, 700]])
    volume = SaliencyVolume(values, edges, (20, 24), "rust", "evidence", met=met)
    whole = MaskCrop(6, 5, np.ones((9, 13), dtype=np.bool_))
    left, right = (
        MaskCrop(6, col, np.ones((9, width), dtype=np.bool_)) for col, width in ((5, 4), (9, 9))
    )
    all_of_it, *parts = region_saliencies(volume, [whole, left, right])
    assert (all_of_it.positive_share, all_of_it.negative_share) == pytest.approx((1, 1))
    np.testing.assert_allclose(all_of_it.curve, importance_curve(volume), atol=1e-5)
    np.testing.assert_allclose(sum(part.curve for part in parts), all_of_it.curve, atol=1e-5)
