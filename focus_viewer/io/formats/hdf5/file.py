"""HDF5 file that stays open, and its arrays."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.cf_conventions import (
    dimension_names,
    is_only_a_dimension,
    unsigned,
)
from focus_viewer.io.formats.arrays.stored_array import Contents, Key, StoredArray

if TYPE_CHECKING:
    import h5py

_EXPECTED = "an HDF5 file"
# netCDF4 makes large chunks, which HDF5's own cache of 1 MB does not hold: each band would unpack
# the same chunks again.
_CACHE_BYTES, _SLOTS = (32 * 2**20, 256 * 2**20), 10_007
_MAX_OBJECTS = 10_000
_MAX_GROUPS = 1_000
_MAX_REFERENCES = 1_000
_MAX_ATTRIBUTES = 1_000


class Hdf5File:
    """Reader of array blocks; the file is reopened if it was missing for a while.

    h5py lets one thread at a time into the library, so that one lock for all costs nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._file: h5py.File | None = None
        self._last: tuple[str, h5py.Dataset] | None = None
        self._seen: tuple[int, ...] = ()

    def contents(self) -> Contents:
        """Return all arrays of numbers, and what groups say; links are not followed.

        Raises
        ------
        CubeError
            If the file is damaged or cannot be read.
        """
        import h5py

        names: list[str] = []
        groups: dict[str, Mapping[str, Any]] = {}

        def visit(name: str, found: object) -> bool | None:
            if isinstance(found, h5py.Dataset):
                names.append(name)
            elif len(groups) < _MAX_GROUPS and isinstance(found, h5py.Group) and len(found.attrs):
                groups[_text(name)] = _attributes(found)
            return True if len(names) >= _MAX_OBJECTS else None

        with self._lock, translated_errors(self.path, expected=_EXPECTED):
            file = self._opened()
            file.visititems(visit)
            described = (self._described(file[name]) for name in names)
            arrays = tuple(array for array in described if array is not None)
            return Contents(self.path, arrays, _attributes(file), groups=groups)

    def array(self, name: str) -> StoredArray | None:
        """Return the array at a path; None without an array of numbers."""
        import h5py

        with self._lock, translated_errors(self.path, expected=_EXPECTED):
            dataset = self._opened().get(name)
            return self._described(dataset) if isinstance(dataset, h5py.Dataset) else None

    def attributes(self, name: str = "/") -> Mapping[str, Any]:
        """Return the attributes of a group or an array; empty without any."""
        with self._lock, translated_errors(self.path, expected=_EXPECTED):
            node = self._opened().get(name)
            return {} if node is None else _attributes(node)

    def groups(self, name: str = "/") -> tuple[str, ...]:
        """Return the names in a group."""
        with self._lock, translated_errors(self.path, expected=_EXPECTED):
            group = self._opened().get(name)
            return tuple(group.keys()) if hasattr(group, "keys") else ()

    def referred(self) -> Mapping[str, tuple[str, ...]]:
        """Return the names that arrays of references refer to, by the arrays' names."""
        import h5py

        found: dict[str, tuple[str, ...]] = {}

        def visit(name: str, node: object) -> bool | None:
            if isinstance(node, h5py.Dataset) and _holds_references(node):
                # In the file's order, in which MATLAB's columns come first.
                found[_text(name)] = tuple(_target(file, ref) for ref in node[()].reshape(-1))
            return True if len(found) >= _MAX_GROUPS else None

        with self._lock, translated_errors(self.path, expected=_EXPECTED):
            file = self._opened()
            file.visititems(visit)
            return found

    def text(self, name: str) -> str:
        """Return a text dataset; empty without one."""
        with self._lock, translated_errors(self.path, expected=_EXPECTED):
            dataset = self._opened().get(name)
            if dataset is None or getattr(dataset, "size", 0) != 1:
                return ""
            value = np.asarray(dataset[()]).reshape(-1)[0]
            return (
                value.decode("utf-8", errors="replace")
                if isinstance(value, bytes)
                else (str(value))
            )

    def _described(self, array: h5py.Dataset) -> StoredArray | None:
        if array.shape is None or array.dtype.kind not in "iufcb" or is_only_a_dimension(array):
            return None
        name = str(array.name).lstrip("/")
        shape, dtype = tuple(int(side) for side in array.shape), array.dtype
        chunk_bytes = math.prod(array.chunks) * dtype.itemsize if array.chunks else 0

        def read(key: Key) -> NDArray[Any]:
            return self._read(name, key, shape, dtype)

        dims, attributes = dimension_names(array), _attributes(array)
        return unsigned(StoredArray(name, shape, dtype, read, dims, attributes, chunk_bytes))

    def _read(
        self, name: str, key: Key, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> NDArray[Any]:
        with self._lock:
            try:
                with translated_errors(self.path, expected=_EXPECTED):
                    dataset = self._dataset(name)
                    if dataset.shape != shape or dataset.dtype != dtype:
                        raise CubeError(
                            f"{self.path}: {name} was changed since it was opened: open it again."
                        )
                    return np.asarray(dataset[key])
            except CubeError:
                self._close()  # a drive may be back at the next read
                raise

    def _opened(self) -> h5py.File:
        """Return the file, reopened if it was replaced on the disk."""
        import h5py

        stat = os.stat(self.path)  # noqa: PTH116 - all of it at once, links followed
        seen = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if self._file is None or seen != self._seen:
            self._close()
            # No lock of the system's: drives of a network refuse it, and nothing is written.
            cache_bytes = min(max(4 * stat.st_size, _CACHE_BYTES[0]), _CACHE_BYTES[1])
            self._file = h5py.File(
                self.path, "r", locking=False, rdcc_nbytes=cache_bytes, rdcc_nslots=_SLOTS
            )
            self._seen = seen
        return self._file

    def _dataset(self, name: str) -> h5py.Dataset:
        """Return an array's handle, the last one again: with it HDF5 forgets unpacked chunks."""
        file = self._opened()
        if self._last is None or self._last[0] != name:
            self._last = name, file[name]
        return self._last[1]

    def _close(self) -> None:
        self._last = None
        if self._file is not None:
            file, self._file = self._file, None
            file.close()


def _text(name: str | bytes) -> str:
    """Return a name as text: h5py gives bytes where it is not UTF-8."""
    return name.decode("latin-1") if isinstance(name, bytes) else name


def _holds_references(dataset: h5py.Dataset) -> bool:
    import h5py

    of_references = h5py.check_ref_dtype(dataset.dtype) is h5py.Reference
    return of_references and dataset.size is not None and dataset.size <= _MAX_REFERENCES


def _target(file: h5py.File, reference: Any) -> str:
    """Return the name of what a reference refers to; empty where that is missing."""
    try:
        return str(file[reference].name).lstrip("/") if reference else ""
    except (KeyError, ValueError, OSError, RuntimeError):  # as h5py names a dangling one
        return ""


def _attributes(node: Any) -> dict[str, Any]:
    """Return attributes that are texts or numbers; references and the like are left out."""
    attributes: dict[str, Any] = {}
    for name in list(node.attrs.keys())[:_MAX_ATTRIBUTES]:
        kind = node.attrs.get_id(name).dtype.kind
        if kind in "iufbSU" or (kind == "O" and name not in ("DIMENSION_LIST", "REFERENCE_LIST")):
            attributes[str(name)] = node.attrs[name]
    return attributes
