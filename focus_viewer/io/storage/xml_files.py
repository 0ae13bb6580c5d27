"""XML files beside images: parsed without entities, and only if they are small."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from pathlib import Path

from focus_viewer.core.errors import translated_errors


def parse_xml(path: Path, most_bytes: int) -> Xml.Element | None:
    """Parse an XML file; None if there is none, or it is too large, broken or declares entities.

    Raises
    ------
    CubeError
        If it cannot be read.
    """
    with translated_errors(path):
        if not path.is_file() or path.stat().st_size > most_bytes:
            return None
        content = path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return None
    try:
        return Xml.fromstring(content)  # noqa: S314 - entities are refused above
    except (Xml.ParseError, ValueError, LookupError):
        return None
