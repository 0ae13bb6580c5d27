"""Smoothing against SciPy's filter and against polynomials; bins against numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import savgol_filter

from focus_viewer.core.cubes.cube import ArraySource
from focus_viewer.core.preprocessing import smoothing as spectral_smoothing
from focus_viewer.core.preprocessing.settings import Smoothing
from focus_viewer.core.preprocessing.smoothing import (
    BandBins,
    BinnedBandsSource,
    SmoothedSource,
    fit_weights,
)

EVERY = slice(None)


def smoothed(
    values: Any, axis: Any = None, good: Any = None, window: int = 5, order: int = 2
) -> Any:
    array = np.asarray(values, dtype=np.float32)
    array = array.reshape(1, 1, -1) if array.ndim == 1 else array
    source = source_of(array, axis, good, window, order)
    return source.read(EVERY, EVERY, EVERY)


def source_of(
    array: Any, axis: Any = None, good: Any = None, window: int = 5, order: int = 2
) -> SmoothedSource:
    bands = array.shape[2]
    axis = np.arange(bands, dtype=float) if axis is None else np.asarray(axis, dtype=float)
    good = np.ones(bands, dtype=np.bool_) if good is None else np.asarray(good)
    return SmoothedSource(ArraySource(array), axis, good, Smoothing(window, order))


@given(st.integers(1, 10).map(lambda half: 2 * half + 1), st.integers(0, 4), st.integers(0, 99))
def test_on_even_bands_it_is_the_filter_of_scipy(window: int, order: int, seed: int) -> None:
    order = min(order, window - 1)
    values = np.random.default_rng(seed).normal(0.4, 0.1, (2, 3, 30)).astype(np.float32)
    axis = 400 + 3.5 * np.arange(30)
    found = smoothed(values, axis, window=window, order=order)
    wanted = savgol_filter(values.astype(float), window, order, mode="interp")
    np.testing.assert_allclose(found, wanted, atol=2e-6)


def test_on_uneven_bands_a_polynomial_of_wavelength_is_kept() -> None:
    axis = np.cumsum(np.random.default_rng(3).uniform(1, 9, 25)) + 400
    parabola = 0.2 + 1e-4 * (axis - 450) ** 2
    np.testing.assert_allclose(smoothed(parabola, axis)[0, 0], parabola, rtol=1e-5)
    by_number = savgol_filter(parabola, 5, 2)
    assert np.abs(by_number - parabola).max() > 1e-3


def test_bad_bands_are_left_and_have_no_say() -> None:
    values = np.linspace(0.1, 0.9, 20)
    good = np.ones(20, dtype=np.bool_)
    good[8:11] = False
    values[8:11] = [50.0, -50.0, 7.0]
    found = smoothed(values, good=good)[0, 0]
    np.testing.assert_allclose(found, values, rtol=1e-5)


def test_a_run_shorter_than_the_window_is_taken_whole() -> None:
    good = np.array([True, True, False, True, True, True, True, True, True])
    values = np.array([1.0, 2.0, 9.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0])
    found = smoothed(values, good=good, window=5, order=0)[0, 0]
    np.testing.assert_allclose(found, [1.5, 1.5, 9, 5, 5, 5, 5, 5, 5], rtol=1e-6)


@given(st.integers(0, 200))
def test_values_without_data_have_no_say_and_get_none(seed: int) -> None:
    random = np.random.default_rng(seed)
    axis = np.cumsum(random.uniform(2, 6, 18))
    line = 0.3 + 0.01 * axis
    values = np.broadcast_to(line, (4, 3, 18)).astype(np.float32)
    missing = random.random(values.shape) < 0.25
    found = smoothed(np.where(missing, np.nan, values), axis, window=7, order=1)
    np.testing.assert_array_equal(np.isnan(found), missing)
    np.testing.assert_allclose(found[~missing], values[~missing], rtol=1e-5)


@given(st.data())
def test_any_block_is_that_part_of_the_whole(data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    array = random.normal(size=(3, 4, 12)).astype(np.float32)
    array[random.random(array.shape) < 0.1] = np.nan
    good = random.random(12) > 0.2
    source = source_of(array, good=good)
    whole = source.read(EVERY, EVERY, EVERY)
    rows, cols = data.draw(st.slices(3)), data.draw(st.slices(4))
    chosen = data.draw(st.lists(st.integers(0, 11), max_size=5))
    bands = np.array(chosen, dtype=np.intp)
    found = source.read(rows, cols, bands)
    np.testing.assert_allclose(found, whole[rows, cols][:, :, bands], rtol=1e-6)
    np.testing.assert_allclose(source.read(rows, cols, slice(2, 9, 3)), whole[rows, cols, 2:9:3])


def test_only_the_bands_around_are_read() -> None:
    asked: list[Any] = []

    class Watched(ArraySource):
        def read(self, rows: slice, cols: slice, bands: Any) -> Any:
            asked.append(bands)
            return super().read(rows, cols, bands)

    array = np.ones((1, 1, 40), dtype=np.float32)
    axis, good = np.arange(40.0), np.ones(40, dtype=np.bool_)
    SmoothedSource(Watched(array), axis, good, Smoothing(5, 2)).read(EVERY, EVERY, slice(20, 21))
    assert asked == [slice(18, 23)]


def test_parts_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.random.default_rng(2).normal(size=(6, 4, 9)).astype(np.float32)
    whole = smoothed(array)
    monkeypatch.setattr(spectral_smoothing, "_BLOCK_VALUES", 40)
    np.testing.assert_array_equal(smoothed(array), whole)


def test_weights_by_hand() -> None:
    """Savitzky and Golay's own table: five points, a parabola."""
    wanted = np.array([-3, 12, 17, 12, -3]) / 35
    np.testing.assert_allclose(fit_weights(np.arange(5.0), 2, 2), wanted, atol=1e-12)


@pytest.mark.parametrize(("window", "order"), [(4, 2), (1, 0), (5, 5), (5, -1)])
def test_a_filter_that_makes_no_sense_is_refused(window: int, order: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        Smoothing(window, order)


def test_bins_are_means_of_neighbours_that_are_good() -> None:
    array = np.array([[[1.0, 3.0, 5.0, 100.0, 7.0, np.nan, np.nan]]], dtype=np.float32)
    good = np.array([True, True, True, False, True, True, True])
    bins = BandBins(good, 2)
    source = BinnedBandsSource(ArraySource(array), bins)
    assert source.shape == (1, 1, 4)
    np.testing.assert_array_equal(source.read(EVERY, EVERY, EVERY), [[[2, 5, 7, np.nan]]])
    np.testing.assert_array_equal(source.read(EVERY, EVERY, np.array([2, 0])), [[[7, 2]]])
    axis = np.array([400.0, 410, 420, 430, 440, 450, 460])
    np.testing.assert_array_equal(bins.centres(axis), [405, 420, 445, 460])
    np.testing.assert_array_equal(bins.widths(axis, np.full(7, 12.0)), [22, 12, 22, 12])
    assert bins.good.tolist() == [True] * 4
    assert [bins.bin_of(band) for band in (0, 3, 6)] == [0, 1, 3]


def test_a_bin_without_a_good_band_is_bad() -> None:
    bins = BandBins(np.array([False, False, True]), 2)
    assert bins.good.tolist() == [False, True]
