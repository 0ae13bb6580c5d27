"""Vegetation indices with values worked out by hand, and the bands that they are taken from."""

from __future__ import annotations

import re

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube, Units
from focus_viewer.core.spectra.indices import INDICES, available, evaluate, find_bands

BY_NAME = {index.name: index for index in INDICES}

# name: reflectance at the wavelengths, the index by hand
BY_HAND: dict[str, tuple[dict[float, float], float]] = {
    "NDVI": ({800: 0.5, 670: 0.1}, 0.4 / 0.6),
    "PRI": ({531: 0.09, 570: 0.11}, -0.1),
    "NDRE": ({790: 0.5, 720: 0.3}, 0.25),
    "WBI": ({900: 0.48, 970: 0.4}, 1.2),
    "CAI": ({2000: 0.2, 2100: 0.15, 2200: 0.3}, 0.1),
    "NDNI": ({1510: 0.01, 1680: 0.1}, 1 / 3),  # log(1/R) is 2 and 1
    "NDLI": ({1754: 0.001, 1680: 0.1}, 0.5),  # 3 and 1
    "MCARI": ({550: 0.1, 670: 0.05, 700: 0.15}, (0.1 - 0.2 * 0.05) * 3),
    "ARI1": ({550: 0.1, 700: 0.2}, 5),
    "CRI1": ({510: 0.05, 550: 0.1}, 10),
    "PSRI": ({500: 0.05, 678: 0.15, 750: 0.4}, 0.25),
    "NDWI": ({860: 0.5, 1240: 0.4}, 1 / 9),
    "MSI": ({1600: 0.2, 820: 0.5}, 0.4),
    "REP": ({670: 0.1, 700: 0.2, 740: 0.4, 780: 0.5}, 720),  # halfway 0.3, half the way up
}


def cube_of(
    wavelengths_nm: list[float], bad: tuple[int, ...] = (), units: Units = "reflectance"
) -> Cube:
    good = np.ones(len(wavelengths_nm), dtype=np.bool_)
    good[list(bad)] = False
    values = np.zeros((1, 1, good.size), dtype=np.float32)
    return Cube(ArraySource(values), "c", good, np.array(wavelengths_nm), units=units)


def test_every_index_is_worked_out_here_and_cited() -> None:
    assert BY_HAND.keys() == BY_NAME.keys()
    assert len(BY_NAME) == len(INDICES)
    assert all(re.search(r"\b(19|20)\d\d, .*\d+-\d+", one.citation) for one in INDICES)


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(name: str) -> None:
    reflectance, expected = BY_HAND[name]
    order = sorted(reflectance)  # as a sensor has them, not as the formula does
    spectrum = np.array([reflectance[nm] for nm in order])
    value = evaluate(BY_NAME[name], np.array(order, dtype=np.float64), spectrum)
    assert value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", BY_HAND)
def test_formula_names_the_wavelengths(name: str) -> None:
    index = BY_NAME[name]
    assert set(BY_HAND[name][0]) == set(index.wavelengths_nm)
    for nm in index.wavelengths_nm:
        assert f"R{nm:.0f}" in index.formula


def test_red_edge_is_drawn_through_the_bands_there_are() -> None:
    found = np.array([672.0, 704, 736, 778])
    spectrum = np.array([0.1, 0.2, 0.4, 0.5])
    assert evaluate(BY_NAME["REP"], found, spectrum) == pytest.approx(720)
    # A straight slope has its halfway where it is, whatever the bands: 725 for 670 to 780.
    slope = (np.array([670.0, 705, 735, 780]) - 600) / 500
    value = evaluate(BY_NAME["REP"], np.array([670.0, 705, 735, 780]), slope)
    assert value == pytest.approx(725)


def test_no_red_edge_has_no_position() -> None:
    bands = np.array([670.0, 700, 740, 780])
    assert np.isnan(evaluate(BY_NAME["REP"], bands, np.full(4, 0.3)))
    assert np.isnan(evaluate(BY_NAME["REP"], bands, np.array([0.5, 0.4, 0.401, 0.6])))


@pytest.mark.parametrize("value", [0.0, -0.1])
def test_what_is_not_defined_is_nan(value: float) -> None:
    assert np.isnan(evaluate(BY_NAME["NDNI"], np.array([1510.0, 1680]), np.array([value, 0.1])))
    zeros = np.zeros(2)
    assert np.isnan(evaluate(BY_NAME["ARI1"], np.array([550.0, 700]), zeros))


def test_available_tells_the_nearest_good_bands() -> None:
    cube = cube_of([664, 671, 675, 790, 803, 806], bad=(1,))
    (ndvi,) = available(cube)
    assert ndvi.index.name == "NDVI"
    assert ndvi.bands == (4, 2)
    assert ndvi.wavelengths_nm == (803, 675)


def test_tolerance_is_kept() -> None:
    cube = cube_of([675, 803])
    assert [one.index.name for one in available(cube, 5)] == ["NDVI"]
    assert available(cube, 4.9) == ()


def test_no_band_serves_twice() -> None:
    good = np.ones(2, dtype=np.bool_)
    assert find_bands(BY_NAME["PRI"], np.array([550.0, 900]), good, 30) is None
    assert find_bands(BY_NAME["PRI"], np.array([520.0, 580]), good, 30) is not None


def test_all_are_available_on_a_full_range_and_none_without_reflectance() -> None:
    full = np.arange(400.0, 2500, 5).tolist()
    assert len(available(cube_of(full))) == len(INDICES)
    assert len(available(cube_of(full, units="unknown"))) == len(INDICES)
    assert available(cube_of(full, units="radiance")) == ()
    assert available(cube_of(full, units="counts")) == ()
    bare = Cube(cube_of([1, 2]).source, "c", np.ones(2, dtype=np.bool_), units="reflectance")
    assert available(bare) == ()


def test_many_spectra_at_once() -> None:
    (ndvi,) = available(cube_of([670, 800]))
    spectra = np.array([[[0.1, 0.5], [0.2, 0.2]], [[0, 0], [np.nan, 0.5]]], dtype=np.float32)
    values = ndvi.of(spectra)
    np.testing.assert_allclose(values, [[2 / 3, 0], [np.nan, np.nan]], atol=1e-7)


def test_a_missing_value_is_replaced_by_the_next_band_near_enough() -> None:
    bands = np.array([670.0, 798, 800, 820])
    assert evaluate(BY_NAME["NDVI"], bands, np.array([0.1, 0.3, np.nan, 0.9])) == pytest.approx(0.5)
    assert np.isnan(evaluate(BY_NAME["NDVI"], bands, np.array([0.1, np.nan, np.nan, 0.9])))
