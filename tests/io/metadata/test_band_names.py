"""Wavelengths are guessed from names of bands only where they can be nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from focus_viewer.io.metadata.band_names import guessed_from_names, wavelengths_in_names

CENTERS = [397.32, 560.0, 1003.58]


@pytest.mark.parametrize(
    "pattern",
    [
        "{:.2f}",
        "X{:.2f}",
        "wl_{:.2f}",
        "Band 1 ({:.3f})",
        "band_{:.2f}",
        "lambda {:.1f}",
        "{:.0f}",
        "rhos_{:.0f}",
        "R{:.0f}",
    ],
)
def test_numbers_that_are_wavelengths(pattern: str) -> None:
    notes: list[str] = []
    names = [pattern.format(nm) for nm in CENTERS]
    guessed = guessed_from_names(names, 3, notes)
    assert guessed is not None
    assert guessed[1] == "nm"
    assert_allclose(guessed[0], CENTERS, atol=0.5)
    (note,) = notes
    assert "guessed from the band names" in note


def test_micrometres_and_whole_nanometres() -> None:
    guessed = guessed_from_names(["0.41", "0.55", "0.8", "1.1", "2.35"], 5, [])
    assert guessed is not None
    assert guessed[1] == "um"
    every_nm = guessed_from_names([f"X{nm}" for nm in range(350, 2501)], 2151, [])
    assert every_nm is not None
    assert_allclose(every_nm[0], np.arange(350, 2501))


@pytest.mark.parametrize(
    "names",
    [
        ["1", "2", "3"],
        ["Band 401", "Band 402", "Band 403"],
        ["B443", "B560", "B665"],
        ["2019", "2020", "2021"],  # years
        ["305", "321", "337"],  # days of a year
        ["500", "500", "600"],
        ["500.5", "400.5", "450.5"],
        ["400", "500", "blue"],
        ["20190103", "20190204", "20190305"],
        ["400.1", "500.2"],
        ["q0.5", "q0.75", "q0.9"],
        ["PC 1.5", "PC 2.5", "PC 3.5"],
        ["ratio 12.5", "ratio 15.5", "ratio 44.1"],
        ["depth_500", "depth_510", "depth_520"],
        ["time_500", "time_510", "time_520"],
        ["p1000", "p925", "p850"],
        ["1001", "1002", "1003"],
        ["NDVI_2000.08", "NDVI_2000.17", "NDVI_2000.25"],
        ["X2000.08", "X2000.17", "X2000.25"],
        ["T300", "T410", "T520"],
    ],
)
def test_numbers_that_are_something_else(names: list[str]) -> None:
    notes: list[str] = []
    assert guessed_from_names(names, 3, notes) is None
    assert notes == []


@pytest.mark.parametrize(
    "pattern",
    [
        "FWHM 5.0 nm, centre {:.2f} nm",
        "5 nm wide at {:.2f} nm",
        "{:.2f} nm, bandwidth 65 nm",
        "10m {:.2f} nm bandwidth 65 nm",
        "5 nm FWHM {:.2f} nm",
        "FWHM 0.005 um {:.2f} nm",
        "Band 380 - {:.2f} nm",
        "B_{:.2f}_nm",
    ],
)
def test_a_width_is_not_the_wavelength(pattern: str) -> None:
    notes: list[str] = []
    found = wavelengths_in_names([pattern.format(nm) for nm in CENTERS], 3, notes)
    assert found is not None
    assert_allclose(found[0], CENTERS)
    assert notes == ["Wavelengths were taken from the band names."]


@pytest.mark.parametrize("pattern", ["Band 1 ({:.2f}-{:.2f} nm)", "{:.2f} nm to {:.2f} nm"])
def test_the_middle_of_a_range(pattern: str) -> None:
    notes: list[str] = []
    names = [pattern.format(nm - 5, nm + 5) for nm in CENTERS]
    found = wavelengths_in_names(names, 3, notes)
    assert found is not None
    assert_allclose(found[0], CENTERS)
    assert "middles of the ranges" in notes[0]
