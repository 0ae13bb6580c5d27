"""Which format a file is of."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.errors import translated_errors
from focus_viewer.io.formats import FORMATS, Format

HEAD_BYTES = 512


def recognised(path: Path) -> Format | None:
    """The first format that a file, or a folder, is of by its content; ENVI is none of them.

    Raises
    ------
    CubeError
        If it is gone or may not be read.
    """
    with translated_errors(path):
        if path.is_dir():
            head = b""
        elif path.is_file():
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
        else:
            return None
        return next((one for one in FORMATS if one.recognises(path, head)), None)


def format_names() -> str:
    """All formats that are read, for people."""
    return ", ".join(["ENVI", *(one.name for one in FORMATS)])
