"""HDF5 files: products of known layout, netCDF-4, MATLAB's version 7.3, and any others.

The format: "HDF5 File Format Specification Version 3.0", The HDF Group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io.formats.arrays.choosing import candidates_of, read_chosen
from focus_viewer.io.formats.arrays.cube import Description
from focus_viewer.io.formats.arrays.stored_array import Contents, StoredArray, transposed
from focus_viewer.io.formats.hdf5.eos_grid import grid_attributes
from focus_viewer.io.formats.hdf5.file import Hdf5File
from focus_viewer.io.formats.hdf5.neon import neon
from focus_viewer.io.formats.hdf5.prisma import prisma

_MAGIC = b"\x89HDF\r\n\x1a\n"
# A user block of the writing program may precede it, of MATLAB 512 bytes.
_USER_BLOCKS = (512, 1024, 2048, 4096)
_MATLAB_CLASS = "MATLAB_class"
_MATLAB_NUMBERS = frozenset(
    f"{kind}{size}" for kind in ("int", "uint") for size in (8, 16, 32, 64)
) | {"double", "single"}


class Hdf5Format:
    """Arrays of HDF5 files."""

    @property
    def name(self) -> str:
        """Name for people."""
        return "HDF5 (.h5, .he5, netCDF-4 .nc, MATLAB 7.3 .mat)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Return whether its magic stands at the beginning or behind a user block."""
        if head.startswith(_MAGIC):
            return True
        if len(head) < _USER_BLOCKS[0] or path.is_dir():
            return False
        with path.open("rb") as file:
            return any(file.seek(at) == at and file.read(8) == _MAGIC for at in _USER_BLOCKS)

    def read(self, path: Path, choice: ArrayChoice | None) -> Cube:
        """Open a cube; names, sizes and vectors are read."""
        contents, known = _opened(path)
        return read_chosen(contents, choice, known)

    def candidates(self, path: Path) -> tuple[Candidate, ...]:
        """Return arrays that may be the cube."""
        return candidates_of(*_opened(path))


def _opened(path: Path) -> tuple[Contents, Description | None]:
    file = Hdf5File(path)
    arrays = file.arrays()
    if any(_MATLAB_CLASS in array.attributes for array in arrays):
        return Contents(path, _of_matlab(arrays), columns_first=True), None

    def attributes_of(name: str) -> Mapping[str, Any]:
        return file.attributes(name) or grid_attributes(file, name)

    contents = Contents(path, arrays, file.attributes(), attributes_of=attributes_of)
    return contents, neon(file) or prisma(file)


def _of_matlab(arrays: tuple[StoredArray, ...]) -> tuple[StoredArray, ...]:
    """Return the arrays as in MATLAB: their axes are reversed in the file."""
    named = ((array, array.attributes.get(_MATLAB_CLASS, b"")) for array in arrays)
    numeric = (
        array
        for array, kind in named
        if not array.name.startswith("#")
        and "MATLAB_empty" not in array.attributes
        and (kind.decode("latin-1") if isinstance(kind, bytes) else str(kind)) in _MATLAB_NUMBERS
    )
    return tuple(transposed(replace(array, dims=())) for array in numeric)
