"""Files of the system, told about in the user's terms when they fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from focus_viewer.core.errors import CubeError


@contextmanager
def told_as_cube_error(path: Path, done: str = "read") -> Iterator[None]:
    """Turn the system's errors about a file into a `CubeError` that names it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise CubeError(
            f"{path} cannot be {done}: {reason}. Check its place and your rights to it."
        ) from error


def is_file(path: Path) -> bool:
    """Whether there is a regular file: no folder, no pipe, no broken link.

    Raises
    ------
    CubeError
        If its folder may not be looked into.
    """
    with told_as_cube_error(path):
        return path.is_file()


def size_bytes(path: Path) -> int:
    """Size of a file that can be read.

    Raises
    ------
    CubeError
        If it is gone or may not be read.
    """
    with told_as_cube_error(path), path.open("rb") as file:
        return file.seek(0, os.SEEK_END)
