"""Storage of annotations: bytes, text and JSON on the disk."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.storage.files import is_file, size_bytes

_MAX_BYTES = 500_000_000


def first_bytes(path: Path, count: int = 512) -> bytes:
    """Read the first bytes of a file.

    Raises
    ------
    FocusError
        If it does not exist or cannot be read.
    """
    _check_is_file(path)
    with translated_errors(path), path.open("rb") as file:
        return file.read(count)


def read_content(path: Path) -> bytes:
    """Read all of a file.

    Raises
    ------
    FocusError
        If it does not exist, is too large for annotations or cannot be read.
    """
    _check_is_file(path)
    if size_bytes(path) > _MAX_BYTES:
        raise FocusError(
            f"{path} is larger than {_MAX_BYTES:,} bytes, too large for annotations. Open the file "
            "with the regions, not the image."
        )
    with translated_errors(path):
        return path.read_bytes()


def _check_is_file(path: Path) -> None:
    if not is_file(path):
        raise FocusError(
            f"{path}: there is no such file. Expected a file of annotations: choose another, or "
            "find where it was moved."
        )


def decoded(content: bytes) -> str:
    """Decode UTF-8 or UTF-16, else Latin-1, which accepts any bytes."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def from_json(text: str) -> object:
    """Parse a JSON text.

    Raises
    ------
    Unreadable
        If it is not JSON.
    """
    try:
        document: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno} is not JSON ({error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is not JSON that fits in memory") from error
    return document


def root_name(text: str) -> str:
    """Return the name of the first element of an XML text; "" if it is not XML."""
    found = re.match(r"\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*)*<([\w:.-]+)", text, flags=re.DOTALL)
    return found[1] if found else ""


def from_xml(text: str) -> Xml.Element:
    """Parse an XML text.

    Raises
    ------
    Unreadable
        If it is not XML, or declares a document type.
    """
    # Entities can make a small file huge, and no program writes them into annotations.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("it declares a document type, which annotations never need")
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    try:
        return Xml.fromstring(body)  # noqa: S314 - entities are refused above
    except (Xml.ParseError, ValueError) as error:
        raise Unreadable(f"it is not complete XML ({error})") from error


def to_json(document: object) -> bytes:
    """Return a JSON text, one line in ASCII, which every program reads."""
    return (json.dumps(document, allow_nan=False) + "\n").encode("ascii")
