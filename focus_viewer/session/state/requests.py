"""What the user is asked before something can be opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.cubes.array_choice import Candidate
from focus_viewer.core.documents.project import ProjectReading, RecoveredWork


@dataclass(frozen=True, eq=False)
class MissingCubes:
    """A project that cannot be opened before the user has said what to do with some cubes.

    Attributes
    ----------
    path : Path
        Of the project's file.
    reading : ProjectReading
    recovered : RecoveredWork or None
        Set where it is work that was never saved.
    """

    path: Path
    reading: ProjectReading
    recovered: RecoveredWork | None = None


@dataclass(frozen=True)
class FileChoice:
    """Files that were found in folders, for the user to choose from.

    Attributes
    ----------
    folders, paths : tuple of Path
    """

    folders: tuple[Path, ...]
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class ArrayQuestion:
    """A file that does not tell which of its arrays is the cube, or how it lies.

    Attributes
    ----------
    path : Path
    candidates : tuple of Candidate
        The likeliest first.
    reason : str
        What cannot be told.
    """

    path: Path
    candidates: tuple[Candidate, ...]
    reason: str
