"""Map positions as entries of an ENVI header: `map info` and `coordinate system string`."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

_SQUARE = 1e-4
_UTM_NORTH, _UTM_SOUTH = 32600, 32700
_METRE = re.compile(r'UNIT\["(?:metre|meter)s?",\s*1(?:\.0*)?[,\]]', re.IGNORECASE)
_CODE = re.compile(r'(?:AUTHORITY|ID)\["EPSG",\s*"?(\d{4,6})"?\](?:\s*\])*\s*$', re.IGNORECASE)
_IN_DEGREES = ("GEOGCS", "GEOGCRS", "GEODCRS")


class Transform(NamedTuple):
    """Affine transform of (col, row) to the map: x = a col + b row + c, y = d col + e row + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float


class Projection(NamedTuple):
    """Words of `map info` about a projection: its name, words after the pixel sizes, map unit."""

    name: str
    after: tuple[str, ...] = ()
    unit: str = ""


UNKNOWN = Projection("Arbitrary")
LONGITUDE_LATITUDE = Projection("Geographic Lat/Lon", ("WGS-84",), "Degrees")


def map_info(transform: Transform, projection: Projection) -> str | None:
    """Return `map info` in braces; None where the pixels are not rectangles on the map."""
    t = transform
    if not all(map(math.isfinite, t)):
        return None
    turn = math.atan2(t.d, t.a)
    pixel_x = math.hypot(t.a, t.d)
    pixel_y = t.b * math.sin(turn) - t.e * math.cos(turn)
    skewed = abs(t.b * math.cos(turn) + t.e * math.sin(turn)) > _SQUARE * abs(pixel_y)
    if skewed or not pixel_x or not pixel_y:
        return None
    numbers = (repr(float(value)) for value in (t.c, t.f, pixel_x, pixel_y))
    words = [projection.name, "1", "1", *numbers, *projection.after]
    words += [f"units={projection.unit}"] if projection.unit else []
    words += [f"rotation={math.degrees(turn)!r}"] if turn else []
    return "{" + ", ".join(words) + "}"


def utm(code: int) -> Projection | None:
    """Return the projection of an EPSG code; None if it is not UTM on WGS 84."""
    for start, side in ((_UTM_NORTH, "North"), (_UTM_SOUTH, "South")):
        if start < code <= start + 60:
            return Projection("UTM", (str(code - start), side, "WGS-84"), "Meters")
    return None


def projection_of(text: str) -> Projection:
    """Return the projection of well-known text, by a look at its words: GDAL is not needed."""
    if not text:
        return UNKNOWN
    code = _CODE.search(text)
    zone = utm(int(code[1])) if code else None
    if zone is not None:
        return zone
    if text.lstrip().upper().startswith(_IN_DEGREES):
        on_wgs84 = code is not None and code[1] == "4326"
        return LONGITUDE_LATITUDE if on_wgs84 else LONGITUDE_LATITUDE._replace(after=())
    return Projection(title(text), (), "Meters" if _METRE.search(text) else "")


def title(text: str) -> str:
    """Return the title of well-known text as a word of `map info`."""
    found = text.partition('"')[2].partition('"')[0].replace(",", " ").replace("=", " ")
    return found[:80] or UNKNOWN.name
