"""netCDF-3 files: the classic format and the one with 64-bit offsets; netCDF-4 is HDF5.

What attributes and dimensions mean is read as in netCDF-4 (`array_choosing`, `array_spectral`): the
conventions for climate and forecast data (CF) are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.cf_conventions import unsigned
from focus_viewer.io.formats.arrays.netcdf3_header import Variable, read_variables
from focus_viewer.io.formats.arrays.open_array import read_whole, reader_of
from focus_viewer.io.formats.arrays.stored_array import Contents, Key, Read, StoredArray
from focus_viewer.io.storage.files import size_bytes

# The fifth is recognised so that the error can say that it is not read.
_MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_EXPECTED = "a netCDF-3 file"


def recognises(path: Path, head: bytes) -> bool:
    """Return whether it begins with the letters CDF and a version."""
    return head[:4] in _MAGIC


def read_contents(path: Path) -> Contents:
    """Return arrays of a netCDF-3 file, mapped; only its header is read.

    Raises
    ------
    CubeError
        If it is damaged or cannot be read.
    """
    with translated_errors(path, expected=_EXPECTED):
        variables, attributes = read_variables(path)
    arrays = tuple(
        _uncompressed(path, variable) for variable in variables if variable.dtype.kind in "if"
    )
    return Contents(path, arrays, attributes)


def _uncompressed(path: Path, variable: Variable) -> StoredArray:
    """Return values that are stored uncompressed."""
    numbers = _records(path, variable) if variable.record_bytes else None
    if numbers is None:
        numbers = reader_of(path, variable.shape, variable.dtype, variable.start)

    def read(key: Key) -> NDArray[Any]:
        with translated_errors(path, expected=_EXPECTED):
            if size_bytes(path) < variable.start + variable.span_bytes:
                raise CubeError(
                    f"{path} was cut short since it was opened: numbers of {variable.name} are "
                    "missing. Copy it again, then open it."
                )
            return numbers(key)

    return unsigned(
        StoredArray(
            variable.name, variable.shape, variable.dtype, read, variable.dims, variable.attributes
        )
    )


def _records(path: Path, variable: Variable) -> Read:
    """Read through a map: other variables may be stored between two records."""

    def load() -> NDArray[Any]:
        content = np.memmap(path, np.uint8, "r", variable.start, (variable.span_bytes,))
        whole: NDArray[Any] = np.ndarray(variable.shape, variable.dtype, content)
        strides = (variable.record_bytes, *whole.strides[1:])
        return np.ndarray(variable.shape, variable.dtype, content, strides=strides)

    return read_whole(load)
