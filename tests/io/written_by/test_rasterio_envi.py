"""ENVI files that rasterio writes: items of bands, and names that are bare numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.testing import assert_allclose, assert_array_equal
from rasterio import Affine

from focus_viewer.io import read_cube

VALUES = np.random.default_rng(3).random((4, 6, 7), dtype="f4")
PLACE = Affine(1, 0, 0, 0, -1, 6)
CENTERS = np.array([397.32, 560.1, 700.25, 1003.58])


def _write(
    path: Path, driver: str, names: str = "", centers: np.ndarray = CENTERS, **items: str
) -> None:
    profile = {"count": 4, "height": 6, "width": 7, "dtype": "float32", "transform": PLACE}
    with rasterio.open(path, "w", driver=driver, **profile) as image:
        image.write(VALUES)
        for band, center in enumerate(centers, start=1):
            image.update_tags(band, **{name: text.format(center) for name, text in items.items()})
            if names:
                image.set_band_description(band, names.format(center))


@pytest.mark.parametrize(("unit", "per_nm"), [("nm", 1.0), ("um", 1e-3), ("", 1.0)])
def test_items_of_bands_stand_beside_the_header(tmp_path: Path, unit: str, per_nm: float) -> None:
    path = tmp_path / "c.dat"
    items = {"wavelength": "{:.6g}", "fwhm": f"{5.5 * per_nm}"}
    items |= {"wavelength_units": unit} if unit else {}
    _write(path, "ENVI", centers=CENTERS * per_nm, **items)
    with rasterio.open(path) as image:
        declared = [float(image.tags(band)["wavelength"]) for band in (1, 2, 3, 4)]
    cube = read_cube(path)
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, np.array(declared) / per_nm)
    assert_allclose(cube.fwhm_nm, 5.5)
    assert any("taken from c.dat.aux.xml" in note for note in cube.notes)


def test_the_headers_own_wavelengths_win(tmp_path: Path) -> None:
    _write(tmp_path / "c.dat", "ENVI", wavelength="{}")
    with (tmp_path / "c.hdr").open("a") as header:
        header.write("wavelength = {1, 2, 3, 5}\nwavelength units = um\n")
    cube = read_cube(tmp_path / "c.dat")
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, [1000, 2000, 3000, 5000])


@pytest.mark.parametrize("content", [b"<PAMDataset>", b"\xff\x00", b"<!DOCTYPE a><a/>", b"<a/>"])
def test_a_damaged_file_beside_is_passed_over(tmp_path: Path, content: bytes) -> None:
    _write(tmp_path / "c.dat", "ENVI", wavelength="{}")
    (tmp_path / "c.dat.aux.xml").write_bytes(content)
    assert read_cube(tmp_path / "c.dat").wavelengths_nm is None


@pytest.mark.parametrize("driver", ["ENVI", "GTiff"])
@pytest.mark.parametrize("names", ["{}", "X{}", "wl_{}", "Band 1 ({:.3f})"])
def test_band_names_that_are_bare_numbers(tmp_path: Path, names: str, driver: str) -> None:
    path = tmp_path / ("c.dat" if driver == "ENVI" else "c.tif")
    _write(path, driver, names)
    cube = read_cube(path)
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)
    assert_array_equal(cube.block(slice(None), slice(None)), VALUES.transpose(1, 2, 0))
    assert any("guessed from the band names" in note for note in cube.notes)
