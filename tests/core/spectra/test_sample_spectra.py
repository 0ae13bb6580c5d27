"""Sample spectra show a leaf's red edge where the given wavelengths put it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.spectra.sample_spectra import sample_spectra

AXIS = np.linspace(400, 1000, 121)
LEAF = 0.05 + 0.45 / (1 + np.exp(-(AXIS - 716) / 10))
SOIL = 0.1 + 0.1 * (AXIS - 400) / 600


@pytest.fixture
def cube() -> Cube:
    """A leaf on soil."""
    values = np.broadcast_to(SOIL, (40, 50, 121)).astype(np.float32)
    values[10:30, 10:30] = LEAF
    values[0:5] = np.nan
    good = np.ones(121, dtype=np.bool_)
    good[-1] = False
    return Cube(ArraySource(values), "leaf", good, wavelengths_nm=AXIS, units="reflectance")


def test_the_leaf_is_found_without_its_wavelengths(cube: Cube) -> None:
    bare = sample_spectra(replace(cube, wavelengths_nm=None))
    np.testing.assert_allclose(bare.contrasted[:-1], LEAF[:-1], rtol=1e-5)
    np.testing.assert_array_equal(bare.axis, np.arange(1, 122))
    assert np.isnan(bare.mean[-1]) and np.isnan(bare.contrasted[-1])
    assert bare.steepest_rise_nm is None
    between = (bare.mean[:-1] - SOIL[:-1]) / (LEAF[:-1] - SOIL[:-1])
    assert 0.1 < float(np.median(between)) < 0.4


@pytest.mark.parametrize(("first", "last", "edge"), [(400, 1000, 716), (400, 2500, 1506)])
def test_the_steepest_rise_is_where_the_wavelengths_put_it(
    cube: Cube, first: float, last: float, edge: float
) -> None:
    found = sample_spectra(replace(cube, wavelengths_nm=np.linspace(first, last, 121)))
    assert found.steepest_rise_nm == pytest.approx(edge, abs=12)


def test_no_red_edge_is_sought_in_the_short_wave_infrared(cube: Cube) -> None:
    found = sample_spectra(replace(cube, wavelengths_nm=np.linspace(900, 1700, 121)))
    assert found.steepest_rise_nm is None


def test_an_image_without_data_has_empty_spectra(cube: Cube) -> None:
    empty = replace(cube, source=ArraySource(np.full((3, 2, 121), np.nan, dtype=np.float32)))
    found = sample_spectra(empty)
    assert np.isnan(found.mean).all() and np.isnan(found.contrasted).all()
    assert found.steepest_rise_nm is None
