"""Checked values from files of annotations: other values than expected raise `Unreadable`."""

from __future__ import annotations

import re
import unicodedata

from focus_viewer.core.regions.shapes import Ring
from focus_viewer.core.typing import Point2
from focus_viewer.io.annotations.refusal import Unreadable, shown

MAX_COORDINATE = 1e9
"""Limit of coordinates: larger ones are on no image or map, and may overflow."""


def number(value: object, what: str) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(f"expected a number for {what}, found {shown(value)}")
    if not abs(value) <= MAX_COORDINATE:
        limit = f"a number between -{MAX_COORDINATE:g} and {MAX_COORDINATE:g}"
        raise Unreadable(f"expected {limit} for {what}, found {shown(value)}")
    return float(value)


def whole(value: object, what: str) -> int:
    """Return a whole number."""
    checked = number(value, what)
    if not checked.is_integer():
        raise Unreadable(f"expected a whole number for {what}, found {checked:g}")
    return int(checked)


def items(value: object, what: str) -> list[object]:
    """Return a list."""
    if not isinstance(value, list):
        raise Unreadable(f"expected a list for {what}, found {shown(value)}")
    return value


def entries(value: object, what: str) -> dict[str, object]:
    """Return an object with named values."""
    if not isinstance(value, dict):
        raise Unreadable(f"expected an object for {what}, found {shown(value)}")
    return value


def point(value: object, what: str) -> Point2:
    """Return two coordinates; further ones, such as a height, are left out."""
    pair = items(value, what)
    if len(pair) < 2:
        raise Unreadable(f"expected two coordinates for {what}, found {len(pair)}")
    return number(pair[0], what), number(pair[1], what)


def opened(ring: Ring) -> Ring:
    """Return the ring without its repeated first corner: at least three corners."""
    corners = ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
    if len(corners) < 3:
        raise Unreadable(f"expected at least 3 corners of a polygon, found {len(corners)}")
    return corners


def text(value: object) -> str:
    """Return one line of printable text; "" if the value is not text."""
    if not isinstance(value, str):
        return ""
    printable = (" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in value)
    return "".join(printable).strip()


def colour(value: object) -> str | None:
    """Return "#rrggbb" from such a text or from red, green and blue; else None."""
    if isinstance(value, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        return value.lower()
    if isinstance(value, list) and len(value) == 3:
        parts = [part for part in value if isinstance(part, int) and 0 <= part <= 255]
        return "#" + "".join(f"{part:02x}" for part in parts) if len(parts) == 3 else None
    return None


def rgb(hex_colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of "#rrggbb"."""
    red, green, blue = bytes.fromhex(hex_colour.removeprefix("#"))
    return red, green, blue
