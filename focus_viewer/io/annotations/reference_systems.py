"""Reference systems of annotation files: named in them, and related to that of the cube."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.typing import Point2
from focus_viewer.io.annotations.refusal import Unreadable, short_reason, shown

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


def crs_member(grid: MapGrid) -> dict[str, object] | None:
    """Return the member `crs` of map coordinates of a cube; None where its code is not known."""
    code = _epsg(grid.coordinate_system)
    if code is None:
        return None
    return {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}


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
    if not grid.coordinate_system:
        raise Unreadable(
            f"it is in the reference system {system}, and that of the cube is not known",
            "Add `coordinate system string` to the cube's header, or export the regions in pixels.",
        )
    source, target = _crs(system), _crs(grid.coordinate_system)
    known: dict[Point2, Point2] = {}

    def add(points: list[Point2]) -> None:
        known.update(zip(points, _transformed(source, target, points), strict=True))

    add(list(dict.fromkeys(positions)))

    def place(at: Point2) -> Point2:
        if at not in known:
            add([at])
        return grid.to_pixel(known[at])

    return place


def is_projected(grid: MapGrid) -> bool:
    """Return whether a cube's map coordinates are known to be other than longitude and latitude."""
    if not grid.coordinate_system:
        return False
    try:
        return bool(_crs(grid.coordinate_system).is_projected)
    except Unreadable:  # what a header says of its map need not be a system
        return False


def _epsg(wkt: str) -> int | None:
    if not wkt:
        return None
    try:
        code = _crs(wkt).to_epsg()
    except Unreadable:
        return None
    return None if code is None else int(code)


def _crs(text: str) -> Any:
    from rasterio import Env
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    try:
        with Env():  # GDAL's own messages go to the log, not to the terminal
            return CRS.from_user_input(text)
    except CRSError as error:
        raise Unreadable(
            f"expected a known reference system, found {shown(text)}",
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
