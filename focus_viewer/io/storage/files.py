"""Checks of files: whether they exist, and how large they are."""

from __future__ import annotations

import os
from pathlib import Path

from focus_viewer.core.errors import translated_errors


def is_file(path: Path) -> bool:
    """Return whether a path is a regular file: not a folder, a pipe or a broken link.

    Raises
    ------
    CubeError
        If its folder cannot be read.
    """
    with translated_errors(path):
        return path.is_file()


def size_bytes(path: Path) -> int:
    """Return the size of a readable file.

    Raises
    ------
    CubeError
        If it is missing or cannot be read.
    """
    with translated_errors(path), path.open("rb") as file:
        return file.seek(0, os.SEEK_END)
