"""netCDF-3 files: the classic format and the one with 64-bit offsets; netCDF-4 is HDF5.

What attributes and dimensions mean is read as in netCDF-4 (`array_choosing`, `array_spectral`): the
conventions for climate and forecast data (CF) are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.cf_conventions import unsigned
from focus_viewer.io.formats.arrays.choosing import candidates_of, read_chosen
from focus_viewer.io.formats.arrays.netcdf3_header import Variable, read_variables
from focus_viewer.io.formats.arrays.open_array import reader_of
from focus_viewer.io.formats.arrays.stored_array import Contents, Key, Read, StoredArray
from focus_viewer.io.storage.files import size_bytes

# The fifth is recognised so that the error can say that it is not read.
_MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_EXPECTED = "a netCDF-3 file"


class Netcdf3Format:
    """Arrays of netCDF-3 files, mapped."""

    @property
    def name(self) -> str:
        """Name for people."""
        return "netCDF-3 (.nc)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Return whether it begins with the letters CDF and a version."""
        return head[:4] in _MAGIC

    def read(self, path: Path, choice: ArrayChoice | None) -> Cube:
        """Open a cube; its header and vectors are read.

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
    with translated_errors(path, expected=_EXPECTED):
        found, attributes = read_variables(path)
    arrays = tuple(
        _uncompressed(path, variable) for variable in found if variable.dtype.kind in "if"
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
    maps: list[NDArray[Any]] = []

    def read(key: Key) -> NDArray[Any]:
        if not maps:
            content = np.memmap(path, np.uint8, "r", variable.start, (variable.span_bytes,))
            whole: NDArray[Any] = np.ndarray(variable.shape, variable.dtype, content)
            strides = (variable.record_bytes, *whole.strides[1:])
            maps.append(np.ndarray(variable.shape, variable.dtype, content, strides=strides))
        return np.asarray(maps[0][key])

    return read
