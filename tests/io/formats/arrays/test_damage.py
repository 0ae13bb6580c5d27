"""Damaged and hostile files of arrays: a `CubeError` that names the file, and no memory taken."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import zarr
from array_files import (
    KINDS,
    write_array,
    write_emit,
    write_matlab_73,
    write_neon,
    write_prisma,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_peak import ROOM_BYTES, memory_peak

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.io import find_cubes, read_cube

ALL = slice(None)
CHOICE = ArrayChoice(axes=("rows", "cols", "bands"))
VALUES = np.random.default_rng(1).integers(1, 900, (6, 7, 8), dtype="i2")
CENTERS = np.linspace(400, 900, 8)
FILES = tuple(kind for kind in KINDS if not kind.startswith("zarr"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A good file of each kind and layout, by its name."""
    files: dict[str, bytes] = {}
    for kind in FILES:
        folder = tmp_path_factory.mktemp("good")
        path = write_array(folder, kind, VALUES, (3, 3, 3))
        files[kind] = path.read_bytes()
    folder = tmp_path_factory.mktemp("layouts")
    write_neon(folder / "neon.h5", VALUES, CENTERS)
    write_emit(folder / "emit.nc", VALUES.astype("f4"), CENTERS)
    write_matlab_73(folder / "m73.mat", "img", VALUES, wavelengths=CENTERS)
    cube = VALUES.astype("u2").transpose(0, 2, 1)
    write_prisma(folder / "prisma.he5", cube, cube, (CENTERS[::-1], CENTERS[::-1] + 600))
    return files | {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


NAMES = (*FILES, "neon.h5", "emit.nc", "m73.mat", "prisma.he5")


def read_everything(path: Path) -> Cube | None:
    """Open and read it all; only errors that name the file are let through."""
    try:
        cube = read_cube(path, CHOICE)
        whole = cube.block(ALL, ALL)
    except CubeError as error:
        assert path.name in str(error)
        return None
    assert whole.shape == cube.shape and whole.dtype == np.float32
    assert not np.isinf(whole).any()
    return cube


@pytest.mark.parametrize("name", NAMES)
def test_the_files_that_are_damaged_below_are_good(
    tmp_path: Path, good: dict[str, bytes], name: str
) -> None:
    (tmp_path / "cube.x").write_bytes(good[name])
    assert read_cube(tmp_path / "cube.x", CHOICE if name in FILES else None).bands >= 8


@pytest.mark.parametrize("name", NAMES)
def test_truncated_anywhere(tmp_path: Path, good: dict[str, bytes], name: str) -> None:
    content = good[name]
    path = tmp_path / "cube.x"
    lengths = {0, 1, 7, 8, 127, 128, 511, 512, len(content) - 1}
    lengths |= set(range(0, len(content), max(1, len(content) // 60)))
    for length in sorted(lengths):
        if length < len(content):
            path.write_bytes(content[:length])
            read_everything(path)


# The same each time: HDF5 2.0 does not come back from some damage to its global heaps, and looking
# for more is the work of tests/bench/fuzz_readers.py, where a file that hangs is given up.
@given(data=st.data())
@settings(max_examples=400, derandomize=True)
def test_flipped_bits(
    tmp_path_factory: pytest.TempPathFactory, good: dict[str, bytes], data: st.DataObject
) -> None:
    content = bytearray(good[data.draw(st.sampled_from(NAMES))])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, min(len(content), 6000) - 1))
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.getbasetemp() / "flipped.x"
    path.write_bytes(content)
    read_everything(path)
    path.unlink()


def peak_of(path: Path) -> int:
    with memory_peak() as grown_bytes, pytest.raises(CubeError) as error:
        read_cube(path, CHOICE).pixel(0, 0)
    peak = grown_bytes()
    assert path.name in str(error.value)
    return peak


def npy_header(shape: tuple[int, ...], descr: str = "<i2") -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    body = text.ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body


@pytest.mark.parametrize("shape", [(1, 1, 10**12), (10**6, 10**6, 10**6), (-1, 2, 3), (2, 3, 0)])
def test_numpy_sizes_that_lie(tmp_path: Path, shape: tuple[int, ...]) -> None:
    (tmp_path / "cube.npy").write_bytes(npy_header(shape) + bytes(1000))
    assert peak_of(tmp_path / "cube.npy") < ROOM_BYTES


def test_numpy_objects_are_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "cube.npy", np.array([{}, {}], dtype=object), allow_pickle=True)
    with pytest.raises(CubeError, match=r"cube\.npy holds pickled Python objects"):
        read_cube(tmp_path / "cube.npy")


def test_hdf5_with_a_million_million_bands(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "cube.h5", "w") as file:
        file.create_dataset("cube", (4, 4, 10**12), "i2", chunks=(1, 1, 1000))
    assert peak_of(tmp_path / "cube.h5") < ROOM_BYTES


def test_hdf5_chunks_that_do_not_fit_into_memory(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "cube.h5", "w") as file:
        file.create_dataset("cube", (10**4, 10**4, 10), "i4", chunks=(10**4, 10**4, 10))
    with pytest.raises(CubeError, match=r"chunks of 4,000,000,000 bytes"):
        read_cube(tmp_path / "cube.h5", CHOICE)


def test_zarr_with_a_million_million_bands(tmp_path: Path) -> None:
    group = zarr.open_group(tmp_path / "cube.zarr", mode="w")
    group.create_array("cube", shape=(4, 4, 10**12), dtype="i2", chunks=(1, 1, 1000))
    assert peak_of(tmp_path / "cube.zarr") < ROOM_BYTES


@pytest.mark.parametrize("kind", ["npz packed", "mat packed"])
def test_an_array_too_large_to_be_unpacked(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.io.formats.arrays import matlab_format as matlab
    from focus_viewer.io.formats.arrays import numpy_format as numpy_files

    monkeypatch.setattr(numpy_files, "_MAX_UNPACKED_BYTES", 100)
    monkeypatch.setattr(matlab, "_MAX_BYTES", 100)
    path = write_array(tmp_path, kind, VALUES)
    with pytest.raises(CubeError, match=r"has 672 bytes|672 bytes would.*at most 100"):
        read_cube(path, CHOICE).pixel(0, 0)


@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"null"])
def test_zarr_with_broken_metadata(tmp_path: Path, kind: str, content: bytes) -> None:
    path = write_array(tmp_path, kind, VALUES)
    for name in ("zarr.json", ".zarray"):
        for found in path.rglob(name):
            found.write_bytes(content)
    read_everything(path)


@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_zarr_with_a_broken_chunk(tmp_path: Path, kind: str) -> None:
    path = write_array(tmp_path, kind, VALUES)
    chunks = [one for one in path.rglob("*") if one.is_file() and one.name in ("0.0.0", "0")]
    assert chunks
    chunks[0].write_bytes(b"broken")
    with pytest.raises(CubeError, match=r"cube\.zarr is damaged or incomplete"):
        read_cube(path, CHOICE).pixel(0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_vanishes_and_comes_back(tmp_path: Path, kind: str) -> None:
    path = write_array(tmp_path, kind, VALUES)
    cube = read_cube(path, CHOICE)
    away = tmp_path / "away"
    path.rename(away)
    if not kind.startswith(("mat", "npz")):  # has been read to see its units
        with pytest.raises(CubeError, match=rf"{path.name} cannot be read"):
            cube.pixel(0, 0)
    away.rename(path)
    assert cube.pixel(1, 2).tolist() == VALUES[1, 2].tolist()


@pytest.mark.parametrize("kind", ["npy", "npz", "h5"])
def test_a_file_cut_short_while_it_is_open(tmp_path: Path, kind: str) -> None:
    path = write_array(tmp_path, kind, VALUES)
    cube = read_cube(path, CHOICE)
    cube.pixel(0, 0)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(CubeError, match=path.name):
        cube.pixel(5, 6)


def test_an_hdf5_file_that_is_replaced_by_another(tmp_path: Path) -> None:
    path = write_array(tmp_path, "h5", VALUES)
    cube = read_cube(path, CHOICE)
    path.unlink()
    write_array(tmp_path, "h5", VALUES[:3].astype("f4"))
    with pytest.raises(CubeError, match=r"cube was changed since it was opened"):
        cube.pixel(5, 6)


def test_a_zip_file_of_other_things_is_none_of_ours(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("letter.txt", "hello")
    with pytest.raises(CubeError, match=r"a\.npz has no ENVI header.*HDF5.*MATLAB.*NumPy.*Zarr"):
        read_cube(tmp_path / "a.npz")


def test_a_pixel_of_a_huge_hdf5_file_takes_little_memory(tmp_path: Path) -> None:
    """48 GB that are not there, in chunks, one spectrum apart."""
    with h5py.File(tmp_path / "cube.h5", "w") as file:
        cube: Any = file.create_dataset("cube", (2000, 60_000, 200), "u2", chunks=(1, 8, 200))
        cube[1000, 30_000] = np.arange(200)
    with memory_peak() as grown_bytes:
        found = read_cube(tmp_path / "cube.h5", CHOICE)
        spectrum = found.pixel(1000, 30_000)
        peak = grown_bytes()
    assert spectrum.tolist() == list(range(200))
    assert peak < ROOM_BYTES


def test_folders_list_files_by_content(tmp_path: Path) -> None:
    write_array(tmp_path, "npz", VALUES).rename(tmp_path / "a.bin")
    write_array(tmp_path, "h5", VALUES)
    write_array(tmp_path, "zarr3", VALUES)
    (tmp_path / "fake.npy").write_bytes(b"no")
    (tmp_path / "notes.txt").write_bytes(b"")
    assert [one.name for one in find_cubes(tmp_path)] == ["a.bin", "cube.h5", "cube.zarr"]
