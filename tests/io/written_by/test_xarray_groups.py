"""Files with groups that xarray writes: an array has the wavelengths of its own group."""

from __future__ import annotations

from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr
import zarr
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.io import read_cube

ALL = slice(None)
RANDOM = np.random.default_rng(5)
VALUES = {name: RANDOM.random((4, 5, 6), dtype="f4") for name in ("vnir", "swir")}
CENTERS = {"vnir": np.linspace(400, 900, 6), "swir": np.linspace(1000, 2500, 6)}
WIDTHS = {"vnir": 5.0, "swir": 12.0}


def _dataset(name: str) -> xr.Dataset:
    dims = ("y", "x", "wavelength")
    good = np.ones(6, "i1")
    good[1 if name == "vnir" else 4] = 0
    return xr.Dataset(
        {
            "reflectance": (dims, VALUES[name]),
            "fwhm": ("wavelength", np.full(6, WIDTHS[name]), {"units": "nm"}),
            "good_wavelengths": ("wavelength", good),
        },
        coords={"wavelength": ("wavelength", CENTERS[name], {"units": "nm"})},
    )


def _write(folder: Path, kind: str) -> Path:
    path = folder / ("g.zarr" if kind.startswith("zarr") else "g.nc")
    if kind == "nc":
        for name, mode in (("vnir", "w"), ("swir", "a")):
            _dataset(name).to_netcdf(path, group=name, mode=mode)
    elif kind == "nc tree":
        xr.DataTree.from_dict({f"/{name}": _dataset(name) for name in VALUES}).to_netcdf(path)
    else:
        tree = xr.DataTree.from_dict({f"/{name}": _dataset(name) for name in VALUES})
        tree.to_zarr(path, zarr_format=int(kind[-1]), consolidated=kind == "zarr2")
    return path


def _independent(path: Path, name: str) -> np.ndarray:
    if path.suffix == ".nc":
        with netCDF4.Dataset(path) as file:
            return np.asarray(file[name]["wavelength"][:])
    return np.asarray(zarr.open_group(path, mode="r")[f"{name}/wavelength"][:])


@pytest.mark.parametrize("name", ["vnir", "swir"])
@pytest.mark.parametrize("kind", ["nc", "nc tree", "zarr2", "zarr3"])
def test_each_group_has_its_own_wavelengths(tmp_path: Path, kind: str, name: str) -> None:
    path = _write(tmp_path, kind)
    cube = read_cube(path, ArrayChoice(array=f"{name}/reflectance"))
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, _independent(path, name))
    assert_allclose(cube.fwhm_nm, WIDTHS[name])
    assert_array_equal(np.flatnonzero(~cube.good_bands), [1 if name == "vnir" else 4])
    assert_array_equal(cube.block(ALL, ALL), VALUES[name])


def test_a_parents_coordinates_are_inherited(tmp_path: Path) -> None:
    """A tree has coordinates that its groups share in its root alone."""
    shared = xr.Dataset(coords={"wavelength": ("wavelength", CENTERS["vnir"], {"units": "nm"})})
    plain = {name: xr.Dataset({"a": (("y", "x", "wavelength"), VALUES[name])}) for name in VALUES}
    tree = xr.DataTree.from_dict({"/": shared, "/one": plain["vnir"], "/two": plain["swir"]})
    tree.to_netcdf(tmp_path / "t.nc")
    for name in ("one", "two"):
        cube = read_cube(tmp_path / "t.nc", ArrayChoice(array=f"{name}/a"))
        assert cube.wavelengths_nm is not None
        assert_allclose(cube.wavelengths_nm, CENTERS["vnir"])


def test_a_group_without_wavelengths_takes_none_of_another_group(tmp_path: Path) -> None:
    path = tmp_path / "g.nc"
    bare = _dataset("vnir").drop_vars(["wavelength", "fwhm", "good_wavelengths"])
    bare.rename(wavelength="band").to_netcdf(path, group="vnir")
    _dataset("swir").to_netcdf(path, group="swir", mode="a")
    cube = read_cube(path, ArrayChoice(array="vnir/reflectance"))
    assert cube.wavelengths_nm is None and cube.fwhm_nm is None
    assert cube.good_bands.all()
    assert any("no wavelengths" in note for note in cube.notes)
    assert any("in swir/wavelength were not taken" in note for note in cube.ignored)


@pytest.mark.parametrize("kind", ["c.nc", "c.zarr"])
def test_a_variable_for_each_band(tmp_path: Path, kind: str) -> None:
    """As rioxarray's `to_dataset` and many a script write them."""
    images = {
        f"reflectance_{nm:.0f}": (("y", "x"), VALUES["vnir"][:, :, band])
        for band, nm in enumerate(CENTERS["vnir"])
    }
    coords = {"y": np.arange(4.0), "x": np.arange(5.0)}
    dataset = xr.Dataset(images, coords=coords)
    path = tmp_path / kind
    _ = dataset.to_netcdf(path) if kind == "c.nc" else dataset.to_zarr(path, zarr_format=2)
    cube = read_cube(path)
    assert_array_equal(cube.block(ALL, ALL), VALUES["vnir"])
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS["vnir"])
    assert cube.units == "reflectance"
