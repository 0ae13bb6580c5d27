"""Each absorber of PROSPECT-D acts where it absorbs and nowhere else."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import astuple, replace

import numpy as np
import pytest

from focus_viewer.core.errors import FocusError
from focus_viewer.simulate.tissue import Tissue, draw_healthy, reflectance, soil_reflectance

GREEN_LEAF = Tissue(n=1.5, cab=45.0, car=10.0, ant=0.5, brown=0.0, cw=0.013, cm=0.006)


def _needs_prosail() -> None:
    pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")


def _change(**values: float) -> np.ndarray:
    """Difference that new values make to the green leaf's spectrum, from 400 nm on."""
    _needs_prosail()
    before, after = reflectance([GREEN_LEAF, replace(GREEN_LEAF, **values)])
    return after - before


def _at(spectrum: np.ndarray, wavelength_nm: int) -> float:
    return float(spectrum[wavelength_nm - 400])


def test_less_chlorophyll_brightens_green_and_red_edge_only() -> None:
    change = _change(cab=15.0)
    assert _at(change, 550) > 0.05
    assert _at(change, 710) > 0.05
    assert abs(_at(change, 850)) < 1e-6
    assert abs(_at(change, 1450)) < 1e-6


def test_less_water_brightens_its_bands_and_not_the_red() -> None:
    change = _change(cw=0.004)
    assert _at(change, 1450) > 0.05
    assert _at(change, 1940) > 0.05
    assert 0.0 < _at(change, 970) < _at(change, 1450)
    assert abs(_at(change, 680)) < 1e-5


def test_anthocyanin_darkens_green_only() -> None:
    change = _change(ant=12.0)
    assert _at(change, 550) < -0.02
    assert np.abs(change[800 - 400 :]).max() < 1e-6
    assert change.argmin() + 400 == pytest.approx(555, abs=15)


def test_brown_pigment_darkens_beyond_the_red_edge_and_not_the_swir() -> None:
    change = _change(brown=1.0)
    assert _at(change, 750) < -0.03
    assert abs(_at(change, 1300)) < 1e-6


def test_carotenoids_darken_the_blue_green_only() -> None:
    change = _change(cab=5.0, car=16.0) - _change(cab=5.0, car=8.0)
    assert _at(change, 500) < -0.01
    assert abs(_at(change, 600)) < 1e-6


def test_structure_brightens_the_near_infrared() -> None:
    assert _at(_change(n=2.5), 850) > 0.05


def test_dry_matter_darkens_the_swir_and_not_the_blue() -> None:
    change = _change(cm=0.012)
    assert _at(change, 1700) < -0.01
    assert abs(_at(change, 450)) < abs(_at(change, 1700)) / 5


def test_healthy_leaves_look_like_leaves() -> None:
    _needs_prosail()
    rng = np.random.default_rng(1)
    spectra = reflectance([draw_healthy(rng) for _ in range(50)])
    assert spectra.shape == (50, 2101)
    assert spectra.dtype == np.float32
    assert np.all((spectra > 0) & (spectra < 0.7))
    assert np.all(spectra[:, 550 - 400] > spectra[:, 670 - 400])
    assert np.all(spectra[:, 850 - 400] > 5 * spectra[:, 670 - 400])


def test_dry_soil_is_brighter_than_wet() -> None:
    _needs_prosail()
    dry, wet = soil_reflectance()
    assert np.all(dry > wet)


def test_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prosail", None)
    with pytest.raises(FocusError, match=r"pip install focus-viewer\[simulate\]"):
        reflectance([GREEN_LEAF])


def test_a_surface_that_was_computed_before_gives_the_same_spectra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _needs_prosail()
    from prosail import prospect_d

    leaves = [draw_healthy(np.random.default_rng(seed)) for seed in range(5)]
    found = reflectance(leaves)
    fresh = importlib.util.module_from_spec(prospect_d.__spec__)
    prospect_d.__spec__.loader.exec_module(fresh)
    assert fresh.calctav is not prospect_d.calctav
    for leaf, spectrum in zip(leaves, found, strict=True):
        n, cab, car, ant, brown, cw, cm = astuple(leaf)
        _, alone, _ = fresh.run_prospect(n, cab, car, brown, cw, cm, ant=ant, prospect_version="D")
        np.testing.assert_array_equal(spectrum, alone.astype(np.float32))
