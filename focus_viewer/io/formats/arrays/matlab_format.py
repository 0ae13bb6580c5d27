"""MATLAB's files up to version 7; those of version 7.3 are HDF5.

The format: "MAT-File Format", The MathWorks. Values are compressed as a whole and stored in a type
that they fit into, so that an array is read at once.
"""

from __future__ import annotations

import math
from pathlib import Path
from threading import Lock
from typing import Any

from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.choosing import candidates_of, read_chosen
from focus_viewer.io.formats.arrays.matlab5 import Variable, numbers, variables
from focus_viewer.io.formats.arrays.stored_array import Contents, Key, StoredArray
from focus_viewer.io.storage.files import size_bytes

_VERSION_BYTES = slice(124, 128)
_VERSIONS = (b"\x00\x01IM", b"\x01\x00MI")
_MAX_BYTES = 2 * 2**30


class MatlabFormat:
    """Arrays of MAT files of versions 5 to 7."""

    @property
    def name(self) -> str:
        """Name for people."""
        return "MATLAB (.mat)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Return whether its header ends with the version and the mark of the byte order."""
        return head[_VERSION_BYTES] in _VERSIONS

    def read(self, path: Path, choice: ArrayChoice | None) -> Cube:
        """Open a cube; names and sizes are read, and the array where a look at it is needed.

        Raises
        ------
        NeedsChoice
        CubeError
        """
        return read_chosen(_contents(path), choice)

    def candidates(self, path: Path) -> tuple[Candidate, ...]:
        """Return arrays that may be the cube."""
        return candidates_of(_contents(path))


def _contents(path: Path) -> Contents:
    with translated_errors(path, expected="a MATLAB file"):
        found = {
            variable.name: variable for variable in variables(path)
        }  # of a name that is there twice the last
    arrays = tuple(_array(path, variable) for variable in found.values())
    return Contents(path, arrays, columns_first=True)


def _array(path: Path, variable: Variable) -> StoredArray:
    """Return an array that is read as a whole at its first use."""
    name, shape, dtype = variable.name, variable.shape, variable.dtype
    size = math.prod(shape) * dtype.itemsize
    opened_bytes = size_bytes(path)
    arrays: list[NDArray[Any]] = []
    lock = Lock()

    def read(key: Key) -> NDArray[Any]:
        with lock:
            if not arrays:
                if size > _MAX_BYTES:
                    raise CubeError(_too_large(path, name, size))
                arrays.append(_loaded(path, variable, opened_bytes))
            return arrays[0][key]

    return StoredArray(name, shape, dtype, read)


def _too_large(path: Path, name: str, size: int) -> str:
    return (
        f"{path}: {name} has {size:,} bytes, and arrays of this version of MATLAB's files cannot "
        f"be read piece by piece. Expected at most {_MAX_BYTES:,}: save it in MATLAB with "
        "save(..., '-v7.3')."
    )


def _loaded(path: Path, variable: Variable, opened_bytes: int) -> NDArray[Any]:
    if size_bytes(path) != opened_bytes:
        raise CubeError(f"{path} was changed since it was opened: open it again.")
    with translated_errors(path, expected="a MATLAB file"):
        return numbers(path, variable)
