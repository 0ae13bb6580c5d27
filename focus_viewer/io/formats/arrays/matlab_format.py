"""MATLAB's files up to version 7; those of version 7.3 are HDF5.

The format: "MAT-File Format", The MathWorks. Values are compressed as a whole and stored in a type
that they fit into, so that an array is read at once.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.matlab5 import Variable, numbers, variables
from focus_viewer.io.formats.arrays.open_array import read_whole
from focus_viewer.io.formats.arrays.stored_array import Contents, StoredArray
from focus_viewer.io.storage.files import size_bytes

_VERSION_BYTES = slice(124, 128)
_VERSIONS = (b"\x00\x01IM", b"\x01\x00MI")
_MAX_BYTES = 2 * 2**30


def recognises(path: Path, head: bytes) -> bool:
    """Return whether its header ends with the version and the mark of the byte order."""
    return head[_VERSION_BYTES] in _VERSIONS


def read_contents(path: Path) -> Contents:
    """Return arrays of a MAT file of versions 5 to 7; their names and sizes are read.

    Raises
    ------
    CubeError
        If it is damaged or cannot be read.
    """
    with translated_errors(path, expected="a MATLAB file"):
        # Of a name that is there twice the last.
        by_name = {variable.name: variable for variable in variables(path)}
    arrays = tuple(_array(path, variable) for variable in by_name.values())
    return Contents(path, arrays, columns_first=True)


def _array(path: Path, variable: Variable) -> StoredArray:
    """Return an array that is read as a whole at its first use."""
    size = math.prod(variable.shape) * variable.dtype.itemsize
    opened_bytes = size_bytes(path)

    def load() -> NDArray[Any]:
        if size > _MAX_BYTES:
            raise CubeError(_too_large(path, variable.name, size))
        if size_bytes(path) != opened_bytes:
            raise CubeError(f"{path} was changed since it was opened: open it again.")
        with translated_errors(path, expected="a MATLAB file"):
            return numbers(path, variable)

    return StoredArray(variable.name, variable.shape, variable.dtype, read_whole(load))


def _too_large(path: Path, name: str, size: int) -> str:
    return (
        f"{path}: {name} has {size:,} bytes, and arrays of this version of MATLAB's files cannot "
        f"be read piece by piece. Expected at most {_MAX_BYTES:,}: save it in MATLAB with "
        "save(..., '-v7.3')."
    )
