"""Radiance of NEON since 2021, in two parts (layout of DP1.30008), and HYPSO's cube."""

from __future__ import annotations

from pathlib import Path

import h5py
import netCDF4
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube
from focus_viewer.io.reader import arrays_of

ALL = slice(None)
RANDOM = np.random.default_rng(9)
WHOLE = RANDOM.integers(0, 160, (5, 6, 7)).astype("i2")
DECIMAL = RANDOM.integers(0, 49999, (5, 6, 7)).astype("i4")
CENTERS = np.linspace(380, 2510, 7)


def _write(path: Path) -> None:
    whole, decimal = WHOLE.copy(), DECIMAL.copy()
    whole[1, 2], decimal[1, 2] = -9999, -9999
    decimal[3, 3, 4] = -9999
    with h5py.File(path, "w") as file:
        root = file.create_group("SITE/Radiance")
        for name, part in (("RadianceIntegerPart", whole), ("RadianceDecimalPart", decimal)):
            root.create_dataset(name, data=part, chunks=True)
            root[name].attrs["Data_Ignore_Value"] = -9999.0
        root["RadianceDecimalPart"].attrs["Scale_Factor"] = 50000.0
        root["Metadata/Spectral_Data/Wavelength"] = CENTERS
        root["Metadata/Spectral_Data/FWHM"] = np.full(7, 5.6)
        root["Metadata/Coordinate_System/Map_Info"] = (
            b"UTM, 1.000, 1.000, 257000, 4112000, 1, 1, 11, North, WGS-84"
        )
        root["Metadata/Ancillary_Rasters/OBS_Data"] = RANDOM.random((5, 6, 10))
        root["Metadata/Ancillary_Rasters/IGM_Data"] = RANDOM.random((5, 6, 3))


def test_both_parts_are_joined(tmp_path: Path) -> None:
    _write(tmp_path / "r.h5")
    cube = read_cube(tmp_path / "r.h5")
    expected = WHOLE + DECIMAL / 50000
    expected[1, 2] = expected[3, 3, 4] = np.nan
    assert_allclose(cube.block(ALL, ALL), expected, rtol=1e-6)
    assert_allclose(cube.block(slice(3, 4), slice(2, 5)), expected[3:4, 2:5], rtol=1e-6)
    assert cube.units == "radiance"
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)
    assert_allclose(cube.fwhm_nm, 5.6)
    assert cube.georeference.projection == "UTM zone 11 North"
    first = arrays_of(tmp_path / "r.h5").candidates[0]
    assert first.name == "SITE/Radiance/RadianceIntegerPart + RadianceDecimalPart"


def test_parts_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    _write(tmp_path / "r.h5")
    with h5py.File(tmp_path / "r.h5", "r+") as file:
        del file["SITE/Radiance/RadianceDecimalPart"].attrs["Scale_Factor"]
    with pytest.raises(CubeError, match="positive Scale_Factor"):
        read_cube(tmp_path / "r.h5")
    with h5py.File(tmp_path / "s.h5", "w") as file:
        file["SITE/Radiance/RadianceIntegerPart"] = WHOLE
        file["SITE/Radiance/RadianceDecimalPart"] = DECIMAL[:3]
    with pytest.raises(CubeError, match="two parts of radiance of one size"):
        read_cube(tmp_path / "s.h5")


@pytest.mark.parametrize("part", ["RadianceIntegerPart", "RadianceDecimalPart"])
@pytest.mark.parametrize("alone", [True, False])
def test_one_part_is_not_the_radiance(tmp_path: Path, part: str, alone: bool) -> None:
    _write(tmp_path / "r.h5")
    choice = ArrayChoice(f"SITE/Radiance/{part}", ("rows", "cols", "bands"))
    if alone:
        with h5py.File(tmp_path / "r.h5", "r+") as file:
            for name in {"RadianceIntegerPart", "RadianceDecimalPart"} - {part}:
                del file[f"SITE/Radiance/{name}"]
    cube = read_cube(tmp_path / "r.h5", choice)
    assert any(f"{part} is one of two parts" in text for text in cube.assumed)


def test_hypso_has_wavelengths_and_widths_as_attributes(tmp_path: Path) -> None:
    values = RANDOM.random((5, 6, 7))
    with netCDF4.Dataset(tmp_path / "h.nc", "w") as file:
        for name, side in zip(("lines", "samples", "bands"), values.shape, strict=True):
            file.createDimension(name, side)
        made = file.createVariable("products/rhot", "f8", ("lines", "samples", "bands"))
        made.wavelength_units, made.fwhm, made.wavelengths = "nanometers", [5.5] * 7, CENTERS
        made.long_name = "Top-of-Atmosphere Reflectance"
        made[:] = values
    cube = read_cube(tmp_path / "h.nc")
    assert_array_equal(cube.block(ALL, ALL), values.astype("f4"))
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)
    assert_allclose(cube.fwhm_nm, 5.5)
