"""Georeference in the entries of an ENVI header: map grid, reference system, size of a pixel."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from focus_viewer.core.cubes.georeference import Georeference, MapGrid, PixelArea
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.io.metadata.header import Header
from focus_viewer.io.metadata.map_info import projection_of
from focus_viewer.io.metadata.projections import parse_crs, system_of

_ENTRIES = ("map info", "projection info", "coordinate system string")
_METRES = MappingProxyType(
    {
        "meters": 1.0,
        "metres": 1.0,
        "meter": 1.0,
        "m": 1.0,
        "kilometers": 1e3,
        "km": 1e3,
        "feet": 0.3048,
    }
)
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
_IN_DEGREES = "the map's coordinates are degrees (°), whose length changes with the latitude"
_ZONE_AND_SIDE = re.compile(r"(\d{1,2})\s*([NS])", re.IGNORECASE)
_SQUARE = 0.01  # sides may differ by this share: a scale bar holds for one direction only


def read_georeference(header: Header, notes: list[str] | None = None) -> Georeference:
    """Read the georeference of a cube; one without a grid if the header declares none.

    Parameters
    ----------
    notes : list of str or None
        Receives what was assumed.
    """
    side = pixel_size(header.entries)
    words = _map_info(header)
    grid = map_grid(words)
    notes = [] if notes is None else notes
    if grid is None:
        if any(words):
            notes.append(Ignored("The map info of the header is incomplete: it is not used."))
        return Georeference(pixel_size=side)
    system = header.line("coordinate system string") or system_of(
        words, header.line("projection info"), notes
    )
    texts = {name: header.line(name) for name in _ENTRIES}
    unit_m = _unit_m(words, system)
    return Georeference(
        replace(grid, coordinate_system=system),
        _projection(words),
        system,
        MappingProxyType({name: f"{{{text}}}" for name, text in texts.items() if text}),
        _pixel_area(grid, unit_m),
        side,
        _unit(words, unit_m),
    )


def map_grid(words: Sequence[str]) -> MapGrid | None:
    """Return the grid that an ENVI header declares.

    In ENVI (1, 1) is the upper left corner of the first pixel. The sign of the rotation is the one
    that GDAL uses for ENVI files.

    Parameters
    ----------
    words : sequence of str
        Values of `map info`: projection, reference column and row, their x and y, pixel sizes, and
        named values such as "rotation=30".

    Returns
    -------
    MapGrid or None
        None if the values are incomplete or not finite.
    """
    try:
        col, row, x, y, pixel_x, pixel_y = (float(word) for word in words[1:7])
        rotation_deg = float(_named(words).get("rotation", 0))
    except ValueError:
        return None
    if not all(map(math.isfinite, (col, row, x, y, pixel_x, pixel_y, rotation_deg))):
        return None
    if pixel_x == 0 or pixel_y == 0:
        return None
    from_reference = MapGrid(x, y, pixel_x, pixel_y, rotation_deg)
    corner = from_reference.to_map((1 - col, 1 - row))
    return MapGrid(*corner, pixel_x, pixel_y, rotation_deg)


def _projection(words: list[str]) -> str:
    """Return the map projection for people."""
    plain = [word for word in words if "=" not in word]
    zone = [f"zone {plain[7]} {plain[8]}"] if plain[0].upper() == "UTM" and len(plain) > 8 else []
    return " ".join([plain[0] or "map coordinates", *zone])


def _pixel_area(grid: MapGrid, unit_m: float | str) -> PixelArea:
    """Return the area of a pixel in the map plane, or why it is not known."""
    if isinstance(unit_m, str):
        return PixelArea(None, unit_m)
    return PixelArea(abs(grid.pixel_x * grid.pixel_y) * unit_m**2)


def _unit_m(words: list[str], crs_text: str) -> float | str:
    """Return the map unit in metres, or why it is not known."""
    unit = _named(words).get("units", "")
    if unit in _METRES:
        return _METRES[unit]
    named = crs_text.startswith(("EPSG:", "ENVI:"))  # by words, which say more than the system
    by_words = "" if named else projection_of(crs_text).unit
    if by_words == "Meters":
        return 1.0
    degrees = unit.startswith("degree") or by_words == "Degrees"
    degrees = degrees or (not unit and words[0].lower().startswith("geographic lat"))
    crs = None if degrees or named else parse_crs(crs_text)
    if degrees or (crs is not None and crs.is_geographic):
        return _IN_DEGREES
    if crs is not None and crs.is_projected:
        return float(crs.linear_units_factor[1])
    if words[0].upper() == "UTM" and not unit:
        return 1.0
    if unit:
        return f"the map's coordinates are in {unit[:40]!r}, which is not a known length"
    return "the map info does not state the unit of its coordinates"


def _unit(words: list[str], unit_m: float | str) -> str:
    """Return the short name of the map's unit; "" where it is not known."""
    if isinstance(unit_m, str):
        return "°" if unit_m == _IN_DEGREES else ""
    return _SHORT.get(_named(words).get("units", ""), "") or ("m" if unit_m == 1.0 else "")


def _named(words: Sequence[str]) -> dict[str, str]:
    """Return the named values of `map info`, such as "units=Meters", in lower case."""
    return dict(word.replace(" ", "").lower().split("=", 1) for word in words if "=" in word)


def _map_info(header: Header) -> list[str]:
    """Return the words of `map info`; a zone of UTM such as "33N" becomes two."""
    words = [word.strip() for word in header.line("map info").split(",")]
    zone = _ZONE_AND_SIDE.fullmatch(words[7]) if len(words) > 7 else None
    if words[0].upper() != "UTM" or zone is None:
        return words
    side = {"N": "North", "S": "South"}[zone[2].upper()]
    named = words[8:9] in (["North"], ["South"])
    return [*words[:7], zone[1], side, *words[9 if named else 8 :]]


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
    named = _named(words)
    return _SHORT.get(named.get("units", ""), "?" if "units" in named else "")


def _side(across: str, down: str, unit: str) -> tuple[float, str] | None:
    try:
        width, height = abs(float(across)), abs(float(down))
    except ValueError:
        return None
    if unit in ("", "?") or not (math.isfinite(width) and width > 0):
        return None
    return (width, unit) if abs(height - width) <= _SQUARE * width else None
