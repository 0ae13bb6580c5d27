"""Saliency volumes: reductions with values worked out by hand, and laws that hold for all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.saliency.volume import (
    Mode,
    SaliencyVolume,
    cell_of,
    group_weights,
    heatmap,
    importance_curve,
    resample,
    window_plane,
)
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import DoubleArray, FloatArray

EDGES = np.array([[400.0, 450.0], [450.0, 500.0], [600.0, 650.0]])


def volume_of(values: FloatArray, mode: Mode = "evidence") -> SaliencyVolume:
    edges = EDGES[: values.shape[2]]
    return SaliencyVolume(values, edges, (4, 6), "rust", mode)


def ramp(rows: int = 2, cols: int = 3, groups: int = 3) -> FloatArray:
    return np.arange(rows * cols * groups, dtype=np.float32).reshape(rows, cols, groups)


def test_planes_are_contiguous_and_are_the_values() -> None:
    volume = volume_of(ramp())
    assert volume.planes.flags.c_contiguous
    np.testing.assert_array_equal(volume.values, ramp())
    np.testing.assert_array_equal(volume.planes[2], ramp()[:, :, 2])


def test_values_and_edges_must_fit() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        SaliencyVolume(ramp(), EDGES[:2], (4, 6), "rust", "evidence")


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (BandWindow(425, 50), [1, 0, 0]),
        (BandWindow(450, 50), [0.5, 0.5, 0]),
        (BandWindow(460, 40), [0.25, 0.75, 0]),
        (BandWindow(550, 200), [0, 0.5, 0.5]),
        (BandWindow(620, 0), [0, 0, 1]),
        (BandWindow(550, 20), [0, 0, 0]),
    ],
)
def test_group_weights_are_overlaps(window: BandWindow, expected: list[float]) -> None:
    np.testing.assert_allclose(group_weights(EDGES, window), expected, atol=1e-7)


def test_window_plane_is_the_weighted_mean_and_leaves_the_volume_alone() -> None:
    volume = volume_of(ramp())
    before = volume.values.copy()
    plane = window_plane(volume, BandWindow(460, 40))
    np.testing.assert_allclose(plane, 0.25 * ramp()[:, :, 0] + 0.75 * ramp()[:, :, 1])
    np.testing.assert_array_equal(volume.values, before)


def test_window_in_a_gap_has_no_saliency() -> None:
    assert np.isnan(window_plane(volume_of(ramp()), BandWindow(550, 20))).all()


def test_heatmap_holds_cell_centres_in_place() -> None:
    cells = np.array([[0.0, 1.0], [2.0, 3.0]], dtype=np.float32)[:, :, None]
    volume = SaliencyVolume(cells, EDGES[:1], (4, 4), "rust", "evidence")
    expected_row = [0.0, 0.25, 0.75, 1.0]
    expected = np.array([[a + 2 * b for a in expected_row] for b in expected_row])
    np.testing.assert_allclose(heatmap(volume, BandWindow(425, 10)), expected, atol=1e-6)


@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 20), st.integers(1, 20))
def test_resampling_a_constant_gives_it_back(a: int, b: int, rows: int, cols: int) -> None:
    plane = np.full((a, b), 2.5, dtype=np.float32)
    resampled = resample(plane, (rows, cols))
    assert resampled.shape == (rows, cols)
    np.testing.assert_allclose(resampled, 2.5, rtol=1e-6)


def test_curve_is_the_sum_over_the_image() -> None:
    expected = [sum(range(group, 18, 3)) for group in range(3)]
    np.testing.assert_allclose(importance_curve(volume_of(ramp())), expected)


@given(st.lists(st.floats(0, 1, width=32), min_size=6, max_size=6))
def test_curves_of_parts_add_up_to_the_whole(shares: list[float]) -> None:
    volume = volume_of(ramp())
    mask = np.array(shares, dtype=np.float32).reshape(2, 3)
    parts = importance_curve(volume, mask) + importance_curve(volume, 1 - mask)
    np.testing.assert_allclose(parts, importance_curve(volume), rtol=1e-5)


def test_nan_counts_nothing_in_the_curve() -> None:
    values = ramp()
    values[0, 0] = np.nan
    whole: DoubleArray = importance_curve(volume_of(ramp()))
    np.testing.assert_allclose(importance_curve(volume_of(values)), whole - [0, 1, 2])


def test_limits_are_centred_on_zero_only_if_signed() -> None:
    values = np.linspace(-3, 1, 90, dtype=np.float32).reshape(5, 6, 3)
    low, high = volume_of(values).limits
    assert low == -high
    assert 2.9 < high <= 3
    assert volume_of(np.abs(values), "attention").limits[0] == 0


def test_limits_of_nothing_are_still_a_range() -> None:
    assert volume_of(np.zeros((2, 2, 3), dtype=np.float32)).limits == (-1, 1)
    assert volume_of(np.full((2, 2, 3), np.nan, dtype=np.float32), "attention").limits == (0, 1)


def test_cell_of_a_pixel() -> None:
    volume = volume_of(ramp())
    assert cell_of(volume, 0, 0) == (0, 0)
    assert cell_of(volume, 1, 1) == (0, 0)
    assert cell_of(volume, 2, 2) == (1, 1)
    assert cell_of(volume, 3, 5) == (1, 2)
