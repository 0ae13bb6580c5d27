"""Zarr stores with chunks that lie about their size, sizes beyond reason, and links in a circle."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from array_files import write_array
from memory_peak import ROOM_BYTES, memory_peak
from zarr.codecs import BloscCodec

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube

CHOICE = ArrayChoice(axes=("rows", "cols", "bands"))
VALUES = np.random.default_rng(1).integers(1, 900, (6, 7, 8), dtype="i2")
HUGE = [
    [4, 4, 10**12], [2**40] * 3, [2**62, 2, 2], [2**64, 4, 4], [-1, 4, 4], [4, 4, 0], [1.5, 4, 4],
    ["4", 4, 4], [4, 4], [],
]  # fmt: skip


def blosc_store(path: Path, version: int) -> Path:
    """One chunk, packed by Blosc."""
    group = zarr.open_group(path, mode="w", zarr_format=2 if version == 2 else 3)
    packed: Any = {} if version == 2 else {"compressors": BloscCodec()}
    group.create_array("cube", data=VALUES, chunks=VALUES.shape, **packed)
    return path


def chunk_of(store: Path) -> Path:
    (found,) = (one for one in store.rglob("*") if one.name in ("0.0.0", "0") and one.is_file())
    return found


@pytest.mark.parametrize("version", [2, 3])
def test_blosc_is_read(tmp_path: Path, version: int) -> None:
    cube = read_cube(blosc_store(tmp_path / "cube.zarr", version), CHOICE)
    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), VALUES)


@pytest.mark.parametrize("version", [2, 3])
def test_a_chunk_cut_anywhere_gives_no_numbers(tmp_path: Path, version: int) -> None:
    path = blosc_store(tmp_path / "cube.zarr", version)
    chunk = chunk_of(path)
    whole = chunk.read_bytes()
    for length in range(0, len(whole), 7):
        chunk.write_bytes(whole[:length])
        with pytest.raises(CubeError, match=r"cube\.zarr"):
            read_cube(path, CHOICE).pixel(0, 0)


@pytest.mark.parametrize("version", [2, 3])
def test_a_chunk_that_tells_of_gigabytes(tmp_path: Path, version: int) -> None:
    path = blosc_store(tmp_path / "cube.zarr", version)
    content = bytearray(chunk_of(path).read_bytes())
    content[4:8] = (2**31 - 1).to_bytes(4, "little")
    chunk_of(path).write_bytes(content)
    with pytest.raises(CubeError, match="unpacks to 2,147,483,647 bytes"):
        read_cube(path, CHOICE).pixel(0, 0)


@pytest.mark.parametrize("sides", HUGE, ids=str)
@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_sizes_that_lie(tmp_path: Path, kind: str, sides: list[Any]) -> None:
    path = write_array(tmp_path, kind, VALUES)
    told = path / "cube" / (".zarray" if kind == "zarr2" else "zarr.json")
    content = json.loads(told.read_text()) | {"shape": sides}
    told.write_text(json.dumps(content))
    with memory_peak() as grown_bytes:
        with pytest.raises(CubeError, match=r"cube\.zarr"):
            read_cube(path, CHOICE).pixel(0, 0)
        assert grown_bytes() < ROOM_BYTES


@pytest.mark.parametrize("side", [2**40, 2**62, 0, -3, "3"], ids=str)
@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_chunks_that_lie(tmp_path: Path, kind: str, side: Any) -> None:
    path = write_array(tmp_path, kind, VALUES)
    told = path / "cube" / (".zarray" if kind == "zarr2" else "zarr.json")
    content = json.loads(told.read_text())
    if kind == "zarr2":
        content["chunks"] = [side] * 3
    else:
        content["chunk_grid"]["configuration"]["chunk_shape"] = [side] * 3
    told.write_text(json.dumps(content))
    with pytest.raises(CubeError, match=r"cube\.zarr"):
        read_cube(path, CHOICE).pixel(0, 0)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_links_in_a_circle(tmp_path: Path, kind: str) -> None:
    path = write_array(tmp_path, kind, VALUES)
    for name in ("a", "b", "c"):
        (path / name).symlink_to(path, target_is_directory=True)
    with pytest.raises(CubeError, match=r"cube\.zarr.*link"):
        read_cube(path, CHOICE)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_link_to_another_store_is_followed(tmp_path: Path) -> None:
    other = write_array(tmp_path, "zarr3", VALUES).rename(tmp_path / "other")
    path = tmp_path / "linked.zarr"
    zarr.open_group(path, mode="w")
    (path / "far").symlink_to(other / "cube", target_is_directory=True)
    assert read_cube(path, CHOICE).pixel(1, 2).tolist() == VALUES[1, 2].tolist()


@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
@pytest.mark.parametrize("value", [[400, []], [[1, 2], 3], {"a": 1}, [None] * 8, 10**400, True])
def test_attributes_that_are_no_wavelengths(tmp_path: Path, kind: str, value: Any) -> None:
    path = write_array(tmp_path, kind, VALUES)
    told = path / "cube" / (".zattrs" if kind == "zarr2" else "zarr.json")
    attributes = {"wavelength": value, "scale_factor": value, "_FillValue": value}
    if kind == "zarr2":
        told.write_text(json.dumps(attributes))
    else:
        told.write_text(json.dumps(json.loads(told.read_text()) | {"attributes": attributes}))
    try:
        assert read_cube(path, CHOICE).shape == VALUES.shape
    except CubeError as error:
        assert path.name in str(error)


def test_millions_of_small_chunks_are_refused(tmp_path: Path) -> None:
    """None of them need exist in the store: reading would still take minutes."""
    group = zarr.open_group(tmp_path / "c.zarr", mode="w", zarr_format=3)
    group.create_array("cube", shape=(1_000_000, 7, 8), chunks=(3, 3, 3), dtype="i2")
    choice = ArrayChoice("cube", ("rows", "cols", "bands"))
    with pytest.raises(CubeError, match="1,000,002 of them would be read at once"):
        read_cube(tmp_path / "c.zarr", choice).band(2)
