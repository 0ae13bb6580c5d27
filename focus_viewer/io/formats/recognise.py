"""Recognition of file formats by content, and the formats that are read beside ENVI."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import translated_errors
from focus_viewer.io.formats.arrays import matlab_format, netcdf3_format, numpy_format, zarr_format
from focus_viewer.io.formats.arrays.choosing import ArrayFiles
from focus_viewer.io.formats.hdf5.reader import Hdf5Format
from focus_viewer.io.formats.tiff.reader import TiffFormat

HEAD_BYTES = 512


class Format(Protocol):
    """A reader of one file format."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    def recognises(self, path: Path, head: bytes) -> bool:
        """Return whether a file is of this format.

        Parameters
        ----------
        path : Path
            A file, or a folder for formats that are one.
        head : bytes
            Its first 512 bytes; empty for a folder.
        """
        ...

    def read(self, path: Path, choice: ArrayChoice | None) -> Cube:
        """Open a cube; only what describes it is read, and a few pixels where that is not enough.

        Raises
        ------
        NeedsChoice
            If the user must say which array it is, or what its axes are.
        CubeError
            If it holds no cube, is damaged or cannot be read.
        """
        ...

    def candidates(self, path: Path) -> tuple[Candidate, ...]:
        """Return arrays that may be the cube, the likeliest first.

        Raises
        ------
        CubeError
            If there is none, or the file is damaged or cannot be read.
        """
        ...


FORMATS: tuple[Format, ...] = (
    Hdf5Format(),
    ArrayFiles("netCDF-3 (.nc)", netcdf3_format.recognises, netcdf3_format.read_contents),
    ArrayFiles("MATLAB (.mat)", matlab_format.recognises, matlab_format.read_contents),
    ArrayFiles("NumPy (.npy, .npz)", numpy_format.recognises, numpy_format.read_contents),
    ArrayFiles("Zarr (folder or .zip)", zarr_format.recognises, zarr_format.read_contents),
    TiffFormat(),
)
"""In the order in which they are tried."""


def recognise_format(path: Path) -> Format | None:
    """Return the format of a file or a folder by its content; None for ENVI.

    Raises
    ------
    CubeError
        If it is missing or cannot be read.
    """
    with translated_errors(path):
        if path.is_dir():
            head = b""
        elif path.is_file():
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
        else:
            return None
        return next(
            (file_format for file_format in FORMATS if file_format.recognises(path, head)), None
        )


def format_names() -> str:
    """Return the names of all formats that are read."""
    return ", ".join(["ENVI", *(file_format.name for file_format in FORMATS)])
