"""Protocols of readers: of any file format, and of formats that contain several arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate, NeedsChoice
from focus_viewer.core.cubes.cube import Cube

__all__ = ["ArrayFormat", "Format", "NeedsChoice"]


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

        Parameters
        ----------
        choice : ArrayChoice or None
            What the user has said of this file.

        Raises
        ------
        NeedsChoice
            If the user must say which array it is, or what its axes are.
        CubeError
            If it holds no cube, is damaged or cannot be read.
        """
        ...


@runtime_checkable
class ArrayFormat(Format, Protocol):
    """A format whose files are mere containers of arrays, so that a user may choose among them."""

    def candidates(self, path: Path) -> tuple[Candidate, ...]:
        """Return arrays that may be the cube, the likeliest first.

        Raises
        ------
        CubeError
            If there is none, or the file is damaged or cannot be read.
        """
        ...
