"""Bytes, text and JSON on the disk."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.storage.files import is_file, size_bytes

_MAX_BYTES = 500_000_000


def read_content(path: Path) -> bytes:
    """All of a file.

    Raises
    ------
    FocusError
        If there is none, it is too large for annotations or cannot be read.
    """
    if not is_file(path):
        raise FocusError(
            f"{path}: there is no such file. Expected a file of annotations: choose another, or "
            "look where it was moved to."
        )
    if size_bytes(path) > _MAX_BYTES:
        raise FocusError(
            f"{path} is larger than {_MAX_BYTES:,} bytes, too large for annotations. Open the file "
            "that holds the regions, not the image."
        )
    with translated_errors(path):
        return path.read_bytes()


def decoded(content: bytes) -> str:
    """Text in UTF-8 or UTF-16; Latin-1, which any bytes are, where it is neither."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def from_json(text: str) -> object:
    """Values out of a JSON text.

    Raises
    ------
    Unreadable
        If it is none.
    """
    try:
        document: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno} is no JSON ({error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is no JSON that can be held in memory") from error
    return document


def to_json(document: object) -> bytes:
    """A JSON text, one line, of letters that every program reads."""
    return (json.dumps(document, allow_nan=False) + "\n").encode("ascii")
