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

# The fifth is told from others, so that it can be said that it is not read.
_MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_EXPECTED = "a netCDF-3 file"


class Netcdf3Format:
    """Arrays of netCDF-3 files, mapped."""

    @property
    def name(self) -> str:
        """What people call it."""
        return "netCDF-3 (.nc)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it begins with the letters CDF and a version."""
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
        """Arrays that may be the cube."""
        return candidates_of(_contents(path))


def _contents(path: Path) -> Contents:
    with translated_errors(path, expected=_EXPECTED):
        found, attributes = read_variables(path)
    arrays = tuple(_lying(path, one) for one in found if one.dtype.kind in "if")
    return Contents(path, arrays, attributes)


def _lying(path: Path, one: Variable) -> StoredArray:
    """Numbers that lie open in the file."""
    numbers = _records(path, one) if one.record_bytes else None
    if numbers is None:
        numbers = reader_of(path, one.shape, one.dtype, one.start)

    def read(key: Key) -> NDArray[Any]:
        with translated_errors(path, expected=_EXPECTED):
            if size_bytes(path) < one.start + one.span_bytes:
                raise CubeError(
                    f"{path} was cut short since it was opened: numbers of {one.name} are "
                    "missing. Copy it again, then open it."
                )
            return numbers(key)

    return unsigned(StoredArray(one.name, one.shape, one.dtype, read, one.dims, one.attributes))


def _records(path: Path, one: Variable) -> Read:
    """Through a map: other variables may lie between one record and the next."""
    maps: list[NDArray[Any]] = []

    def read(key: Key) -> NDArray[Any]:
        if not maps:
            content = np.memmap(path, np.uint8, "r", one.start, (one.span_bytes,))
            whole: NDArray[Any] = np.ndarray(one.shape, one.dtype, content)
            strides = (one.record_bytes, *whole.strides[1:])
            maps.append(np.ndarray(one.shape, one.dtype, content, strides=strides))
        return np.asarray(maps[0][key])

    return read
