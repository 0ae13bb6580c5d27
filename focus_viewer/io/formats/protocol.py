"""What every reader of a file format can do, and what a user may have to say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from focus_viewer.core.array_choice import ArrayChoice, Candidate
from focus_viewer.core.cube import Cube
from focus_viewer.core.errors import CubeError


@dataclass
class NeedsChoice(CubeError):
    """A file holds several arrays, or one that does not tell what its axes are.

    Attributes
    ----------
    path : Path
    candidates : tuple of Candidate
        The likeliest first.
    reason : str
        For the user: what cannot be told.
    """

    path: Path
    candidates: tuple[Candidate, ...]
    reason: str

    def __str__(self) -> str:
        names = ", ".join(one.told for one in self.candidates[:8])
        return f"{self.path}: {self.reason}. It holds {names}. Say which with --array and --axes."


class Format(Protocol):
    """A reader of one file format."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether a file is of this format.

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
        path : Path
        choice : ArrayChoice or None
            What the user has said of this file.

        Raises
        ------
        NeedsChoice
            If the user must say which array it is, or what its axes are.
        CubeError
            If it holds no cube, is damaged or may not be read.
        """
        ...
