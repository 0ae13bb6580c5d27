"""Reference systems of annotation files: named in them, and related to that of the cube."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.typing import Point2
from focus_viewer.io.annotations.refusal import Unreadable, short_reason, shown
from focus_viewer.io.metadata.projections import parse_crs

LONGITUDE_LATITUDE = "OGC:CRS84"
"""What GeoJSON without a named system is in, by RFC 7946."""

Place = Callable[[Point2], Point2]
"""Function from a position in a file to (col, row)."""


def named_system(document: object) -> str | None:
    """Return the system that a GeoJSON document names; None where it names none.

    Raises
    ------
    Unreadable
        If there is a member `crs` that names none.
    """
    if not isinstance(document, dict) or document.get("crs") is None:
        return None
    crs = document["crs"]
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise Unreadable(f"expected a named reference system in crs, found {shown(crs)}")
    return name


@dataclass(frozen=True)
class Written:
    """System in which map coordinates are written.

    Attributes
    ----------
    place : Place
        Gives positions in it for points (col, row).
    crs : dict of str to object, or None
        The member `crs` of GeoJSON; None where the system of the cube is not known.
    """

    place: Place
    crs: dict[str, object] | None


def written_in(grid: MapGrid, points: Iterable[Point2]) -> Written:
    """Return the system of a cube if it has an EPSG code, else longitude and latitude.

    Parameters
    ----------
    points : iterable of Point2
        Those that will be asked for: all at once is much faster.
    """
    if not grid.coordinate_system or (system := parse_crs(grid.coordinate_system)) is None:
        return Written(grid.to_map, None)
    code = system.to_epsg()
    if code is not None:
        return Written(grid.to_map, _member(f"urn:ogc:def:crs:EPSG::{code}"))
    degrees = _crs(LONGITUDE_LATITUDE)
    place = _known_place(
        points, lambda some: _transformed(system, degrees, [grid.to_map(at) for at in some])
    )
    return Written(place, _member("urn:ogc:def:crs:OGC:1.3:CRS84"))


def _member(name: str) -> dict[str, object]:
    return {"type": "name", "properties": {"name": name}}


def place_from(system: str, grid: MapGrid, positions: Iterable[Point2]) -> Place:
    """Return the place of positions of a named system in a cube.

    Parameters
    ----------
    system : str
        As files name it: "urn:ogc:def:crs:EPSG::32633", "EPSG:4326", "OGC:CRS84", or as WKT. Its
        positions are easting or longitude first, as GeoJSON has them.
    positions : iterable of Point2
        Those that will be asked for: all at once is much faster.

    Raises
    ------
    Unreadable
        If the system is not known, or that of the cube is not.
    """
    if same_text(system, grid.coordinate_system):
        return grid.to_pixel
    target = parse_crs(grid.coordinate_system)
    if target is None:
        raise Unreadable(
            f"it is in the reference system {short(system)}, and that of the cube is not known",
            "Add `coordinate system string` to an ENVI header of the cube, or export the regions "
            "in pixels.",
        )
    source = _crs(system)
    place = _known_place(positions, lambda some: _transformed(source, target, some))
    return lambda at: grid.to_pixel(place(at))


def _known_place(
    points: Iterable[Point2], transformed: Callable[[list[Point2]], list[Point2]]
) -> Place:
    """Return a place of single points that transforms them together."""
    known: dict[Point2, Point2] = {}

    def add(some: list[Point2]) -> None:
        known.update(zip(some, transformed(some), strict=True))

    add(list(dict.fromkeys(points)))

    def place(at: Point2) -> Point2:
        if at not in known:
            add([at])
        return known[at]

    return place


def same_text(first: str, second: str) -> bool:
    """Return whether two systems are named by the same text, white space aside."""
    return bool(first.strip()) and "".join(first.split()) == "".join(second.split())


def short(system: str) -> str:
    """Return the name of a system for people: that within its well-known text."""
    name = re.search(r'\["([^"]*)"', system)
    return name[1] if name else system[:60]


def is_projected(grid: MapGrid) -> bool:
    """Return whether a cube's map coordinates are known to be other than longitude and latitude."""
    system = parse_crs(grid.coordinate_system)
    return system is not None and bool(system.is_projected)


def _crs(text: str) -> Any:
    from rasterio import Env
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    if ("[" in text or text.startswith("ENVI:")) and (
        found := parse_crs(text)
    ) is not None:  # ESRI's dialect too
        return found
    try:
        with Env():  # GDAL's own messages go to the log, not to the terminal
            return CRS.from_user_input(text)
    except CRSError as error:
        raise Unreadable(
            f"expected a known reference system, found {shown(short(text))}",
            "Export it in EPSG:4326 (longitude and latitude), or in the cube's own system.",
        ) from error


def _transformed(source: Any, target: Any, points: list[Point2]) -> list[Point2]:
    from rasterio.warp import transform

    if source == target or not points:
        return points
    try:
        xs, ys = transform(source, target, [at[0] for at in points], [at[1] for at in points])
    except Exception as error:  # those of GDAL have no common class that is public
        raise Unreadable(
            f"its positions cannot be turned into the cube's system ({short_reason(error)})",
            "Check its reference system, and that longitude or easting comes first.",
        ) from error
    return list(zip(xs, ys, strict=True))
