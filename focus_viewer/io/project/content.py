"""The content of project files on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.core.errors import translated_errors
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.project.refusal import ProjectError

if TYPE_CHECKING:
    from focus_viewer.io.project.restoring import Told

_MOST_BYTES = 500_000_000


def read_told(path: Path) -> Told:
    """What a project file tells.

    Parameters
    ----------
    path : Path
        Absolute.

    Raises
    ------
    ProjectError
        If the file is no project, broken, of a later version, or cannot be read.
    """
    return told_or_refused(_content(path), path)


def told_or_refused(content: bytes, path: Path) -> Told:
    """What the content of a project file tells.

    Raises
    ------
    ProjectError
        If it is no project, broken, or of a later version.
    """
    from focus_viewer.io.project.restoring import told_by

    try:
        return told_by(content, path.parent)
    except Unreadable as error:
        raise ProjectError(
            f"{path} cannot be read as a project: {error.problem}. {error.advice}"
        ) from error


def _content(path: Path) -> bytes:
    with translated_errors(path, error_type=ProjectError):
        if not path.is_file():
            raise ProjectError(
                f"{path}: there is no such file. Expected a project (NAME.focus.json): choose "
                "another, or look where it was moved to."
            )
        if path.stat().st_size > _MOST_BYTES:
            raise ProjectError(
                f"{path} is larger than {_MOST_BYTES:,} bytes, too large for a project. Open the "
                "file NAME.focus.json."
            )
        return path.read_bytes()
