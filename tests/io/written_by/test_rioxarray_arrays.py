"""NetCDF and Zarr that rioxarray writes of an ENVI file: names of bands are attributes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
import rioxarray
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.io import read_cube

# rasterio's affine transforms are multiplied in the way of older versions by rioxarray 0.19.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
VALUES = np.random.default_rng(3).random((4, 6, 7), dtype="f4")
CENTERS = np.array([397.32, 560.1, 700.25, 1003.58])


@pytest.mark.parametrize("kind", ["c.nc", "c.zarr"])
@pytest.mark.parametrize("names", ["{}", "{} Nanometers", "Band 1 ({:.3f})"])
def test_names_of_bands(tmp_path: Path, names: str, kind: str) -> None:
    profile = {"count": 4, "height": 6, "width": 7, "dtype": "float32"}
    place = rasterio.Affine(1, 0, 0, 0, -1, 6)
    with rasterio.open(tmp_path / "c.dat", "w", driver="ENVI", transform=place, **profile) as image:
        image.write(VALUES)
        for band, center in enumerate(CENTERS, start=1):
            image.set_band_description(band, names.format(center))
    path = tmp_path / kind
    with rioxarray.open_rasterio(tmp_path / "c.dat") as array:
        dataset = array.to_dataset(name="cube")
        _ = dataset.to_netcdf(path) if kind == "c.nc" else dataset.to_zarr(path, zarr_format=2)
    cube = read_cube(path)
    assert_array_equal(cube.block(slice(None), slice(None)), VALUES.transpose(1, 2, 0))
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS, atol=1e-3)
    assert any("band names" in note for note in cube.notes)
