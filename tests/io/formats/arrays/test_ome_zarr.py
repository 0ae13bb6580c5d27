"""OME-Zarr images of versions 0.4 and 0.5, by their layout.

Compared with the files of ngff-zarr 0.50.0 (levels `scale0/image`, channel labels) and ome-zarr
0.18.0 (levels `s0`), which are of this layout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.io import read_cube
from focus_viewer.io.reader import arrays_of

ALL = slice(None)
VALUES = np.random.default_rng(3).integers(0, 4000, (6, 8, 12)).astype("u2")
CENTERS = np.arange(450.0, 510, 10)


def _write(
    path: Path, version: str, values: np.ndarray, axes: str, labels: list[str], level: str = "s{}"
) -> Path:
    group = zarr.open_group(path, mode="w", zarr_format=2 if version == "0.4" else 3)
    names = [level.format(k) for k in range(3)]
    kinds = {"c": "channel", "t": "time"}
    image: dict[str, Any] = {
        "axes": [{"name": axis, "type": kinds.get(axis, "space")} for axis in axes],
        "datasets": [{"path": name} for name in names],
        "version": version,
    }
    told: dict[str, Any] = {"multiscales": [image]}
    if labels:
        told["omero"] = {"channels": [{"label": label, "color": "FFFFFF"} for label in labels]}
    group.attrs.update(told if version == "0.4" else {"ome": told})
    for k, name in enumerate(names):
        step = 2**k
        group.create_array(name, data=np.ascontiguousarray(values[..., ::step, ::step]))
    mask = group.create_group("labels/leaf")
    about = {"multiscales": [{"datasets": [{"path": "0"}]}], "image-label": {}}
    mask.attrs.update(about if version == "0.4" else {"ome": about})
    mask.create_array("0", data=np.ones((6, 8, 12), "u1"))
    return path


@pytest.mark.parametrize("level", ["s{}", "scale{}/image"])
@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_the_full_resolution_is_the_cube(tmp_path: Path, version: str, level: str) -> None:
    labels = [f"{nm} nm" for nm in CENTERS]
    path = _write(tmp_path / "o.zarr", version, VALUES, "cyx", labels, level)
    cube = read_cube(path)
    assert_array_equal(cube.block(ALL, ALL), VALUES.transpose(1, 2, 0))
    assert cube.array_name == level.format(0)
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)
    small = read_cube(path, ArrayChoice(array=level.format(2)))
    assert small.shape == (2, 3, 6)
    assert small.wavelengths_nm is not None
    names = [candidate.name for candidate in arrays_of(path).candidates]
    assert names == [*(level.format(k) for k in range(3)), "labels/leaf/0"]


def test_time_and_depth_of_length_one_are_left_out(tmp_path: Path) -> None:
    values = VALUES[np.newaxis, :, np.newaxis]
    cube = read_cube(_write(tmp_path / "o.zarr", "0.5", values, "tczyx", []))
    assert_array_equal(cube.block(ALL, ALL), VALUES.transpose(1, 2, 0))
    assert cube.wavelengths_nm is None


@pytest.mark.parametrize("labels", [["DAPI"] * 6, ["450 nm"], [""] * 6])
def test_other_labels_are_no_wavelengths(tmp_path: Path, labels: list[str]) -> None:
    cube = read_cube(_write(tmp_path / "o.zarr", "0.4", VALUES, "cyx", labels))
    assert cube.wavelengths_nm is None


@pytest.mark.parametrize(
    "told",
    [
        {"multiscales": 3},
        {"multiscales": [3, None, {"datasets": "s0"}]},
        {"multiscales": [{"axes": ["c"], "datasets": [{"path": "s0"}, {"path": 7}, 5]}]},
        {"ome": {"multiscales": [{"axes": {"a": 1}, "datasets": [{}]}], "omero": []}},
        {"ome": "text", "omero": {"channels": [1, {"label": 3}]}},
    ],
)
def test_malformed_metadata_are_no_error(tmp_path: Path, told: dict[str, Any]) -> None:
    group = zarr.open_group(tmp_path / "m.zarr", mode="w", zarr_format=3)
    group.create_array("s0", data=VALUES)
    group.attrs.update(told)
    choice = ArrayChoice(array="s0", axes=("bands", "rows", "cols"))
    cube = read_cube(tmp_path / "m.zarr", choice)
    assert_array_equal(cube.block(ALL, ALL), VALUES.transpose(1, 2, 0))
