"""MATLAB structs of version 5 that scipy writes: a hypercube, MUUFL Gulfport, and others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.io import loadmat, savemat

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube
from focus_viewer.io.formats.arrays.matlab_format import variables

ALL = slice(None)
VALUES = np.random.default_rng(6).random((5, 6, 7))
CENTERS = np.linspace(400, 1000, 7)
WIDTHS = np.full(7, 5.5)
STRUCTS: dict[str, dict[str, Any]] = {
    "hypercube": {
        "hcube": {
            "Wavelength": CENTERS[:, np.newaxis],
            "DataCube": VALUES,
            "FWHM": WIDTHS[:, np.newaxis],
            "Metadata": {"Height": 5.0, "Width": 6.0, "Bands": 7.0, "SensorType": "AVIRIS"},
        }
    },
    "muufl": {
        "hsi": {
            "Data": VALUES,
            "info": {"description": "flight", "wavelength": CENTERS, "fwhm": WIDTHS},
            "RGB": np.ones((5, 6, 3), "u1"),
            "valid_mask": np.ones((5, 6), bool),
        }
    },
    "deep": {"a": {"b": {"c": {"cube": VALUES, "wl": CENTERS, "fwhm": WIDTHS}}}, "n": 1.0},
}
NAMES = {"hypercube": "hcube/DataCube", "muufl": "hsi/Data", "deep": "a/b/c/cube"}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", STRUCTS)
def test_structs(tmp_path: Path, kind: str, packed: bool) -> None:
    path = tmp_path / "s.mat"
    savemat(path, STRUCTS[kind], do_compression=packed)
    cube = read_cube(path)
    stored: Any = loadmat(path, simplify_cells=True)
    for name in NAMES[kind].split("/"):
        stored = stored[name]
    assert cube.array_name == NAMES[kind]
    assert_array_equal(cube.block(ALL, ALL), stored.astype("f4"))
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)
    assert_allclose(cube.fwhm_nm, WIDTHS)


def test_a_hypercube_with_as_many_rows_as_bands(tmp_path: Path) -> None:
    square = np.random.default_rng(1).random((7, 7, 7))
    savemat(tmp_path / "q.mat", {"h": {"DataCube": square, "Wavelength": CENTERS}})
    assert_array_equal(read_cube(tmp_path / "q.mat").pixel(2, 5), square[2, 5].astype("f4"))


@pytest.mark.parametrize("packed", [False, True])
def test_arrays_of_structs_and_cells(tmp_path: Path, packed: bool) -> None:
    structs = np.zeros((1, 2), [("data", object), ("wl", object)])
    structs[0, 0] = (VALUES, CENTERS)
    structs[0, 1] = (VALUES + 1, CENTERS + 500)
    cells = np.empty((1, 2), object)
    cells[0, 0], cells[0, 1] = VALUES, "text"
    path = tmp_path / "a.mat"
    savemat(path, {"s": structs, "c": cells, "last": 3.0}, do_compression=packed)
    names = ["s(1)/data", "s(1)/wl", "s(2)/data", "s(2)/wl", "c{1}", "last"]
    assert [variable.name for variable in variables(path)] == names


def test_structs_of_two_scenes_have_their_own_wavelengths(tmp_path: Path) -> None:
    structs = np.zeros((1, 2), [("data", object), ("wl", object)])
    structs[0, 0] = (VALUES, CENTERS)
    structs[0, 1] = (VALUES + 1, CENTERS + 500)
    savemat(tmp_path / "a.mat", {"s": structs})
    for number, shift in ((1, 0), (2, 500)):
        choice = ArrayChoice(array=f"s({number})/data", axes=("rows", "cols", "bands"))
        cube = read_cube(tmp_path / "a.mat", choice)
        assert cube.wavelengths_nm is not None
        assert_allclose(cube.wavelengths_nm, CENTERS + shift)


def test_a_file_without_arrays_says_what_to_do(tmp_path: Path) -> None:
    savemat(tmp_path / "t.mat", {"text": "leaf"})
    with pytest.raises(CubeError, match="save its parts, as in s = struct"):
        read_cube(tmp_path / "t.mat")


@pytest.mark.parametrize("packed", [False, True])
def test_damage_is_an_error(tmp_path: Path, packed: bool) -> None:
    """Any changed or missing byte is either harmless or named, and ends in no other error."""
    path = tmp_path / "d.mat"
    savemat(path, STRUCTS["hypercube"], do_compression=packed)
    sound = path.read_bytes()
    random = np.random.default_rng(0)
    for turn in range(150):
        content = bytearray(sound)
        place = int(random.integers(128, min(len(content), 700 if turn % 2 else len(content))))
        if turn % 3:
            content[place] = int(random.integers(256))
        else:
            content = content[:place]
        path.write_bytes(content)
        try:
            read_cube(path).block(ALL, ALL)
        except CubeError as error:
            assert "d.mat" in str(error)
