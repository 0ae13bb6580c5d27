"""Geometries of GeoJSON as shapes, including geometries of other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from focus_viewer.core.regions.shapes import PointMark, Polygon, Ring, Shape
from focus_viewer.core.typing import Point2
from focus_viewer.io.annotations import plain
from focus_viewer.io.annotations.joining import joined, pixels_along
from focus_viewer.io.annotations.refusal import Unreadable, shown

Place = Callable[[Point2], Point2]
"""Function from a position in a file to (col, row)."""


def outline_of(geometry: object, place: Place, image_shape: tuple[int, int]) -> Shape | None:
    """Return the shape of a geometry; None if it is empty.

    Several parts become one shape, and lines the pixels that they pass.

    Parameters
    ----------
    geometry : object
        JSON value.
    image_shape : tuple of int
        (rows, cols).

    Raises
    ------
    Unreadable
        If it is not a geometry.
    """
    parts = [_part(kind, value, place, image_shape) for kind, value in _simple(geometry)]
    return joined(parts, image_shape) if parts else None


def positions_of(geometry: object) -> list[Point2]:
    """Return all positions of a geometry, in their order.

    Raises
    ------
    Unreadable
        If it is not a geometry.
    """
    return [at for kind, value in _simple(geometry) for at in _positions(kind, value)]


def _simple(geometry: object) -> Iterator[tuple[str, object]]:
    """Yield points, lines and polygons, each with its coordinates."""
    if geometry is None:
        return
    values = plain.entries(geometry, "a geometry")
    if values.get("type") == "GeometryCollection":
        for member in plain.items(values.get("geometries"), "geometries"):
            yield from _simple_or_multiple(plain.entries(member, "a geometry"))
    else:
        yield from _simple_or_multiple(values)


def _simple_or_multiple(values: dict[str, object]) -> Iterator[tuple[str, object]]:
    kind, value = values.get("type"), plain.items(values.get("coordinates"), "coordinates")
    if not isinstance(kind, str) or kind.removeprefix("Multi") not in (
        "Point",
        "LineString",
        "Polygon",
    ):
        raise Unreadable(f"expected a point, a line or a polygon, found {shown(kind)}")
    if not kind.startswith("Multi"):
        if value:
            yield kind, value
        return
    for part in value:
        yield kind.removeprefix("Multi"), part


def _part(kind: str, value: object, place: Place, image_shape: tuple[int, int]) -> Shape:
    if kind == "Point":
        return PointMark(place(plain.point(value, "a point")))
    if kind == "LineString":
        line = _line(value, place)
        if not line:
            raise Unreadable("expected positions of a line, found none")
        return pixels_along(line, image_shape)
    rings = plain.items(value, "a polygon")
    if not rings:
        raise Unreadable("expected lines of a polygon, found none")
    return Polygon(tuple(plain.opened(_line(ring, place)) for ring in rings))


def _line(value: object, place: Place) -> Ring:
    return tuple(place(plain.point(at, "a corner")) for at in plain.items(value, "a line"))


def _positions(kind: str, value: object) -> Iterator[Point2]:
    if kind == "Point":
        yield plain.point(value, "a point")
        return
    lines = [value] if kind == "LineString" else plain.items(value, "a polygon")
    for line in lines:
        for at in plain.items(line, "a line"):
            yield plain.point(at, "a corner")
