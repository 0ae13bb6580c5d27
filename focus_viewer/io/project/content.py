"""Content of project files on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.io.annotations.refusal import Unreadable

if TYPE_CHECKING:
    from focus_viewer.io.project.restoring import ProjectDocument

_MOST_BYTES = 500_000_000


class ProjectError(FocusError):
    """Project file that cannot be read or written."""


def read_document(path: Path) -> ProjectDocument:
    """Read a project file.

    Parameters
    ----------
    path : Path
        Absolute.

    Raises
    ------
    ProjectError
        If the file is not a project, broken, of a later version, or cannot be read.
    """
    return parsed_project(_content(path), path)


def parsed_project(content: bytes, path: Path) -> ProjectDocument:
    """Parse the content of a project file.

    Raises
    ------
    ProjectError
        If it is not a project, broken, or of a later version.
    """
    from focus_viewer.io.project.restoring import parse_document

    try:
        return parse_document(content, path.parent)
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
