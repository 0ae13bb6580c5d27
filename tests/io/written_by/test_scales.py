"""Scales that GDAL, rioxarray and SPy write, also of numbers that were scaled already."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
import rioxarray
import spectral.io.envi as spy
from envi_bytes import write_envi
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io import read_cube

REFLECTANCE = np.random.default_rng(5).uniform(0.04, 0.6, (6, 7, 4)).astype("f4")
STORED = np.round(REFLECTANCE * 10_000).astype("i2")
AXIS = {"wavelength": "{450, 550, 650, 850}", "wavelength units": "Nanometers"}
PLACE = {"map info": "{UTM, 1, 1, 364695, 5810265, 30, 30, 33, North, WGS-84}"}
FACTORS = {
    "reflectance scale factor": "10000",
    "data gain values": "{0.0001, 0.0001, 0.0001, 0.0001}",
}
# rioxarray multiplies affine transforms by *, which affine 3.1 announces to give up.
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
APPLIED = "the scale was taken as applied already"


def _values(cube: Cube) -> np.ndarray:
    return cube.block(slice(None), slice(None))


@pytest.mark.parametrize("factor", FACTORS)
def test_a_tiff_of_scaled_numbers_keeps_the_factor_in_its_tags(tmp_path: Path, factor: str) -> None:
    """GDAL knows gains as a scale, which rioxarray applies; the other factor it leaves to us."""
    write_envi(tmp_path, STORED, {**AXIS, **PLACE, factor: FACTORS[factor]})
    with rioxarray.open_rasterio(tmp_path / "cube.img", mask_and_scale=True) as read:
        divisor = 10_000 if factor == "reflectance scale factor" else 1
        scaled = (read / divisor).astype("f4").assign_attrs(read.attrs)
    scaled.rio.to_raster(tmp_path / "r.tif")
    with rasterio.open(tmp_path / "r.tif") as image:
        assert set(image.scales) == {1.0}
        expected = np.moveaxis(image.read(), 0, 2)
    assert_allclose(expected, STORED / 10_000, rtol=1e-5)
    cube = read_cube(tmp_path / "r.tif")
    assert_array_equal(_values(cube), expected)
    assert cube.units == "reflectance"
    assert any(APPLIED in note for note in cube.contradictions)


def test_spy_keeps_the_factor_beside_scaled_numbers(tmp_path: Path) -> None:
    write_envi(tmp_path, STORED, {**AXIS, "reflectance scale factor": "10000"})
    image = spy.open(str(tmp_path / "cube.hdr"), str(tmp_path / "cube.img"))
    spy.save_image(str(tmp_path / "o.hdr"), image.load(), metadata=image.metadata)
    cube = read_cube(tmp_path / "o.hdr")
    assert_allclose(_values(cube), STORED / 10_000, rtol=1e-5)
    assert cube.units == "reflectance"
    assert any(APPLIED in note for note in cube.contradictions)


def _write_by_gdal(path: Path, scale: float, words: str) -> None:
    profile = {"driver": "ENVI", "count": 4, "height": 6, "width": 7, "dtype": "int16"}
    stored = STORED.copy()
    stored[0] = -9999
    place = rasterio.Affine(30, 0, 364695, 0, -30, 5810265)
    with rasterio.open(path, "w", nodata=-9999, transform=place, **profile) as image:
        image.write(np.moveaxis(stored, 2, 0))
        image.scales = [scale] * 4
        for band, center in enumerate((450, 550, 650, 850), start=1):
            image.set_band_description(band, f"{words}{center} nm")


@pytest.mark.parametrize("words", ["", "surface reflectance "])
def test_a_scale_of_gdal_in_an_envi_header_is_no_radiance(tmp_path: Path, words: str) -> None:
    _write_by_gdal(tmp_path / "g.dat", 1e-4, words)
    assert "data gain values" in (tmp_path / "g.hdr").read_text()
    with rasterio.open(tmp_path / "g.dat") as image:
        read = np.moveaxis(image.read(masked=True), 0, 2).astype("f8").filled(np.nan)
    cube = read_cube(tmp_path / "g.hdr")
    assert_allclose(_values(cube), read * 1e-4, atol=1e-6)
    assert cube.units == "reflectance"
    assert cube.wavelengths_nm is not None
    assert_array_equal(cube.wavelengths_nm, [450, 550, 650, 850])


def test_gains_of_one_that_rioxarray_writes_leave_counts(tmp_path: Path) -> None:
    write_envi(tmp_path, STORED, {**AXIS, **PLACE})
    with rioxarray.open_rasterio(tmp_path / "cube.img") as stored:
        stored.rio.to_raster(tmp_path / "o.dat", driver="ENVI")
    cube = read_cube(tmp_path / "o.hdr")
    assert_array_equal(_values(cube), STORED)
    assert cube.units == "counts"
