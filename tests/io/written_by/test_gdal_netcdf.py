"""NetCDF files that GDAL writes, with a variable for each band."""

from __future__ import annotations

from pathlib import Path

import netCDF4
import numpy as np
import pytest
import rasterio
import rasterio.shutil
from numpy.testing import assert_allclose
from rasterio import Affine

from focus_viewer.io import read_cube
from focus_viewer.io.reader import arrays_of

RANDOM = np.random.default_rng(2)
STORED = RANDOM.integers(1, 9000, (6, 5, 7)).astype("int16")
STORED[:, 1, 2] = -9999
CENTERS = np.arange(400.0, 460, 10)


def _write(folder: Path, kind: str, **tags: str) -> Path:
    """Write the cube as a TIFF with metadata for each band, and copy it to netCDF."""
    profile = {"count": 6, "height": 5, "width": 7, "dtype": "int16", "nodata": -9999}
    place = {"crs": "EPSG:32633", "transform": Affine(30, 0, 4e5, 0, -30, 5.8e6)}
    with rasterio.open(folder / "c.tif", "w", driver="GTiff", **profile, **place) as image:
        image.write(STORED)
        image.scales = [1e-4] * 6
        for band, center in enumerate(CENTERS, start=1):
            image.update_tags(band, **{k: text.format(center) for k, text in tags.items()})
    path = folder / "c.nc"
    rasterio.shutil.copy(folder / "c.tif", path, driver="netCDF", format=kind)
    return path


@pytest.mark.parametrize("kind", ["NC", "NC4", "NC4C"])
def test_its_bands_are_one_cube(tmp_path: Path, kind: str) -> None:
    path = _write(tmp_path, kind, wavelength="{}", wavelength_units="nm", fwhm="5.5")
    cube = read_cube(path)
    with netCDF4.Dataset(path) as file:
        expected = np.ma.stack([file[f"Band{band}"][:] for band in range(1, 7)], axis=2)
    assert_allclose(cube.block(slice(None), slice(None)), expected.filled(np.nan), rtol=1e-6)
    assert_allclose(cube.block(slice(1, 3), slice(2, 5)), expected.filled(np.nan)[1:3, 2:5])
    assert np.isnan(cube.block(slice(None), slice(None))).sum() == 6
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)
    assert_allclose(cube.fwhm_nm, 5.5)
    assert cube.units == "reflectance"
    assert any("6 of them were joined" in note for note in cube.notes)


def test_only_the_cube_is_offered(tmp_path: Path) -> None:
    path = _write(tmp_path, "NC4")
    (offered,) = arrays_of(path).candidates
    assert offered.text == "Band1 ... Band6 (6 x 5 x 7, int16)"
    assert read_cube(path).wavelengths_nm is None
