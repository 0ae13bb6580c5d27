"""netCDF-3 files: the classic format and the one with 64-bit offsets; netCDF-4 is HDF5.

What attributes and dimensions mean is read as in netCDF-4 (`array_choosing`, `array_spectral`): the
conventions for climate and forecast data (CF) are the same.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.array_choice import ArrayChoice, Candidate
from focus_viewer.core.cube import Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.io.files import size_bytes
from focus_viewer.io.formats.array_choosing import candidates_of, read_chosen
from focus_viewer.io.formats.arrays import Contents, Key, StoredArray
from focus_viewer.io.formats.damage import told_as_damage
from focus_viewer.io.formats.netcdf import unsigned
from focus_viewer.io.formats.netcdf3_header import Variable, read_variables

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
    with told_as_damage(path, _EXPECTED):
        found, attributes = read_variables(path)
    arrays = tuple(_mapped(path, one) for one in found if one.dtype.kind in "if")
    return Contents(path, arrays, attributes)


def _mapped(path: Path, one: Variable) -> StoredArray:
    """Numbers that lie open in the file, mapped when they are first read."""
    maps: list[NDArray[Any]] = []
    lock = Lock()

    def read(key: Key) -> NDArray[Any]:
        with told_as_damage(path, _EXPECTED), lock:
            if size_bytes(path) < one.start + one.span_bytes:
                raise CubeError(
                    f"{path} was cut short since it was opened: numbers of {one.name} are "
                    "missing. Copy it again, then open it."
                )
            if not maps:
                maps.append(_map(path, one))
            return np.asarray(maps[0][key])

    return unsigned(StoredArray(one.name, one.shape, one.dtype, read, one.dims, one.attributes))


def _map(path: Path, one: Variable) -> NDArray[Any]:
    """A view of a map; other variables may lie between one record and the next."""
    content = np.memmap(path, np.uint8, "r", one.start, (one.span_bytes,))
    whole: NDArray[Any] = np.ndarray(one.shape, one.dtype, content)
    if not one.record_bytes:
        return whole
    strides = (one.record_bytes, *whole.strides[1:])
    return np.ndarray(one.shape, one.dtype, content, strides=strides)
