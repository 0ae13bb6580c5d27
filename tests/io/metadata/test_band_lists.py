"""Wavelengths, widths, good bands and default bands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io import read_cube

Opened = Callable[..., Cube]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Open a cube of five bands (0, 1, 2, 3, 4 in its first pixel) with header entries."""

    def open_with(**entries: str) -> Cube:
        told = {name.replace("_", " "): value for name, value in entries.items()}
        return read_cube(write_envi(tmp_path, None, told))

    return open_with


def noted(cube: Cube, *words: str) -> bool:
    return any(all(word in note for word in words) for note in cube.notes)


UNITS = [
    ("Nanometers", 1),
    ("nm", 1),
    ("nanometres", 1),
    ("Micrometers", 1e-3),
    ("micrometre", 1e-3),
    ("um", 1e-3),
    ("μm", 1e-3),
    ("Microns", 1e-3),
    ("Millimeters", 1e-6),
    ("cm", 1e-7),
    ("Meters", 1e-9),
    ("Angstroms", 10),
]


@pytest.mark.parametrize(("unit", "factor"), UNITS)
def test_every_unit_becomes_nm(opened: Opened, unit: str, factor: float) -> None:
    nm = np.array([450.0, 550, 650, 750, 1650])
    listed = "{" + ",".join(repr(float(value)) for value in nm * factor) + "}"
    widths = "{" + ",".join([repr(5.0 * factor)] * 5) + "}"

    cube = opened(wavelength=listed, fwhm=widths, wavelength_units=unit)

    assert cube.wavelengths_nm == pytest.approx(nm)
    assert cube.fwhm_nm == pytest.approx([5.0] * 5)
    assert cube.notes == ()


def test_wavenumbers_become_ascending_nm(opened: Opened) -> None:
    cube = opened(
        wavelength="{5000, 8000, 10000, 12500, 20000}",
        fwhm="{50, 50, 50, 50, 50}",
        wavelength_units="Wavenumber",
    )

    assert cube.wavelengths_nm == pytest.approx([500, 800, 1000, 1250, 2000])
    # 1e7 * 50 / 20000^2 = 1.25 nm at 500 nm, 1e7 * 50 / 5000^2 = 20 nm at 2000 nm
    assert cube.fwhm_nm is not None
    assert cube.fwhm_nm[[0, 4]] == pytest.approx([1.25, 20])
    assert cube.pixel(0, 0).tolist() == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("unit", [None, "Unknown", "", "none"])
@pytest.mark.parametrize(("factor", "name"), [(1.0, "nm"), (0.001, "um")])
def test_missing_unit_is_guessed_and_said(
    tmp_path: Path, unit: str | None, factor: float, name: str
) -> None:
    listed = "{" + ",".join(str(v * factor) for v in (400, 500, 600, 700, 2500)) + "}"
    cube = read_cube(write_envi(tmp_path, None, {"wavelength": listed, "wavelength units": unit}))

    assert cube.wavelengths_nm == pytest.approx([400, 500, 600, 700, 2500])
    assert noted(cube, f"{name} was guessed")


@pytest.mark.parametrize(("told", "factor"), [("Nanometers", 0.001), ("Micrometers", 1.0)])
def test_unit_that_its_numbers_contradict(opened: Opened, told: str, factor: float) -> None:
    listed = "{" + ",".join(str(v * factor) for v in (400, 500, 600, 700, 2500)) + "}"

    cube = opened(wavelength=listed, wavelength_units=told)

    assert cube.wavelengths_nm == pytest.approx([400, 500, 600, 700, 2500])
    assert noted(cube, "size says")


REFUSED = [
    ("{400, 500, 600}", "nm", "has 3 values for 5 bands"),
    ("{400, 500, 600, 700, 800, 900}", "nm", "has 6 values for 5 bands"),
    ("{}", "nm", "has 0 values"),
    ("{400, 500, x, 700, 800}", "nm", "not a list of numbers"),
    ("{400, 500, nan, 700, 800}", "nm", "not positive numbers"),
    ("{400, 500, inf, 700, 800}", "nm", "not positive numbers"),
    ("{0, 500, 600, 700, 800}", "nm", "not positive numbers"),
    ("{513.3, 513.3, 513.3, 513.3, 513.3}", "nm", "all bands have the same"),
    ("{1, 2, 3, 4, 5}", "Index", "unit 'index' is not known"),
    ("{200, 300, 400, 500, 600}", "Raman shift (cm-1)", "unit 'raman shift (cm-1)' is not known"),
    ("{200, 300, 400, 500, 600}", "Frequency (THz)", "unit 'frequency (thz)' is not known"),
]


@pytest.mark.parametrize(("listed", "unit", "told"), REFUSED)
def test_useless_wavelengths_are_left_out_and_said(
    opened: Opened, listed: str, unit: str, told: str
) -> None:
    cube = opened(wavelength=listed, wavelength_units=unit, fwhm="{5, 5, 5, 5, 5}")

    assert cube.wavelengths_nm is None
    assert cube.fwhm_nm is None
    assert cube.axis.tolist() == [0, 1, 2, 3, 4]
    assert noted(cube, told)


@pytest.mark.parametrize("unit", ["nm", "Unknown", "um"])
@pytest.mark.parametrize("listed", ["{1, 2, 3, 4, 5}", "{1.0, 2.0, 3.0, 4.0, 5.0}"])
def test_numbers_of_bands_are_not_wavelengths(opened: Opened, listed: str, unit: str) -> None:
    cube = opened(wavelength=listed, wavelength_units=unit)
    assert cube.wavelengths_nm is None
    assert noted(cube, "numbers of bands")


def test_whole_micrometres_with_widths(opened: Opened) -> None:
    micrometres = "{1, 2, 3, 4, 5}"
    cube = opened(wavelength=micrometres, wavelength_units="um", fwhm="{.1, .1, .1, .1, .1}")
    assert cube.wavelengths_nm == pytest.approx([1000, 2000, 3000, 4000, 5000])


def test_declared_wavenumbers_of_the_thermal_infrared(opened: Opened) -> None:
    cube = opened(wavelength="{400, 1000, 2000, 2500, 4000}", wavelength_units="cm-1")
    assert cube.wavelengths_nm == pytest.approx([2500, 4000, 5000, 10000, 25000])
    assert not noted(cube, "guessed")


@pytest.mark.parametrize(
    "listed",
    [
        "{'400', '500', '600', '700', '800'}",
        "{400 nm, 500 nm, 600 nm, 700 nm, 800.0nm}",
        "{0.4 µm, 0.5 µm, 0.6 µm, 0.7 µm, 0.8 µm}",
        "[np.float64(400.0), np.float64(500.0), np.float64(600.0), np.float64(700), np.int64(800)]",
    ],
)
def test_other_spellings_of_a_list(opened: Opened, listed: str) -> None:
    cube = opened(wavelength=listed)
    assert cube.wavelengths_nm == pytest.approx([400, 500, 600, 700, 800])


@pytest.mark.parametrize("width", ["5.0", "{5.0}", "{5 nm}"])
def test_one_width_for_all_bands(opened: Opened, width: str) -> None:
    cube = opened(wavelength="{400, 500, 600, 700, 800}", wavelength_units="nm", fwhm=width)
    assert cube.fwhm_nm == pytest.approx([5] * 5)


def test_no_wavelengths_at_all(opened: Opened) -> None:
    cube = opened()

    assert cube.wavelengths_nm is None
    assert noted(cube, "has no wavelengths")


def test_useless_widths_leave_the_wavelengths(opened: Opened) -> None:
    cube = opened(wavelength="{400, 500, 600, 700, 800}", wavelength_units="nm", fwhm="{5, 5}")

    assert cube.wavelengths_nm is not None and cube.fwhm_nm is None
    assert noted(cube, "'fwhm' has 2 values for 5 bands")


BAND_NAMES = [
    ("{Band 1 (450.2 nm), Band 2 (500 nm), B3 (550 nm), B4 (600 nm), B5 (650.5 nm)}", 1.0),
    ("{450.2 Nanometers, 500 Nanometers, 550 nanometers, 600nm, 650.5 nm}", 1.0),
    ("{Band 1 (0.4502 µm), b2 0.5 um, b3 0.55 um, b4 0.6 microns, b5 0.6505 Micrometers}", 1e3),
]


@pytest.mark.parametrize(("names", "factor"), BAND_NAMES)
def test_wavelengths_inside_band_names(opened: Opened, names: str, factor: float) -> None:
    width = str(5 / factor)
    cube = opened(band_names=names, fwhm="{" + ",".join([width] * 5) + "}")

    assert cube.wavelengths_nm == pytest.approx([450.2, 500, 550, 600, 650.5])
    assert cube.fwhm_nm == pytest.approx([5] * 5)
    assert noted(cube, "from the band names")


@pytest.mark.parametrize(
    "names",
    [
        "{Band 1, Band 2, Band 3, Band 4, Band 5}",
        "{Band 1 (450 nm), Band 2 (500 nm), Band 3, Band 4 (600 nm), Band 5 (650 nm)}",
        "{450 nm, 500 nm}",
        "{450 nm, 500 nm, 0.55 um, 600 nm, 650 nm}",
        "{a 5 nmol, b 6 numb, c 7 unm, d 8 umbra, e 9 nix}",
    ],
)
def test_band_names_that_tell_no_wavelengths(opened: Opened, names: str) -> None:
    assert opened(band_names=names).wavelengths_nm is None


def test_bands_out_of_order_are_sorted_with_all_that_belongs_to_them(opened: Opened) -> None:
    cube = opened(
        wavelength="{600, 400, 800, 500, 700}",
        wavelength_units="nm",
        fwhm="{6, 4, 8, 5, 7}",
        bbl="{1, 0, 1, 1, 1}",
        default_bands="{3, 1, 2}",
    )

    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert cube.wavelengths_nm.tolist() == [400, 500, 600, 700, 800]
    assert cube.fwhm_nm.tolist() == [4, 5, 6, 7, 8]
    assert cube.good_bands.tolist() == [False, True, True, True, True]
    assert [cube.wavelengths_nm[band] for band in cube.default_bands] == [800, 600, 400]
    assert cube.pixel(0, 0).tolist() == [1, 3, 0, 4, 2]
    assert cube.band(4)[0, 0] == 2
    assert cube.block(slice(1), slice(1), np.array([4, 0]))[0, 0].tolist() == [2, 1]
    assert noted(cube, "order of their wavelengths")


GOOD = [
    ("{1, 0, 1, 0, 1}", [True, False, True, False, True], None),
    ("{1.0, 0.0, 1.0, 1.0, 1.0}", [True, False, True, True, True], None),
    ("{1, 0}", [True] * 5, "has 2 values for 5 bands"),
    ("{1, 0, yes, 0, 1}", [True] * 5, "not a list of numbers"),
    ("{1, 0, nan, 0, 1}", [True] * 5, "not a list of numbers"),
    ("{0, 0, 0, 0, 0}", [True] * 5, "calls every band bad"),
]


@pytest.mark.parametrize(("listed", "good", "told"), GOOD)
def test_bad_band_list(opened: Opened, listed: str, good: list[bool], told: str | None) -> None:
    cube = opened(bbl=listed)

    assert cube.good_bands.tolist() == good
    assert noted(cube, "bbl") == (told is not None)
    assert told is None or noted(cube, told)


DEFAULT = [
    ("{5, 3, 1}", (4, 2, 0), None),
    ("{2}", (1,), None),
    ("2", (1,), None),
    ("{5.0, 3.0, 1.0}", (4, 2, 0), None),
    ("{2, 1, 0}", (2, 1, 0), "counted from 0"),
    ("{0, 1, 5}", (), "not among its 5 bands"),
    ("{6, 3, 1}", (), "not among its 5 bands"),
    ("{-1, 3, 1}", (), "not among its 5 bands"),
    ("{1, 2}", (), "not one or three"),
    ("{1.5, 2, 3}", (), "not one or three"),
    ("{nan, 2, 3}", (), "not one or three"),
    ("{inf, 2, 3}", (), "not among"),
    ("{red, green, blue}", (), "not one or three"),
]


@pytest.mark.parametrize(("listed", "bands", "told"), DEFAULT)
def test_default_bands(
    opened: Opened, listed: str, bands: tuple[int, ...], told: str | None
) -> None:
    cube = opened(default_bands=listed)

    assert cube.default_bands == bands
    assert noted(cube, "default bands") == (told is not None)
    assert told is None or noted(cube, told)
