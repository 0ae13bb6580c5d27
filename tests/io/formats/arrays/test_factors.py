"""Scale factors of arrays multiply or divide as their names and the numbers say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.testing import assert_allclose

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io import read_cube

COUNTS = np.random.default_rng(4).integers(100, 9000, (5, 6, 7)).astype("i2")
REFLECTANCE = (COUNTS / 10000).astype("f4")


def _cube(path: Path, array: np.ndarray, name: str, value: float) -> Cube:
    with h5py.File(path, "w") as file:
        file["cube"] = array
        file["cube"].attrs[name] = value
        file["cube"].attrs["long_name"] = "surface reflectance"
    return read_cube(path, ArrayChoice(axes=("rows", "cols", "bands")))


@pytest.mark.parametrize(
    ("name", "value", "noted"),
    [
        ("scale_factor", 1e-4, False),
        ("Scale_Factor", 10000.0, True),
        ("Scale Factor", 10000, True),
        ("ScaleFactor", 10000.0, True),
        ("Reflectance_Scale_Factor", 10000.0, True),
        ("scale_factor", 10000.0, True),
        ("Scale_Factor", 1e-4, False),
    ],
)
def test_whole_numbers_are_scaled_to_reflectance(
    tmp_path: Path, name: str, value: float, noted: bool
) -> None:
    cube = _cube(tmp_path / "f.h5", COUNTS, name, value)
    assert_allclose(cube.block(slice(None), slice(None)), REFLECTANCE, rtol=1e-6)
    assert cube.units == "reflectance"
    assert any(f"divided by the {name} of 10000" in note for note in cube.notes) == noted


@pytest.mark.parametrize(("name", "value"), [("scale_factor", 1e-4), ("Scale_Factor", 10000.0)])
def test_numbers_that_are_scaled_already_are_not_scaled_again(
    tmp_path: Path, name: str, value: float
) -> None:
    cube = _cube(tmp_path / "f.h5", REFLECTANCE, name, value)
    assert_allclose(cube.block(slice(None), slice(None)), REFLECTANCE)
    assert cube.units == "reflectance"
    assert any("taken as applied already" in note for note in cube.contradictions)


@pytest.mark.parametrize(
    ("said", "factor"),
    [(ArrayChoice(units="reflectance"), 1), (ArrayChoice(scale=10_000.0), 10_000)],
)
def test_what_the_user_says_settles_whether_they_are(
    tmp_path: Path, said: ArrayChoice, factor: int
) -> None:
    _cube(tmp_path / "f.h5", REFLECTANCE, "scale_factor", 1e-4)
    choice = replace(said, axes=("rows", "cols", "bands"))
    cube = read_cube(tmp_path / "f.h5", choice)
    assert_allclose(cube.block(slice(None), slice(None)), REFLECTANCE / factor, rtol=1e-6)
    assert cube.contradictions == ()
    assert any("taken as applied already" in note for note in cube.notes) == (said.scale is None)


def test_a_factor_of_the_conventions_multiplies_what_is_no_reflectance(tmp_path: Path) -> None:
    cube = _cube(tmp_path / "f.h5", np.full((5, 6, 7), 3, "i2"), "scale_factor", 100.0)
    assert_allclose(cube.block(slice(None), slice(None)), 300.0)
