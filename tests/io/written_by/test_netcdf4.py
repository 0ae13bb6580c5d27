"""Layouts of instruments in files that netCDF4 writes."""

from __future__ import annotations

from pathlib import Path

import netCDF4
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.io import read_cube

ALL = slice(None)
VALUES = np.random.default_rng(7).uniform(0.04, 0.6, (6, 4, 5)).astype("f4")
CENTERS_M = np.linspace(380e-9, 1000e-9, 6)
FILL = 1e36


def _write_gantry(path: Path, *, counts: bool) -> np.ndarray:
    """Write a file as the gantry of TERRA-REF has them and return its values by another reader."""
    values = VALUES.copy()
    values[:, 0] = FILL
    with netCDF4.Dataset(path, "w") as file:
        for name, size in zip(("wavelength", "y", "x"), VALUES.shape, strict=True):
            file.createDimension(name, size)
        centers = file.createVariable("wavelength", "f8", ("wavelength",))
        centers[:], centers.units = CENTERS_M, "meter"
        image = file.createVariable("rfl_img", "f4", ("wavelength", "y", "x"), fill_value=FILL)
        image[:] = values
        if counts:
            raw = file.createVariable("xps_img", "u2", ("wavelength", "y", "x"))
            raw[:] = (VALUES * 1000).astype("u2")
    with netCDF4.Dataset(path) as file:
        return np.moveaxis(file["rfl_img"][:].filled(np.nan), 0, 2)


def test_wavelengths_in_metres_and_a_huge_fill_value(tmp_path: Path) -> None:
    expected = _write_gantry(tmp_path / "t.nc", counts=False)
    cube = read_cube(tmp_path / "t.nc")
    assert_array_equal(cube.block(ALL, ALL), expected)
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS_M * 1e9)


def test_reflectance_is_offered_before_counts(tmp_path: Path) -> None:
    expected = _write_gantry(tmp_path / "t.nc", counts=True)
    with pytest.raises(NeedsChoice) as found:
        read_cube(tmp_path / "t.nc")
    assert [candidate.name for candidate in found.value.candidates] == ["rfl_img", "xps_img"]
    cube = read_cube(tmp_path / "t.nc", ArrayChoice("rfl_img"))
    assert_array_equal(cube.block(ALL, ALL), expected)


@pytest.mark.parametrize(
    ("unit", "units"),
    [
        ("W/m^2/micrometer/sr", "radiance"),
        ("microWatts/(cm^2 sr nm)", "radiance"),
        ("µW cm-2 sr-1 nm-1", "radiance"),
        ("mW m-2 sr-1 nm-1", "radiance"),
        ("sr-1", "unknown"),  # remote sensing reflectance
        ("raw, of a sensor SR-3500", "unknown"),
    ],
)
def test_units_of_radiance_need_no_word(tmp_path: Path, unit: str, units: str) -> None:
    with netCDF4.Dataset(tmp_path / "u.nc", "w") as file:
        for name, size in zip(("bands", "lines", "samples"), VALUES.shape, strict=True):
            file.createDimension(name, size)
        image = file.createVariable("Lt", "f4", ("bands", "lines", "samples"))
        image[:], image.units = VALUES * 200, unit
    cube = read_cube(tmp_path / "u.nc")
    assert cube.units == units


@pytest.mark.parametrize(
    ("dtype", "attributes"),
    [
        ("f4", {"valid_range": np.array([0.0, 1.0], "f4")}),
        ("f4", {"valid_min": np.float32(0.05), "valid_max": np.float32(0.5)}),
        ("i2", {"valid_min": np.int16(0), "scale_factor": 1e-4}),
        ("u2", {"valid_min": np.uint16(0), "valid_max": np.uint16(5000), "scale_factor": 1e-4}),
        ("u2", {"valid_range": np.array([500, 5000], "u2"), "add_offset": 0.5}),
        ("i2", {"valid_min": np.float32(0.0), "valid_max": np.float32(5000.0)}),
    ],
)
@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_CLASSIC"])
def test_numbers_outside_the_valid_range_are_no_data(
    tmp_path: Path, dtype: str, attributes: dict[str, object], form: str
) -> None:
    stored = VALUES.copy() if dtype == "f4" else np.round(VALUES * 10_000).astype(dtype)
    stored[:, 0] = {"f4": -7.5, "i2": -30_000, "u2": 60_000}[dtype]
    if dtype == "u2" and form == "NETCDF3_CLASSIC":
        attributes = {
            name: value.astype("i2") if isinstance(value, np.ndarray | np.uint16) else value
            for name, value in attributes.items()
        } | {"_Unsigned": "true"}
        stored = stored.view("i2")
    with netCDF4.Dataset(tmp_path / "v.nc", "w", format=form) as file:
        for name, size in zip(("bands", "lines", "samples"), VALUES.shape, strict=True):
            file.createDimension(name, size)
        image = file.createVariable("rho", stored.dtype, ("bands", "lines", "samples"))
        image.set_auto_maskandscale(False)
        image[:] = stored
        image.setncatts(attributes)
    with netCDF4.Dataset(tmp_path / "v.nc") as file:
        expected = np.moveaxis(file["rho"][:].astype("f8").filled(np.nan), 0, 2)
    assert 0 < np.isnan(expected).mean() < 1
    assert_allclose(read_cube(tmp_path / "v.nc").block(ALL, ALL), expected, rtol=1e-6)


def _with_range(path: Path, limits: object) -> Path:
    with netCDF4.Dataset(path, "w") as file:
        for name, size in zip(("bands", "lines", "samples"), VALUES.shape, strict=True):
            file.createDimension(name, size)
        image = file.createVariable("rho", "i2", ("bands", "lines", "samples"))
        image.set_auto_maskandscale(False)
        image[:] = np.round(VALUES * 10_000)
        image.setncatts({"scale_factor": 1e-4, "valid_range": limits})
    return path


def test_decimal_limits_of_scaled_whole_numbers_are_values(tmp_path: Path) -> None:
    cube = read_cube(_with_range(tmp_path / "v.nc", np.array([0.0, 0.3])))
    values = np.moveaxis(np.round(VALUES * 10_000) / 10_000, 0, 2)
    expected = np.where(values <= 0.3, values, np.nan)
    assert_allclose(cube.block(ALL, ALL), expected, rtol=1e-6)


def test_a_range_without_any_of_the_numbers_is_noted(tmp_path: Path) -> None:
    path = _with_range(tmp_path / "v.nc", np.array([0, 1], "i2"))
    cube = read_cube(path)
    assert any("valid range is 0 to 1" in note for note in cube.contradictions)
    assert np.isnan(cube.block(ALL, ALL)).all()
    said = read_cube(path, ArrayChoice(no_data=-1))
    assert said.contradictions == ()
    assert np.isfinite(said.block(ALL, ALL)).all()
