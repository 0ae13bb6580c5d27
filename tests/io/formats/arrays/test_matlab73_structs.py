"""Structs of MATLAB 7.3: groups, and references where there are several.

The layout is the one that MATLAB writes: fields of a single struct in a group, of several as arrays
of references to `#refs#`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.io import read_cube
from focus_viewer.io.reader import arrays_of

VALUES = np.random.default_rng(6).random((5, 6, 7))
CENTERS = np.linspace(400, 1000, 7)


def _put(group: h5py.Group, name: str, array: np.ndarray[Any, Any]) -> h5py.Dataset:
    made = group.create_dataset(name, data=np.atleast_2d(array).transpose())
    made.attrs["MATLAB_class"] = np.bytes_("double" if array.dtype == "f8" else str(array.dtype))
    return made


def _struct(file: h5py.File, name: str) -> h5py.Group:
    group = file.create_group(name)
    group.attrs["MATLAB_class"] = np.bytes_("struct")
    return group


def test_muufl(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.mat", "w", userblock_size=512) as file:
        hsi = _struct(file, "hsi")
        _put(hsi, "Data", VALUES)
        _put(hsi, "RGB", np.ones((5, 6, 3), "u1"))
        _put(_struct(file, "hsi/info"), "wavelength", CENTERS)
    cube = read_cube(tmp_path / "m.mat")
    assert cube.array_name == "hsi/Data"
    assert_array_equal(cube.pixel(3, 4), VALUES[3, 4].astype("f4"))
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)


def test_several_structs(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "s.mat", "w", userblock_size=512) as file:
        scene = _struct(file, "scene")
        refs = file.create_group("#refs#")
        for field, arrays in {"cube": (VALUES, VALUES + 1), "wl": (CENTERS, CENTERS + 9)}.items():
            targets = [_put(refs, f"{field}{k}", array).ref for k, array in enumerate(arrays)]
            scene.create_dataset(field, data=np.array([targets], dtype=h5py.ref_dtype).T)
        _put(refs, "lost", VALUES)
    offered = [candidate.name for candidate in arrays_of(tmp_path / "s.mat").candidates]
    assert set(offered) == {"scene(1)/cube", "scene(2)/cube"}
    cube = read_cube(tmp_path / "s.mat", ArrayChoice("scene(2)/cube", ("rows", "cols", "bands")))
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS + 9)
    assert_array_equal(cube.pixel(1, 1), (VALUES[1, 1] + 1).astype("f4"))
