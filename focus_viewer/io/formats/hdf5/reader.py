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
from focus_viewer.io.formats.arrays.hyperspy import with_axes_of_hyperspy
from focus_viewer.io.formats.arrays.stored_array import Contents
from focus_viewer.io.formats.hdf5.delmic import with_axes_of_delmic
from focus_viewer.io.formats.hdf5.eos_grid import grid_attributes
from focus_viewer.io.formats.hdf5.file import Hdf5File
from focus_viewer.io.formats.hdf5.matlab73 import contents_of_matlab, is_of_matlab
from focus_viewer.io.formats.hdf5.neon import neon, with_parts_noted
from focus_viewer.io.formats.hdf5.prisma import prisma

_MAGIC = b"\x89HDF\r\n\x1a\n"
# A user block of the writing program may precede it, of MATLAB 512 bytes.
_USER_BLOCKS = (512, 1024, 2048, 4096)


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

    def contents(self, path: Path) -> Contents:
        """Return all arrays of a file, those of MATLAB 7.3 with their axes as in MATLAB."""
        return _opened(path)[0]

    def candidates(self, path: Path) -> tuple[Candidate, ...]:
        """Return arrays that may be the cube."""
        return candidates_of(*_opened(path))


def _opened(path: Path) -> tuple[Contents, Description | None]:
    file = Hdf5File(path)
    contents = file.contents()
    if is_of_matlab(contents):
        return contents_of_matlab(file, contents), None

    def attributes_of(name: str) -> Mapping[str, Any]:
        return file.attributes(name) or grid_attributes(file, name)

    contents = replace(contents, attributes_of=attributes_of)
    contents = with_parts_noted(with_axes_of_hyperspy(with_axes_of_delmic(contents)))
    return contents, neon(file) or prisma(file)
