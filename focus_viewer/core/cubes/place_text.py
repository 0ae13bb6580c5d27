"""Wording of a place on the map."""

from __future__ import annotations

import math
import re

from focus_viewer.core.cubes.georeference import Georeference
from focus_viewer.core.typing import ImageShape, Point2

_SIDES = ("EW", "NS")
_LONG = 32
_MOST_DIGITS = 10


def place_text(
    georeference: Georeference, point: Point2, image_shape: ImageShape, system: bool = True
) -> str:
    """Return the map coordinates of a point (col, row); "" without a grid.

    Such as `E 364725, N 5808135 m (UTM 33N)`, or `52.4021° N, 13.0115° E`: with the digits that a
    pixel needs, and of one length everywhere in the image.

    Parameters
    ----------
    system : bool
        Whether the projection follows.
    """
    grid, unit = georeference.grid, georeference.unit
    if grid is None or _counts_pixels(georeference):
        return ""
    size = min(abs(grid.pixel_x), abs(grid.pixel_y))
    digits = min(max(0, -math.floor(math.log10(size))), _MOST_DIGITS)
    rows, cols = image_shape
    corners = [grid.to_map(at) for at in ((0, 0), (cols, 0), (0, rows), (cols, rows))]

    def text(axis: int) -> str:
        widest = max(len(_number(corner[axis], digits, unit, _SIDES[axis])) for corner in corners)
        return _number(grid.to_map(point)[axis], digits, unit, _SIDES[axis]).rjust(widest)

    if unit == "°":
        return f"{text(1)}, {text(0)}"
    across, down = ("E", "N") if georeference.crs else ("x", "y")
    named = f" ({system_text(georeference)})" if system and georeference.crs else ""
    return f"{across} {text(0)}, {down} {text(1)}{unit and f' {unit}'}{named}"


def _counts_pixels(georeference: Georeference) -> bool:
    """Return whether map coordinates say no more than rows and columns, as ENVI's default does."""
    grid = georeference.grid
    nameless = not georeference.unit and not georeference.crs
    return grid is not None and nameless and abs(grid.pixel_x) == abs(grid.pixel_y) == 1


def _number(value: float, digits: int, unit: str, sides: str) -> str:
    if unit != "°":
        return f"{value:.{digits}f}"
    return f"{abs(value):.{digits}f}° {sides[value < 0]}"


def map_text(georeference: Georeference) -> str:
    """Return map and size of a pixel, such as `UTM zone 33 North, pixels of 30 m`; "" without."""
    grid, unit = georeference.grid, georeference.unit
    if grid is None or _counts_pixels(georeference):
        return ""
    across, down = (f"{abs(side):.4g}" for side in (grid.pixel_x, grid.pixel_y))
    size = across if across == down else f"{across} x {down}"
    system = georeference.projection if georeference.crs else "reference system not known"
    return f"{system}, pixels of {size}{'' if unit == '°' else ' '}{unit or 'map units'}"


def system_text(georeference: Georeference) -> str:
    """Return the projection in short, such as `UTM 33N`."""
    name = georeference.projection
    zone = re.fullmatch(r"UTM zone (\d+) ([NS])\w*", name, re.IGNORECASE)
    if zone:
        return f"UTM {zone[1]}{zone[2].upper()}"
    return name if len(name) <= _LONG else name[: _LONG - 1].rstrip() + "…"
