"""HDF5 files with groups that h5py writes: an array has the wavelengths of its own group."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.io import read_cube

AXES = ("rows", "cols", "bands")
RANDOM = np.random.default_rng(5)
VALUES = {name: RANDOM.random((4, 5, 6), dtype="f4") for name in ("vnir", "swir")}
CENTERS = {"vnir": np.linspace(400, 900, 6), "swir": np.linspace(1000, 2500, 6)}
# Where an array and its wavelengths stand in the file; "{}" is the detector.
PLACES = {
    "same group": ("{}/reflectance", "{}/wavelength", "{}/fwhm"),
    "group beside": ("{}/data/reflectance", "{}/meta/wavelength", "{}/meta/fwhm"),
    "group below": ("{}/reflectance", "{}/spectral/wavelength", "{}/spectral/fwhm"),
    "names alone": ("cube_{}", "wavelength_{}", "fwhm_{}"),
}


def _write(path: Path, place: str) -> None:
    with h5py.File(path, "w") as file:
        for name, shift in (("swir", 3.0), ("vnir", 0.0)):
            cube, centers, widths = (text.format(name) for text in PLACES[place])
            file[cube] = VALUES[name]
            file[centers] = CENTERS[name]
            file[widths] = np.full(6, 5 + shift)


@pytest.mark.parametrize("name", ["vnir", "swir"])
@pytest.mark.parametrize("place", PLACES)
def test_each_group_has_its_own_wavelengths(tmp_path: Path, place: str, name: str) -> None:
    path = tmp_path / "g.h5"
    _write(path, place)
    array, centers, widths = (text.format(name) for text in PLACES[place])
    cube = read_cube(path, ArrayChoice(array=array, axes=AXES))
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    with h5py.File(path, "r", locking=False) as file:
        assert_allclose(cube.wavelengths_nm, file[centers][:])
        assert_allclose(cube.fwhm_nm, file[widths][:])
        assert_array_equal(cube.block(slice(None), slice(None)), file[array][:])


@pytest.mark.parametrize("where", ["array", "group", "file"])
def test_wavelengths_as_attributes(tmp_path: Path, where: str) -> None:
    """The nearest ones count; widths in another unit than the centres are converted."""
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["a/cube"] = VALUES["vnir"]
        file["wavelength"] = CENTERS["swir"]  # of another array, only further away
        holder = {"array": file["a/cube"], "group": file["a"], "file": file}[where]
        holder.attrs["wavelengths"] = CENTERS["vnir"] / 1000
        holder.attrs["wavelength_units"] = "um"
        file["a/fwhm"] = np.full(6, 7.5)
        file["a/fwhm"].attrs["units"] = "nm"
        if where != "array":
            del file["wavelength"]
    cube = read_cube(path, ArrayChoice(axes=AXES))
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS["vnir"])
    assert_allclose(cube.fwhm_nm, 7.5)


@pytest.mark.parametrize("number", [1, 2])
def test_numbers_in_names_say_whose_wavelengths_they_are(tmp_path: Path, number: int) -> None:
    with h5py.File(tmp_path / "n.h5", "w") as file:
        for each, name in ((1, "vnir"), (2, "swir")):
            file[f"cube{each}"], file[f"wavelength{each}"] = VALUES[name], CENTERS[name]
    cube = read_cube(tmp_path / "n.h5", ArrayChoice(f"cube{number}", AXES))
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS["vnir" if number == 1 else "swir"])
    assert not any("has others as well" in note for note in cube.notes)


def test_two_lists_that_are_equally_near_are_said(tmp_path: Path) -> None:
    path = tmp_path / "two.h5"
    with h5py.File(path, "w") as file:
        file["cube"] = VALUES["vnir"]
        file["wavelength_a"], file["wavelength_b"] = CENTERS["vnir"], CENTERS["swir"]
    notes = read_cube(path, ArrayChoice(axes=AXES)).notes
    assert any("wavelength_a; the file has others as well: wavelength_b" in note for note in notes)


def test_a_groups_name_need_not_be_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "n.h5"
    with h5py.File(path, "w") as file:
        file.create_group(b"caf\xe9").attrs["sensor"] = "leaf"
        file["cube"] = VALUES["vnir"]
    assert read_cube(path, ArrayChoice(axes=AXES)).shape == (4, 5, 6)
