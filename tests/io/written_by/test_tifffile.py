"""TIFF files of tifffile's defaults and of WISER's tags."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
import tifffile
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes
from focus_viewer.core.errors import OtherKind
from focus_viewer.io import read_cube

ALL = slice(None)
RANDOM = np.random.default_rng(11)
CENTERS = np.linspace(400.5, 1000.5, 31)


@pytest.mark.parametrize(
    ("axes", "order"),
    [(("rows", "cols", "bands"), (0, 1, 2)), (("rows", "bands", "cols"), (0, 2, 1))],
)
def test_axes_chosen_by_hand_keep_the_wavelength_list(
    tmp_path: Path, axes: Axes, order: tuple[int, int, int]
) -> None:
    """Tifffile writes a page for each row of (rows, cols, bands), and the list as JSON."""
    values = RANDOM.random((60, 50, 31), dtype="f4").transpose(order)
    path = tmp_path / "t.tif"
    about = {"wavelength": CENTERS.tolist(), "wavelength_units": "nm"}
    tifffile.imwrite(path, np.ascontiguousarray(values), metadata=about)
    cube = read_cube(path, ArrayChoice(axes=axes))
    assert_array_equal(cube.block(ALL, ALL), tifffile.imread(path).transpose(order))
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)


def test_a_list_of_another_length_is_not_taken(tmp_path: Path) -> None:
    values = RANDOM.random((60, 31, 50), dtype="f4")
    about = {"wavelength": CENTERS.tolist()}
    tifffile.imwrite(tmp_path / "t.tif", values, metadata=about)
    cube = read_cube(tmp_path / "t.tif", ArrayChoice(axes=("rows", "cols", "bands")))
    assert cube.wavelengths_nm is None
    assert any("31 values for 50 bands" in note for note in cube.notes)


@pytest.mark.parametrize("samples", [3, 4])
@pytest.mark.parametrize("dtype", ["float32", "int16", "uint32"])
def test_few_bands_of_no_display_type_are_a_cube(tmp_path: Path, dtype: str, samples: int) -> None:
    """Tifffile calls them RGB, and the fourth sample opacity."""
    values = (RANDOM.random((96, 128, samples)) * 900).astype(dtype)
    tifffile.imwrite(tmp_path / "f.tif", values, photometric="rgb")
    cube = read_cube(tmp_path / "f.tif")
    assert_array_equal(cube.block(ALL, ALL), values.astype("f4"))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_picture_opens_where_the_user_says_that_it_is_a_cube(tmp_path: Path, dtype: str) -> None:
    values = (RANDOM.random((96, 128, 3)) * 250).astype(dtype)
    tifffile.imwrite(tmp_path / "p.tif", values)
    with pytest.raises(OtherKind, match=r"give its wavelengths \(--wavelengths\)"):
        read_cube(tmp_path / "p.tif")
    cube = read_cube(tmp_path / "p.tif", ArrayChoice(wavelengths_nm=(450.0, 550.0, 650.0)))
    assert_array_equal(cube.block(ALL, ALL), values)
    assert cube.wavelengths_nm is not None
    assert_array_equal(cube.wavelengths_nm, [450, 550, 650])


def test_axes_given_for_samples_of_a_page_are_said(tmp_path: Path) -> None:
    """Tifffile calls the array (rows, cols, samples), GDAL (bands, rows, cols), as it is here."""
    values = RANDOM.random((9, 8, 4), dtype="f4")
    tifffile.imwrite(tmp_path / "f.tif", values, photometric="minisblack", planarconfig="contig")
    assert_array_equal(read_cube(tmp_path / "f.tif").block(ALL, ALL), values)
    cube = read_cube(tmp_path / "f.tif", ArrayChoice(axes=("rows", "cols", "bands")))
    assert_array_equal(cube.block(ALL, ALL), values.transpose(2, 0, 1))
    assert any("4 planes of 9 lines and 8 columns: rows, cols" in note for note in cube.notes)


def _with_tag(path: Path, **tags: str) -> None:
    profile = {"driver": "GTiff", "count": 5, "height": 6, "width": 7, "dtype": "float32"}
    place = rasterio.Affine(1, 0, 0, 0, -1, 6)
    with rasterio.open(path, "w", transform=place, **profile) as image:
        image.write(RANDOM.random((5, 6, 7), dtype="f4"))
        image.update_tags(**tags)


@pytest.mark.parametrize(
    "text", ["{1, 1, 0, 1, 0}", "[1, 1, 0, 1, 0]", "1,1,0,1,0", "True,True,False,True,False"]
)
def test_bad_bands_of_wiser(tmp_path: Path, text: str) -> None:
    _with_tag(tmp_path / "w.tif", BAD_BANDS=text)
    cube = read_cube(tmp_path / "w.tif")
    assert_array_equal(cube.good_bands, [True, True, False, True, False])
    assert "BAD_BANDS" not in cube.unused


def test_numbers_of_bad_bands_are_not_flags(tmp_path: Path) -> None:
    _with_tag(tmp_path / "w.tif", BAD_BANDS="1, 3")
    cube = read_cube(tmp_path / "w.tif")
    assert cube.good_bands.all()
    assert "BAD_BANDS" in cube.unused


def test_tifffile_says_nothing_on_the_terminal(tmp_path: Path) -> None:
    """It logs tags that it cannot use, such as GDAL's value for no data in another type."""
    values = RANDOM.integers(0, 90, (6, 5, 7)).astype("u2")
    nodata = (42113, "s", 0, "-1.5e300", True)
    tifffile.imwrite(tmp_path / "n.tif", values, extratags=[nodata], metadata=None)
    code = (
        f"from pathlib import Path\nfrom focus_viewer.io import read_cube\n"
        f"print(read_cube(Path({str(tmp_path / 'n.tif')!r})).shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.strip() == "(5, 7, 6)"
