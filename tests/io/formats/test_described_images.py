"""A header that only describes an image of another format is not another image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from array_files import write_array
from envi_bytes import write_envi
from numpy.testing import assert_array_equal

from focus_viewer.core.errors import CubeError
from focus_viewer.io import find_cubes, find_images, read_cube

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
ALL = slice(None)
STORED = np.arange(120, dtype="u2").reshape(4, 5, 6)


def write_tiff(path: Path) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", height=4, width=5, count=6, dtype="uint16"
    ) as made:
        made.write(np.moveaxis(STORED, -1, 0))
    return path


def header(path: Path, file_type: str = "TIFF") -> Path:
    path.write_text(
        f"ENVI\nfile type = {file_type}\nsamples = 5\nlines = 4\nbands = 6\ndata type = 12\n"
        "interleave = bsq\nbyte order = 0\nwavelength units = nm\n"
        "wavelength = {400, 500, 600, 700, 800, 900}\n"
    )
    return path


@pytest.mark.parametrize("name", ["a.hdr", "a.tif.hdr", "a.HDR"])
@pytest.mark.parametrize("file_type", ["TIFF", "tiff", "GeoTIFF", "ENVI Standard"])
def test_a_tiff_and_its_header_are_one_image(tmp_path: Path, name: str, file_type: str) -> None:
    tiff = write_tiff(tmp_path / "a.tif")
    told = header(tmp_path / name, file_type)
    if file_type.startswith("ENVI") and name != "a.tif.hdr":
        # It describes a data file that is missing: opening it tells so.
        assert find_images(tmp_path) == sorted([told, tiff])
        with pytest.raises(CubeError, match="has no data file beside it"):
            read_cube(told)
        return
    assert find_images(tmp_path) == find_cubes(tmp_path) == [tiff]
    for path in (tiff, told):
        cube = read_cube(path)
        assert cube.path == tiff
        assert_array_equal(cube.block(ALL, ALL), STORED)
        if name != "a.HDR":
            assert cube.wavelengths_nm is not None


def test_headers_of_their_own_data_stay(tmp_path: Path) -> None:
    """A TIFF called as an ENVI cube is: its export, or a photo of the same leaf."""
    write_tiff(tmp_path / "a.tif")
    write_envi(tmp_path, STORED, header_name="a.hdr", data_name="a.img")
    assert [one.name for one in find_cubes(tmp_path)] == ["a.hdr", "a.tif"]
    assert read_cube(tmp_path / "a.hdr").path == tmp_path / "a.img"


def test_a_header_that_may_be_of_two_images_is_told(tmp_path: Path) -> None:
    header(tmp_path / "a.hdr")
    write_tiff(tmp_path / "a.tif")
    write_array(tmp_path, "h5", STORED).rename(tmp_path / "a.h5")
    assert [one.name for one in find_images(tmp_path)] == ["a.h5", "a.hdr", "a.tif"]
    with pytest.raises(CubeError, match=r"a\.hdr has no data file beside it"):
        read_cube(tmp_path / "a.hdr")


def test_arrays_under_the_name_of_an_envi_file(tmp_path: Path) -> None:
    write_array(tmp_path, "h5", STORED).rename(tmp_path / "a.dat")
    header(tmp_path / "a.hdr", "HDF5")
    (tmp_path / "b.hdr").write_text("ENVI\nfile type = TIFF\n")
    assert [one.name for one in find_images(tmp_path)] == ["a.dat", "b.hdr"]
