"""NumPy's .npy and .npz files.

The format: numpy.lib.format, "NEP 1 - A Simple File Format for NumPy Arrays". Pickled objects are
never loaded.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.stored_array import (
    Contents,
    Key,
    StoredArray,
    check_sides,
    read_whole,
    reader_of,
)
from focus_viewer.io.storage.files import size_bytes

_MAX_UNPACKED_BYTES = 2 * 2**30
_MAX_MEMBERS = 10_000
_ZIP = b"PK\x03\x04"
_LOCAL_HEADER_BYTES = 30


@dataclass(frozen=True)
class _Header:
    shape: tuple[int, ...]
    columns_first: bool
    dtype: np.dtype[Any]
    offset_bytes: int

    @property
    def size_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def recognises(path: Path, head: bytes) -> bool:
    """Return whether it begins with NumPy's magic, or is a zip file of such files only."""
    return head.startswith(npy.MAGIC_PREFIX) or (head.startswith(_ZIP) and _is_npz(path))


def read_contents(path: Path) -> Contents:
    """Return arrays of a .npy file, mapped; of a .npz file those that are not compressed."""
    with translated_errors(path, expected="a NumPy file"):
        with path.open("rb") as file:
            plain = file.read(len(npy.MAGIC_PREFIX)) == npy.MAGIC_PREFIX
        arrays = (_plain(path),) if plain else tuple(_members(path))
    return Contents(path, arrays)


def _header(file: IO[bytes]) -> _Header:
    version = npy.read_magic(file)
    if version == (1, 0):
        shape, columns_first, dtype = npy.read_array_header_1_0(file)
    elif version in ((2, 0), (3, 0)):
        # 3.0 differs from 2.0 in the encoding of the names of fields alone, and we take no fields.
        shape, columns_first, dtype = npy.read_array_header_2_0(file)
    else:
        raise ValueError(f"version {version} of the format is not known")
    if any(not isinstance(side, int) or side < 0 for side in shape):
        raise ValueError(f"the shape {shape} is none")
    return _Header(shape, columns_first, dtype, file.tell())


def _plain(path: Path) -> StoredArray:
    with path.open("rb") as file:
        header = _header(file)
    if header.dtype.hasobject:
        raise CubeError(
            f"{path} holds pickled Python objects, which may run any program and are not read. "
            "Save the cube as an array of numbers."
        )
    if header.dtype.kind not in "iufcb":
        raise CubeError(f"{path}: expected an array of numbers, found {header.dtype}.")
    stored = _uncompressed("", path, header)
    if len(stored.shape) > 1:
        check_sides(path, stored)
    _check_size(path, header)
    return stored


def _check_size(path: Path, header: _Header) -> None:
    # A map that reaches past the end of its file kills the process when it is read there.
    size = size_bytes(path)
    if size < header.offset_bytes + header.size_bytes:
        raise CubeError(
            f"{path} is too short: expected {header.offset_bytes + header.size_bytes:,} bytes for "
            f"{' x '.join(map(str, header.shape))} numbers of {header.dtype}, found {size:,}. "
            "Copy it again."
        )


def _uncompressed(name: str, path: Path, header: _Header) -> StoredArray:
    """Return values that are stored uncompressed."""
    numbers = reader_of(path, header.shape, header.dtype, header.offset_bytes, header.columns_first)

    def read(key: Key) -> NDArray[Any]:
        with translated_errors(path, expected="a NumPy file"):
            _check_size(path, header)
            return numbers(key)

    return StoredArray(name, header.shape, header.dtype, read)


# Zip files


def _is_npz(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)


def _members(path: Path) -> Iterator[StoredArray]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist()[:_MAX_MEMBERS]:
            with archive.open(info) as file:
                header = _header(file)
            if header.dtype.hasobject or header.dtype.kind not in "iufcb":
                continue
            if info.file_size != header.offset_bytes + header.size_bytes:
                raise ValueError(f"{info.filename} is not as long as its header declares")
            name = info.filename.removesuffix(".npy")
            if info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1:
                start = _start_bytes(path, info) + header.offset_bytes
                stored = _Header(header.shape, header.columns_first, header.dtype, start)
                yield _uncompressed(name, path, stored)
            else:
                yield _unpacked(name, path, info.filename, header)


def _start_bytes(path: Path, info: zipfile.ZipInfo) -> int:
    """Return the position of a member's bytes: its local header has variable length."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        local = file.read(_LOCAL_HEADER_BYTES)
    if len(local) < _LOCAL_HEADER_BYTES or not local.startswith(_ZIP):
        raise ValueError(f"{info.filename} is not where the list of the zip file says")
    name, extra = (int.from_bytes(local[at : at + 2], "little") for at in (26, 28))
    return info.header_offset + _LOCAL_HEADER_BYTES + name + extra


def _unpacked(name: str, path: Path, member: str, header: _Header) -> StoredArray:
    """Return a compressed member that is decompressed as a whole at its first use."""

    def load() -> NDArray[Any]:
        if header.size_bytes > _MAX_UNPACKED_BYTES:
            raise CubeError(_too_large(path, name, header))
        with translated_errors(path, expected="a NumPy file"):
            return _unpack(path, member, header)

    return StoredArray(name, header.shape, header.dtype, read_whole(load))


def _too_large(path: Path, name: str, header: _Header) -> str:
    return (
        f"{path}: {name} is compressed, so that all its {header.size_bytes:,} bytes would have to "
        f"be unpacked at a time. Expected at most {_MAX_UNPACKED_BYTES:,}: save it with numpy.save "
        "or numpy.savez, which do not compress."
    )


def _unpack(path: Path, member: str, header: _Header) -> NDArray[Any]:
    with zipfile.ZipFile(path) as archive, archive.open(member) as file:
        file.read(header.offset_bytes)
        content = file.read(header.size_bytes)
    if len(content) != header.size_bytes:
        raise ValueError(f"{member} is too short")
    order: Any = "F" if header.columns_first else "C"
    return np.frombuffer(content, header.dtype).reshape(header.shape, order=order)
