"""Requests slice: questions and messages for the user."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate
from focus_viewer.core.datasets.cube_labels import SuggestedLabels
from focus_viewer.core.documents.project import ProjectReading, RecoveredWork
from focus_viewer.core.errors import FocusError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """Error message: what was expected, what was found, what to do; shown until dismissed.

    A note says what was done with what could not be used.
    """

    title: str
    text: str
    is_note: bool = False


def problem_of(title: str, error: Exception) -> Problem:
    """Return the message for an error; the traceback of an unexpected one is logged."""
    if isinstance(error, FocusError):
        return Problem(title, str(error))
    _log.error(title, exc_info=error)
    return Problem(title, f"Unexpected {type(error).__name__}: {error}. The log has the details.")


@dataclass(frozen=True, eq=False)
class MissingCubes:
    """Project that cannot be opened before the user has decided about some cubes.

    It is recovered if it was never saved.
    """

    path: Path
    reading: ProjectReading
    recovered: RecoveredWork | None = None


@dataclass(frozen=True)
class FileChoice:
    """Files in folders, for the user to choose from, with labels that are suggested for them."""

    folders: tuple[Path, ...]
    paths: tuple[Path, ...]
    suggested: SuggestedLabels = field(default_factory=SuggestedLabels)


@dataclass(frozen=True)
class ArrayQuestion:
    """File for which the user must choose the array of the cube, or its axes, and why.

    The likeliest candidate is the first; what was said of the file before is shown first.
    """

    path: Path
    candidates: tuple[Candidate, ...]
    reason: str
    said: ArrayChoice | None = None


@dataclass(frozen=True)
class Requests:
    """Questions and messages for the user, unsaved work of earlier runs, and a project's layout.

    The layout is empty once the window has applied it.
    """

    missing_cubes: MissingCubes | None = None
    file_choice: FileChoice | None = None
    array_question: ArrayQuestion | None = None
    recovered_work: tuple[RecoveredWork, ...] = ()
    problem: Problem | None = None
    layout: str = ""
