"""Bands of frozen models: their groups, and what of a cube is read as which band."""

from __future__ import annotations

import numpy as np
import pytest
from explain_models import cube_of

from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.explain.foreign.bands import group_neighbours
from focus_viewer.explain.foreign.familiarity import Familiarity
from focus_viewer.explain.foreign.matching import match_bands

RGB_NM = np.array([640.0, 550.0, 460.0])


def test_groups_ascend_whatever_the_order_of_the_bands() -> None:
    groups = group_neighbours(RGB_NM, 3)
    assert groups.of_bands.tolist() == [2, 1, 0]
    assert groups.edges_nm.tolist() == [[415, 505], [505, 595], [595, 685]]


def test_groups_are_of_equal_size_and_do_not_reach_over_a_gap() -> None:
    bands = np.concatenate([np.arange(400, 500, 10), np.arange(700, 800, 10)]).astype(float)
    groups = group_neighbours(bands, 4)
    assert np.bincount(groups.of_bands).tolist() == [5, 5, 5, 5]
    assert groups.edges_nm.tolist() == [[395, 445], [445, 495], [695, 745], [745, 795]]


def test_one_band_is_one_group() -> None:
    assert group_neighbours(np.array([700.0]), 48).edges_nm.tolist() == [[695, 705]]


def test_the_same_bands_are_read_as_they_are_bad_ones_too() -> None:
    axis = np.array([700.0, 500.0, 600.0])
    cube = cube_of(np.ones((2, 2, 3), dtype=np.float32), axis)
    cube.good_bands[1] = False
    assert np.array_equal(match_bands(cube, axis), np.eye(3))


def test_a_wide_band_is_the_mean_of_the_bands_within_it() -> None:
    axis = np.arange(400.0, 701.0, 10.0)
    weights = match_bands(cube_of(np.ones((2, 2, 31), dtype=np.float32), axis), RGB_NM)
    assert np.allclose(weights.sum(axis=0), 1)
    assert axis[weights[:, 0] > 0].min() == 600
    assert axis[weights[:, 0] > 0].max() == 680


def test_a_narrow_band_is_between_its_neighbours() -> None:
    axis = np.arange(400.0, 701.0, 50.0)
    bands = np.arange(410.0, 690.0, 5.0)
    weights = match_bands(cube_of(np.ones((2, 2, axis.size), dtype=np.float32), axis), bands)
    assert np.allclose(axis @ weights, bands, atol=2.5)


def test_a_cube_without_half_of_the_bands_is_refused() -> None:
    cube = cube_of(np.ones((2, 2, 31), dtype=np.float32), np.arange(400.0, 701.0, 10.0))
    with pytest.raises(IncompatibleCube, match="at least half"):
        match_bands(cube, np.arange(650.0, 2000.0, 10.0))


def test_a_cube_without_wavelengths_is_read_if_it_has_as_many_bands() -> None:
    cube = cube_of(np.ones((2, 2, 3), dtype=np.float32), None)
    assert np.array_equal(match_bands(cube, RGB_NM), np.eye(3))
    with pytest.raises(IncompatibleCube, match="without wavelengths"):
        match_bands(cube, np.array([500.0, 600.0]))


@pytest.mark.parametrize("groups", [1, 3, 40])
def test_spectra_like_those_seen_are_familiar_others_are_not(groups: int) -> None:
    rng = np.random.default_rng(0)
    shapes = rng.uniform(0.1, 0.5, (2, groups))
    parts = rng.uniform(0.5, 1.0, (1000, 2))
    spectra = (parts @ shapes * (1 + 0.01 * rng.standard_normal((1000, groups)))).astype("f4")
    known = Familiarity.of(spectra[:800])
    assert np.mean(known.strangeness(spectra[800:]) <= 1) > 0.95
    assert (known.strangeness(5 * spectra[800:]) > 1).all()
    if groups > 2:
        other = spectra[800:] + 0.2 * (np.arange(groups) % 2).astype("f4")
        assert (known.strangeness(other) > 1).all()
