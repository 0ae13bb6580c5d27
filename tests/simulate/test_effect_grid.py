"""Classes made by splitting what changes: they tile the range, and their truth is their own."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from focus_viewer.simulate.effect_grid import effect_grid, grid_cases
from focus_viewer.simulate.effects import LESIONS, Effect
from focus_viewer.simulate.scene import Case, simulate_case, simulate_scene
from focus_viewer.simulate.sensors import FULL, VNIR
from focus_viewer.simulate.truth import class_importance


def test_every_combination_is_a_class() -> None:
    grid = effect_grid({"chlorophyll": 5, "water": 5, "brown": 5, "anthocyanin": 4})
    assert len(grid) == 500
    assert len({tuple(map(astuple, lesion)) for lesion in grid.values()}) == 500


def test_levels_by_hand() -> None:
    grid = effect_grid({"water": 2, "brown": 2})
    # Water falls to 0.2 of what it was: by half of the way to 0.6.
    by_hand = {
        "water 0, brown 0": (Effect(cw=0.6), Effect(brown=1.0)),
        "water 1, brown 0": (Effect(cw=0.2), Effect(cw=0.6, brown=1.0)),
        "water 1, brown 1": (Effect(cw=0.2, brown=1.0), Effect(cw=0.6, brown=2.0)),
    }
    for name, expected in by_hand.items():
        for found, corner in zip(grid[name], expected, strict=True):
            assert astuple(found) == pytest.approx(astuple(corner))


def test_lowest_is_nowhere_above_highest() -> None:
    for low, high in effect_grid({"chlorophyll": 3, "anthocyanin": 2}).values():
        assert all(a <= b for a, b in zip(astuple(low), astuple(high), strict=True))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return grid_cases(effect_grid({"water": 2, "anthocyanin": 2}), FULL)


def test_truth_lies_where_the_change_acts(cases: list[Case]) -> None:
    by_name = {case.name: case.importance for case in cases}
    nm = FULL.wavelengths_nm
    dry, red = by_name["water 1, anthocyanin 0"], by_name["water 0, anthocyanin 1"]
    assert nm[dry.argmax()] > 1300  # water does not absorb below
    assert 500 < nm[red.argmax()] < 650
    assert all(case.importance.shape == (FULL.bands,) for case in cases)
    assert all((case.importance >= 0).all() for case in cases)


def test_a_scene_of_a_case_shows_its_lesion(cases: list[Case]) -> None:
    mild, severe = (simulate_case(3, FULL, cases[n], (16, 16), interior=True) for n in (0, 2))
    assert (mild.lesion == severe.lesion).all()
    assert severe.lesion.any()
    assert severe.class_name == "water 1, anthocyanin 0"
    # Less water reflects more light at 1650 nm, there and nowhere else.
    band = int(np.abs(FULL.wavelengths_nm - 1650).argmin())
    more = severe.reflectance[..., band] / mild.reflectance[..., band]
    assert np.median(more[severe.lesion]) > 1.03
    assert severe.importance is cases[2].importance


def test_a_shipped_class_is_a_case_too() -> None:
    name = "anthocyanin"
    case = Case(name, LESIONS[name], class_importance(name, VNIR))
    one, other = simulate_case(5, VNIR, case, (16, 16)), simulate_scene(5, VNIR, name, (16, 16))
    np.testing.assert_array_equal(one.reflectance, other.reflectance)
