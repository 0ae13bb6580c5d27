"""Size of a pixel on the ground in the entries of a header."""

from __future__ import annotations

import math
from collections.abc import Mapping

_SHORT = {
    "meters": "m",
    "metres": "m",
    "m": "m",
    "centimeters": "cm",
    "cm": "cm",
    "millimeters": "mm",
    "mm": "mm",
    "kilometers": "km",
    "km": "km",
    "feet": "ft",
}
_IN_METRES = ("utm", "albers", "lambert", "polar stereographic")  # where ENVI names no units
_SQUARE = 0.01  # sides may differ by this share: a scale bar holds for one direction only


def pixel_size(header: Mapping[str, str]) -> tuple[float, str] | None:
    """Return the side of a pixel from `map info` or `pixel size`, as ENVI writes them.

    Parameters
    ----------
    header : mapping of str to str
        Of a cube, as it was read.

    Returns
    -------
    tuple of (float, str) or None
        The side and its unit, such as (0.5, "m"); None where it is not declared, is an angle
        (degrees of longitude are not a length), or where pixels are not square.
    """
    words = _words(header, "map info")
    if len(words) >= 7:
        named = _units_of(words)
        unit = named if named else "m" if words[0].lower().startswith(_IN_METRES) else ""
        return _side(words[5], words[6], unit)
    words = _words(header, "pixel size")
    return _side(words[0], words[1], _units_of(words)) if len(words) >= 3 else None


def _words(header: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in header.get(name, "").strip("{} \n").split(",")]


def _units_of(words: list[str]) -> str:
    """Return the short unit after `units=`; empty without one, "?" if it is not a length."""
    named = dict(word.replace(" ", "").lower().split("=", 1) for word in words if "=" in word)
    return _SHORT.get(named.get("units", ""), "?" if "units" in named else "")


def _side(across: str, down: str, unit: str) -> tuple[float, str] | None:
    try:
        width, height = abs(float(across)), abs(float(down))
    except ValueError:
        return None
    if unit in ("", "?") or not (math.isfinite(width) and width > 0):
        return None
    return (width, unit) if abs(height - width) <= _SQUARE * width else None
