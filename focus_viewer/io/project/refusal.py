"""Projects that cannot be read or written, told about in the user's terms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from focus_viewer.core.errors import FocusError


class ProjectError(FocusError):
    """A project file that cannot be read or written."""


@contextmanager
def told_as_project_error(path: Path, done: str = "read") -> Iterator[None]:
    """Turn the system's errors about a project into a `ProjectError` that names it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        where = f" ({error.filename})" if error.filename not in (None, str(path)) else ""
        raise ProjectError(
            f"{path}: the project cannot be {done}: {reason}{where}. Check its place, your rights "
            "to it, and the room on the disk."
        ) from error
