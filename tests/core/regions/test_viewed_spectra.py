"""Spectra of pixels and regions through a view."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.regions import viewed_spectra
from focus_viewer.core.regions.mask_crop import crop_mask
from focus_viewer.core.regions.spectra import region_spectrum
from focus_viewer.core.regions.viewed_spectra import SpectralView, viewed, viewed_region
from focus_viewer.core.spectra.transforms import (
    continuum_removed,
    first_derivative,
    standard_normal_variate,
)

AXIS_NM = np.array([400.0, 420, 450, 500, 510])
GOOD = np.array([True, True, True, False, True])


def cube() -> Cube:
    values = np.random.default_rng(5).uniform(0.1, 0.8, (6, 8, 5)).astype(np.float32)
    return Cube(ArraySource(values), "c", GOOD, AXIS_NM)


def mask() -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    inside = np.zeros((6, 8), dtype=np.bool_)
    inside[1:5, 2:6] = True
    return inside


def test_each_view_is_that_of_its_name() -> None:
    one, spectrum = cube(), cube().pixel(2, 3)
    for view, expected in {
        "values": spectrum,
        "derivative": first_derivative(AXIS_NM, spectrum, GOOD),
        "continuum": continuum_removed(AXIS_NM, spectrum, GOOD),
        "snv": standard_normal_variate(spectrum, GOOD),
    }.items():
        np.testing.assert_array_equal(viewed(one, spectrum, view), expected)  # type: ignore[arg-type]


@pytest.mark.parametrize("view", get_args(SpectralView))
def test_a_region_is_looked_at_pixel_by_pixel(view: SpectralView) -> None:
    one = cube()
    found = viewed_region(one, crop_mask(mask()), view)
    pixels = one.block(slice(None), slice(None))[mask()]
    expected = np.array([viewed(one, pixel, view) for pixel in pixels], dtype=np.float64)
    known = np.isfinite(expected).all(axis=0)
    np.testing.assert_allclose(found.mean[known], expected.mean(axis=0)[known], rtol=1e-6)
    np.testing.assert_allclose(found.sd[known], expected.std(axis=0, ddof=1)[known], rtol=1e-5)
    quartiles = np.quantile(expected, [0.25, 0.5, 0.75], axis=0)
    np.testing.assert_allclose(found.quantiles[1:4, known], quartiles[:, known], rtol=1e-6)
    assert found.pixels == 16
    assert known.sum() == (5 if view == "values" else 4)


def test_as_measured_it_is_the_region_itself() -> None:
    one, other = (
        viewed_region(cube(), crop_mask(mask()), "values"),
        region_spectrum(cube(), crop_mask(mask())),
    )
    np.testing.assert_array_equal(one.mean, other.mean)
    np.testing.assert_array_equal(one.quantiles, other.quantiles)


def test_of_a_large_region_a_sample_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewed_spectra, "MOST_VIEWED", 7)
    assert viewed_region(cube(), crop_mask(mask()), "snv").pixels == 7
