"""Map grid: position of the pixels of an image on a map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from focus_viewer.core.typing import Point2


@dataclass(frozen=True)
class MapGrid:
    """Transform between pixel space and map coordinates: shift, scale and rotation.

    Attributes
    ----------
    x, y : float
        Map coordinates of the upper left corner of the image.
    pixel_x, pixel_y : float
        Size of a pixel along the columns and along the rows, in map units.
    rotation_deg : float
        Angle of the columns to the map's x axis, counterclockwise on the map.
    coordinate_system : str
        Well-known text of the map's projection, "" if it is not known.
    """

    x: float
    y: float
    pixel_x: float
    pixel_y: float
    rotation_deg: float = 0.0
    coordinate_system: str = ""

    def to_map(self, point: Point2) -> Point2:
        """Return the map coordinates (x, y) of a point (col, row)."""
        right, down = point[0] * self.pixel_x, point[1] * self.pixel_y
        cos, sin = self._turn()
        return self.x + right * cos + down * sin, self.y + right * sin - down * cos

    def to_pixel(self, point: Point2) -> Point2:
        """Return the point (col, row) of map coordinates (x, y)."""
        east, north = point[0] - self.x, point[1] - self.y
        cos, sin = self._turn()
        right, down = east * cos + north * sin, east * sin - north * cos
        return right / self.pixel_x, down / self.pixel_y

    def _turn(self) -> tuple[float, float]:
        turn = math.radians(self.rotation_deg)
        return math.cos(turn), math.sin(turn)


def map_grid(words: Sequence[str], coordinate_system: str = "") -> MapGrid | None:
    """Return the grid declared in an ENVI header.

    In ENVI (1, 1) is the upper left corner of the first pixel. The sign of the rotation is the one
    that GDAL uses for ENVI files.

    Parameters
    ----------
    words : sequence of str
        Values of `map info`: projection, reference column and row, their x and y, pixel sizes, and
        named values such as "rotation=30".
    coordinate_system : str
        Value of `coordinate system string`.

    Returns
    -------
    MapGrid or None
        None if the values do not describe a grid.
    """
    named = dict(word.replace(" ", "").lower().split("=", 1) for word in words if "=" in word)
    try:
        col, row, x, y, pixel_x, pixel_y = (float(word) for word in words[1:7])
        rotation_deg = float(named.get("rotation", 0))
    except ValueError:
        return None
    if not all(map(math.isfinite, (col, row, x, y, pixel_x, pixel_y, rotation_deg))):
        return None
    if pixel_x == 0 or pixel_y == 0:
        return None
    from_reference = MapGrid(x, y, pixel_x, pixel_y, rotation_deg)
    corner = from_reference.to_map((1 - col, 1 - row))
    return MapGrid(*corner, pixel_x, pixel_y, rotation_deg, coordinate_system)
