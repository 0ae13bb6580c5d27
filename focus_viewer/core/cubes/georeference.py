"""Georeference of a cube: map grid, reference system, size and area of a pixel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from focus_viewer.core.typing import Point2


@dataclass(frozen=True)
class MapGrid:
    """Transform between pixel space and map coordinates: a shift, a scale and a rotation.

    Attributes
    ----------
    x, y : float
        Map coordinates of the upper left corner of the image.
    pixel_x, pixel_y : float
        Size of a pixel along the columns and along the rows, in map units.
    rotation_deg : float
        Rotation of the columns from the map's x axis, counterclockwise on the map.
    coordinate_system : str
        Reference system of the map as its file names it: well-known text, "EPSG:NUMBER", or
        "ENVI:" and entries of a header; "" where it is not known.
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


@dataclass(frozen=True)
class PixelArea:
    """The area of a pixel, or why it is not known.

    Attributes
    ----------
    m2 : float or None
        Square metres on the map; a map's projection stretches them by up to some per mille.
    reason : str
        Why there is none, for people.
    """

    m2: float | None = None
    reason: str = "the cube has no map info"

    @property
    def value(self) -> float:
        """Area of a pixel in `unit`."""
        return 1.0 if self.m2 is None else self.m2

    @property
    def unit(self) -> str:
        """Either "m2", or "px" where areas are counted in pixels."""
        return "px" if self.m2 is None else "m2"


@dataclass(frozen=True)
class Georeference:
    """Map position of a cube, as far as its file declares it.

    Attributes
    ----------
    grid : MapGrid or None
        None where the cube is not georeferenced.
    projection : str
        Map projection for people, such as "UTM zone 33 North"; "" without a grid.
    crs : str
        Reference system, as in the grid; "" where it is not known.
    entries : mapping of str to str
        ENVI header entries for another image on the same grid.
    pixel_size : tuple of (float, str) or None
        Side of a square pixel and its unit, such as (0.5, "m"); known also without a grid.
    unit : str
        Unit of map coordinates: "m", "°" and the like; "" where it is not known.
    """

    grid: MapGrid | None = None
    projection: str = ""
    crs: str = ""
    entries: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    pixel_area: PixelArea = field(default_factory=PixelArea)
    pixel_size: tuple[float, str] | None = None
    unit: str = ""

    def binned(self, factor: int) -> Georeference:
        """Return the georeference of squares of factor x factor pixels, without header entries."""
        grid, area, size = self.grid, self.pixel_area, self.pixel_size
        if grid is not None:
            grid = replace(grid, pixel_x=grid.pixel_x * factor, pixel_y=grid.pixel_y * factor)
        if area.m2 is not None:
            area = replace(area, m2=area.m2 * factor**2)
        if size is not None:
            size = size[0] * factor, size[1]
        return replace(self, grid=grid, entries={}, pixel_area=area, pixel_size=size)
