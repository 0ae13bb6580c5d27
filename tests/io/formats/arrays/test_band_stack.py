"""Files with an array for each band are read as one cube."""

from __future__ import annotations

from pathlib import Path

import h5py
import netCDF4
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.io import savemat

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.io import read_cube
from focus_viewer.io.reader import arrays_of

ALL = slice(None)
IMAGES = np.random.default_rng(1).random((4, 5, 6), dtype="f4")
CENTERS = np.array([443.6, 560.2, 665.1, 864.9])


def _write_hypso(path: Path, *more: str) -> None:
    """Write a level 1d product: products/rhot_443 and on, with attributes."""
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("lines", 5)
        file.createDimension("samples", 6)
        for kind in ("rhot", *more):
            for center, image in zip(CENTERS, IMAGES, strict=True):
                name = f"products/{kind}_{int(center)}"
                made = file.createVariable(name, "f8", ("lines", "samples"), compression="zlib")
                made.wavelength_units, made.fwhm, made.wavelength = "nanometers", 5.5, center
                made.long_name = f"Top-of-Atmosphere Reflectance ({int(center)} nm)"
                made[:] = image
        place = file.createVariable("navigation/latitude", "f4", ("lines", "samples"))
        place[:] = 1.0


def test_hypso(tmp_path: Path) -> None:
    _write_hypso(tmp_path / "h.nc")
    cube = read_cube(tmp_path / "h.nc")
    assert cube.shape == (5, 6, 4)
    assert_allclose(cube.block(ALL, ALL), IMAGES.transpose(1, 2, 0))
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)
    assert_allclose(cube.fwhm_nm, 5.5)
    assert cube.units == "reflectance"


@pytest.mark.parametrize("kind", ["npz", "mat", "h5", "zip"])
def test_images_named_by_wavelength(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"c.{kind}"
    images = {f"R_{int(nm)}": image for nm, image in zip(CENTERS, IMAGES, strict=True)}
    images["mask"] = np.ones((5, 6), "u1")
    if kind == "h5":
        with h5py.File(path, "w") as file:
            for name, image in images.items():
                file[f"bands/{name}"] = image
    elif kind == "mat":
        savemat(path, images)
    else:
        np.savez(path.with_suffix(".npz"), **images)
        path = path.with_suffix(".npz")
    cube = read_cube(path)
    assert_array_equal(cube.block(ALL, ALL), IMAGES.transpose(1, 2, 0))
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS.astype(int))
    assert any("guessed from the band names" in note for note in cube.notes)


def test_numbers_are_counted_and_not_sorted_as_text(tmp_path: Path) -> None:
    images = {f"band{k}": np.full((3, 4), k, "f4") for k in range(1, 13)}
    np.savez(tmp_path / "b.npz", **images)
    cube = read_cube(tmp_path / "b.npz")
    assert_array_equal(cube.pixel(0, 0), np.arange(1, 13))
    assert cube.wavelengths_nm is None
    assert_array_equal(cube.block(slice(0, 1), slice(1, 2), slice(9, 11)), [[[10, 11]]])


def test_each_band_may_have_its_own_factor(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        for band in (1, 2, 3):
            file[f"b{band}"] = np.full((3, 4), 100 * band, "i2")
            file[f"b{band}"].attrs["scale_factor"] = 0.001 * band
            file[f"b{band}"].attrs["_FillValue"] = np.int16(-band)
    cube = read_cube(tmp_path / "f.h5")
    assert_allclose(cube.pixel(1, 1), [0.1, 0.4, 0.9], rtol=1e-6)


def test_two_sets_are_a_question(tmp_path: Path) -> None:
    _write_hypso(tmp_path / "h.nc", "Lt")
    names = [candidate.name for candidate in arrays_of(tmp_path / "h.nc").candidates]
    assert names == ["products/Lt_443 ... Lt_864", "products/rhot_443 ... rhot_864"]
    with pytest.raises(NeedsChoice, match="several arrays"):
        read_cube(tmp_path / "h.nc")
    cube = read_cube(tmp_path / "h.nc", ArrayChoice(array=names[0]))
    assert_allclose(cube.block(ALL, ALL), IMAGES.transpose(1, 2, 0))


def test_numbered_tables_may_be_spectra(tmp_path: Path) -> None:
    """Nothing says that they are bands: the user is asked, and may take either."""
    tables = {f"train{k}": np.full((9, 20), k, "f4") for k in (1, 2, 3)}
    np.savez(tmp_path / "t.npz", **tables)
    names = [candidate.name for candidate in arrays_of(tmp_path / "t.npz").candidates]
    assert names == ["train1", "train2", "train3", "train1 ... train3"]
    with pytest.raises(NeedsChoice):
        read_cube(tmp_path / "t.npz")
    cube = read_cube(tmp_path / "t.npz", ArrayChoice(names[3], ("bands", "rows", "cols")))
    assert_array_equal(cube.pixel(8, 19), [1, 2, 3])
