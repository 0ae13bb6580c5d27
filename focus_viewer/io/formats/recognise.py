"""Recognition of file formats by content."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.errors import translated_errors
from focus_viewer.io.formats import FORMATS, Format

HEAD_BYTES = 512


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
