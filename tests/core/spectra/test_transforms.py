"""Derivative, continuum removal and SNV on spectra whose answer is drawn on paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from focus_viewer.core.spectra.transforms import (
    continuum_removed,
    first_derivative,
    standard_normal_variate,
    upper_hull,
)

UNEVEN_NM = np.array([400.0, 410, 425, 445, 470, 500])


def test_derivative_of_a_parabola_on_uneven_bands() -> None:
    slope = first_derivative(UNEVEN_NM, (UNEVEN_NM - 400) ** 2)
    np.testing.assert_allclose(slope[1:-1], 2 * (UNEVEN_NM[1:-1] - 400))  # second order is exact
    assert slope[0] == pytest.approx(10)  # one-sided: 100 over 10 nm
    assert slope[-1] == pytest.approx((100**2 - 70**2) / 30)


def test_derivative_is_per_nm() -> None:
    np.testing.assert_allclose(first_derivative(2 * UNEVEN_NM, UNEVEN_NM), 0.5)


def test_bad_and_missing_bands_stay_nan_and_have_no_say() -> None:
    spectrum = UNEVEN_NM / 100
    spectrum[1], spectrum[4] = 77, np.nan
    good = np.arange(6) != 1
    for view, expected in (
        (first_derivative(UNEVEN_NM, spectrum, good), 0.01),
        (continuum_removed(UNEVEN_NM, spectrum, good), 1),
    ):
        np.testing.assert_array_equal(np.isnan(view), [False, True, False, False, True, False])
        np.testing.assert_allclose(view[[0, 2, 3, 5]], expected)
    snv = standard_normal_variate(spectrum, good)
    assert np.flatnonzero(np.isnan(snv)).tolist() == [1, 4]
    np.testing.assert_allclose([np.nanmean(snv), np.nanstd(snv, ddof=1)], [0, 1], atol=1e-12)


def test_continuum_by_hand() -> None:
    x = np.array([0.0, 10, 20, 30, 40])
    # The hull goes from (0, 2) over (10, 4) straight to (40, 1): 3 at 20, 2 at 30.
    removed = continuum_removed(x, np.array([2.0, 4, 1.5, 2, 1]))
    np.testing.assert_allclose(removed, [1, 1, 0.5, 1, 1])
    # The hull goes from 1 to 5 in one line.
    removed = continuum_removed(x, np.array([1.0, 1, 1, 1, 5]))
    np.testing.assert_allclose(removed, [1, 1 / 2, 1 / 3, 1 / 4, 1])


def test_hull_starts_and_ends_with_the_spectrum_also_on_slopes() -> None:
    x = np.array([0.0, 1, 2, 3])
    np.testing.assert_allclose(upper_hull(x, np.array([0.0, 3, 1, -4])), [0, 3, 1, -4])
    np.testing.assert_allclose(upper_hull(x, np.array([0.0, 0, 3, 1])), [0, 1.5, 3, 1])


@given(st.lists(st.integers(1, 50), min_size=3, max_size=25), st.integers(0, 99))
def test_hull_is_that_of_scipy(steps: list[int], seed: int) -> None:
    x = np.cumsum(steps).astype(np.float64)
    y = np.random.default_rng(seed).random(x.size)
    floor = np.array([[x[0], -5.0], [x[-1], -5.0]])
    points = np.concatenate([np.stack([x, y], axis=1), floor])
    corners = np.sort([i for i in ConvexHull(points).vertices if i < x.size])
    hull = upper_hull(x, y)
    np.testing.assert_allclose(hull, np.interp(x, x[corners], y[corners]), atol=1e-12)
    assert (hull >= y).all()


def test_continuum_without_light_is_not_defined() -> None:
    assert np.isnan(continuum_removed(UNEVEN_NM, np.zeros(6))).all()


def test_wavelengths_in_any_order_and_twice() -> None:
    order = np.array([3, 0, 5, 1, 4, 2])
    spectrum = np.array([0.2, 0.5, 0.3, 0.35, 0.4, 0.1])
    for view in (first_derivative, continuum_removed):
        straight = view(UNEVEN_NM, spectrum)
        np.testing.assert_allclose(view(UNEVEN_NM[order], spectrum[order]), straight[order])
        twice = view(np.append(UNEVEN_NM, 445), np.append(spectrum, 0.35))
        np.testing.assert_allclose(twice, np.append(straight, straight[3]))


def test_snv_by_hand_and_its_law() -> None:
    np.testing.assert_allclose(standard_normal_variate(np.array([1.0, 2, 3])), [-1, 0, 1])
    spectrum = np.array([0.2, 0.5, 0.3, 0.35])
    snv = standard_normal_variate(spectrum)
    np.testing.assert_allclose(standard_normal_variate(3 * spectrum + 0.1), snv)


def test_too_little_makes_nan() -> None:
    one_nm, one = np.array([500.0]), np.array([0.3], dtype=np.float32)
    assert np.isnan(first_derivative(one_nm, one)).all()
    assert np.isnan(standard_normal_variate(one)).all()
    assert np.isnan(standard_normal_variate(np.full(4, 0.3))).all()
    assert continuum_removed(one_nm, one).tolist() == [1]
    none = np.full(6, np.nan)
    for view in (first_derivative(UNEVEN_NM, none), continuum_removed(UNEVEN_NM, none)):
        assert np.isnan(view).all()
