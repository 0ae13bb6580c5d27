"""No-data values that the file does not declare."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio
from envi_bytes import write_envi

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.typing import FloatArray
from focus_viewer.io import read_cube

ALL = slice(None)
BANDS = {"wavelength": "{450, 550, 650, 750, 850, 950}", "wavelength units": "nm"}


def scene(value: float, dtype: str) -> FloatArray:
    """An orthorectified strip: two corners of it have no data."""
    scale = 10_000 if np.dtype(dtype).kind in "iu" else 1
    stored = (np.random.default_rng(3).uniform(0.05, 0.6, (40, 50, 6)) * scale).astype(dtype)
    row, col = np.indices((40, 50))
    stored[(row + col < 30) | (row + col > 65)] = value
    return stored


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(-9999, "f4"), (-9999, "i2"), (-0.005, "f4"), (-50, "f8"), (65535, "u2"), (1e20, "f4")],
)
def test_a_constant_that_nothing_measures_is_no_data(
    tmp_path: Path, value: float, dtype: str
) -> None:
    stored = scene(value, dtype)
    cube = read_cube(write_envi(tmp_path, stored, BANDS))
    seen = np.isfinite(cube.block(ALL, ALL))
    np.testing.assert_array_equal(seen, stored != np.dtype(dtype).type(value))
    assert any("was taken as no data" in note for note in cube.notes)
    assert cube.units == ("reflectance" if dtype[0] == "f" else "counts")


@pytest.mark.parametrize(("value", "dtype"), [(0, "f4"), (0, "u2"), (255, "u1"), (0.3, "f4")])
def test_what_may_be_measured_is_kept(tmp_path: Path, value: float, dtype: str) -> None:
    stored = scene(value, dtype) if dtype != "u1" else np.full((40, 50, 6), 255, "u1")
    cube = read_cube(write_envi(tmp_path, stored, BANDS))
    assert np.isfinite(cube.block(ALL, ALL)).all()


@pytest.mark.parametrize(
    ("value", "dtype", "text"),
    [(-2147483648, "i4", "-2147483648"), (-0.9999, "f4", "-0.9999"), (-9999, "f8", "-9999")],
)
def test_the_number_is_not_rounded_in_the_note(
    tmp_path: Path, value: float, dtype: str, text: str
) -> None:
    cube = read_cube(write_envi(tmp_path, scene(value, dtype), BANDS))
    assert any(f"The number {text} is in " in note for note in cube.notes)


def test_negative_noise_is_kept(tmp_path: Path) -> None:
    stored = np.random.default_rng(0).normal(0, 0.1, (40, 50, 6)).astype("f4")
    cube = read_cube(write_envi(tmp_path, stored, BANDS))
    assert np.isfinite(cube.block(ALL, ALL)).all()


@pytest.mark.parametrize("declared", ["-1", "0"])
def test_a_fill_is_seen_beside_a_declared_value(tmp_path: Path, declared: str) -> None:
    stored = scene(-9999, "f4")
    cube = read_cube(write_envi(tmp_path, stored, {**BANDS, "data ignore value": declared}))
    np.testing.assert_array_equal(np.isfinite(cube.block(ALL, ALL)), stored != -9999)
    assert cube.units == "reflectance"


@pytest.mark.parametrize("factor", [{}, {"reflectance scale factor": "10000"}])
def test_a_fill_that_was_scaled_with_the_values(tmp_path: Path, factor: dict[str, str]) -> None:
    stored = (scene(-9999, "i2") / np.float32(10_000)).astype("f4")
    entries = {**BANDS, **factor, "data ignore value": "-9999"}
    cube = read_cube(write_envi(tmp_path, stored, entries))
    seen = cube.block(ALL, ALL)
    np.testing.assert_array_equal(np.isfinite(seen), stored != np.float32(-0.9999))
    np.testing.assert_array_equal(seen[np.isfinite(seen)], stored[np.isfinite(seen)])
    assert cube.units == "reflectance"


def test_bands_without_data_are_seen(tmp_path: Path) -> None:
    stored = scene(0.3, "f4")
    stored[:, :, 3:5] = -9999
    cube = read_cube(write_envi(tmp_path, stored, BANDS))
    np.testing.assert_array_equal(np.isfinite(cube.block(ALL, ALL)), stored != -9999)
    assert cube.units == "reflectance"


def test_two_fills_are_seen(tmp_path: Path) -> None:
    stored = scene(-9999, "f4")
    stored[30:, :8] = -1
    cube = read_cube(write_envi(tmp_path, stored, BANDS))
    np.testing.assert_array_equal(np.isfinite(cube.block(ALL, ALL)), stored >= 0)


def test_what_the_user_says_is_the_only(tmp_path: Path) -> None:
    stored = scene(-9999, "f4")
    cube = read_cube(write_envi(tmp_path, stored, BANDS), ArrayChoice(no_data=-1))
    assert np.isfinite(cube.block(ALL, ALL)).all()


def test_an_image_of_nothing_else_is_kept_and_said(tmp_path: Path) -> None:
    cube = read_cube(write_envi(tmp_path, np.full((9, 9, 6), -0.005, "f4"), BANDS))
    assert np.isfinite(cube.block(ALL, ALL)).all()
    assert any("may mean that they have no data" in note for note in cube.notes)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("options", [{}, {"compress": "deflate", "tiled": True}])
def test_a_tiff_without_the_tag(tmp_path: Path, options: dict[str, object]) -> None:
    stored = scene(-9999, "i2")
    shape = {"driver": "GTiff", "height": 40, "width": 50, "count": 6, "dtype": "int16"}
    with rasterio.open(tmp_path / "a.tif", "w", **shape, **options) as file:
        file.write(np.moveaxis(stored, 2, 0))
        file.update_tags(wavelength=BANDS["wavelength"])
    cube = read_cube(tmp_path / "a.tif")
    np.testing.assert_array_equal(np.isfinite(cube.block(ALL, ALL)), stored != -9999)


def test_an_array_without_a_fill_value(tmp_path: Path) -> None:
    stored = scene(-9999, "f4")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["reflectance"] = stored
        file["wavelength"] = np.linspace(450, 950, 6)
    cube = read_cube(tmp_path / "a.h5", ArrayChoice(axes=("rows", "cols", "bands")))
    np.testing.assert_array_equal(np.isfinite(cube.block(ALL, ALL)), stored != -9999)
    assert cube.units == "reflectance"
