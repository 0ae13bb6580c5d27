"""Zarr stores of versions 2 and 3, as folders and as zip files.

The format: "Zarr core specification" v2 and v3; names of axes as xarray writes them ("Zarr Encoding
Specification": `_ARRAY_DIMENSIONS`, and the dimension names of version 3).
"""

from __future__ import annotations

import base64
import math
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.choosing import candidates_of, read_chosen
from focus_viewer.io.formats.arrays.stored_array import Contents, Key, StoredArray
from focus_viewer.io.formats.arrays.zarr_blosc import watch_blosc

if TYPE_CHECKING:
    import zarr

_MARKS = ("zarr.json", ".zgroup", ".zarray")
_EXPECTED = "a Zarr store"
_MAX_ARRAYS = 10_000
_ZIP = b"PK\x03\x04"
_DIMENSIONS = "_ARRAY_DIMENSIONS"


class ZarrFormat:
    """Arrays of Zarr stores."""

    @property
    def name(self) -> str:
        """Name for people."""
        return "Zarr (folder or .zip)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Return whether a folder, or the top of a zip file, has the files of a store."""
        if path.is_dir():
            return any((path / mark).is_file() for mark in _MARKS)
        return head.startswith(_ZIP) and _is_store(path)

    def read(self, path: Path, choice: ArrayChoice | None) -> Cube:
        """Open a cube; names, sizes and vectors are read.

        Raises
        ------
        NeedsChoice
        CubeError
        """
        return read_chosen(_contents(path), choice)

    def candidates(self, path: Path) -> tuple[Candidate, ...]:
        """Return arrays that may be the cube."""
        return candidates_of(_contents(path))


def _is_store(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(mark in archive.namelist() for mark in _MARKS)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _contents(path: Path) -> Contents:
    import zarr
    from zarr.storage import ZipStore

    watch_blosc()
    with translated_errors(path, expected=_EXPECTED):
        store: Any = path if path.is_dir() else ZipStore(path, mode="r")
        found = zarr.open(store=store, mode="r")
        if isinstance(found, zarr.Array):
            return Contents(path, (_described(path, "", found),))
        arrays = tuple(_arrays(path, found))
        return Contents(path, arrays, _attributes(found))


def _arrays(path: Path, group: zarr.Group) -> Iterator[StoredArray]:
    import zarr

    for count, (name, found) in enumerate(group.members(max_depth=None)):
        if count >= _MAX_ARRAYS:
            return
        if isinstance(found, zarr.Array) and found.dtype.kind in "iufcb":
            yield _described(path, name, found)


def _described(path: Path, name: str, found: zarr.Array[Any]) -> StoredArray:
    shape = tuple(int(side) for side in found.shape)
    dtype = np.dtype(found.dtype)
    chunk = math.prod(found.chunks) * dtype.itemsize

    def read(key: Key) -> NDArray[Any]:
        with translated_errors(path, expected=_EXPECTED):
            if not path.exists():
                raise CubeError(f"{path} cannot be read: it is missing. Restore it to this path.")
            return np.asarray(found[key])

    attributes = _attributes(found)
    return StoredArray(name, shape, dtype, read, _dims(found), _decoded(found, attributes), chunk)


def _attributes(found: zarr.Array[Any] | zarr.Group) -> dict[str, Any]:
    """Return the attributes as a mapping, also from malformed JSON."""
    return {name: value for name, value in found.attrs.items() if _is_even(value)}


def _is_even(value: Any) -> bool:
    try:
        np.asarray(value)
    except ValueError:
        return False
    return True


def _dims(found: zarr.Array[Any]) -> tuple[str, ...]:
    names: Any = getattr(found.metadata, "dimension_names", None) or found.attrs.get(_DIMENSIONS)
    if not isinstance(names, list | tuple) or len(names) != len(found.shape):
        return ()
    return tuple(names) if all(isinstance(name, str) for name in names) else ()


def _decoded(found: zarr.Array[Any], attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes with the fill value as a number.

    xarray stores it in version 2 as the store's fill value, and in version 3 as an attribute,
    of decimal numbers in base 64.
    """
    declared = attributes.get("_FillValue")
    if isinstance(declared, str) and found.dtype.kind == "f":
        attributes["_FillValue"] = struct.unpack("<d", base64.standard_b64decode(declared))[0]
    of_xarray = found.metadata.zarr_format == 2 and _DIMENSIONS in attributes
    if declared is None and of_xarray and found.fill_value is not None:
        attributes["_FillValue"] = found.fill_value
    return attributes
