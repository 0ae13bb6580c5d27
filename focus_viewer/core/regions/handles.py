"""Handles of shapes: points by which they are reshaped."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.shapes import (
    Ellipse,
    MaskShape,
    PointMark,
    Polygon,
    Rectangle,
    Shape,
)
from focus_viewer.core.typing import Point2

_MOST_HANDLES = 40  # of a line drawn freehand: more could not be distinguished


def handles(outline: Shape) -> tuple[Point2, ...]:
    """Return the handles of a shape, (col, row) each; a painted shape has none.

    Rectangle: its four corners. Ellipse: the ends of its half axes. Polygon: its corners.
    """
    match outline:
        case Rectangle((left, top), (right, bottom)):
            return ((left, top), (right, top), (right, bottom), (left, bottom))
        case Ellipse(center, radii, angle_deg):
            first, second = _axes(angle_deg)
            return (_along(center, first, radii[0]), _along(center, second, radii[1]))
        case Polygon(rings):
            corners = tuple(point for ring in rings for point in ring)
            return corners if len(corners) <= _MOST_HANDLES else ()
        case PointMark() | MaskShape():
            return ()


def reshaped(outline: Shape, handle: int, at: Point2) -> Shape:
    """Return the shape after one of its handles was dragged to a point."""
    match outline:
        case Rectangle():
            corners = handles(outline)
            opposite = corners[(handle + 2) % 4]
            return rectangle(opposite, at)
        case Ellipse(center, radii):
            reach = np.subtract(at, center)
            length = float(np.hypot(*reach))
            turned = float(np.degrees(np.arctan2(reach[1], reach[0]))) - 90 * handle
            return Ellipse(
                center, (length, radii[1]) if handle == 0 else (radii[0], length), turned
            )
        case Polygon(rings):
            return Polygon(_with_corner(rings, handle, at))
        case _:
            return outline


def rectangle(start: Point2, end: Point2) -> Rectangle:
    """Return the upright rectangle between two opposite corners."""
    cols, rows = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return Rectangle((cols[0], rows[0]), (cols[1], rows[1]))


def ellipse(start: Point2, end: Point2) -> Ellipse:
    """Return the upright ellipse that fits between two opposite corners."""
    box = rectangle(start, end)
    (left, top), (right, bottom) = box.low, box.high
    return Ellipse(
        ((left + right) / 2, (top + bottom) / 2), ((right - left) / 2, (bottom - top) / 2)
    )


def _axes(angle_deg: float) -> tuple[Point2, Point2]:
    turn = np.radians(angle_deg)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    return (cos, sin), (-sin, cos)


def _along(start: Point2, way: Point2, length: float) -> Point2:
    return start[0] + way[0] * length, start[1] + way[1] * length


def _with_corner(
    rings: tuple[tuple[Point2, ...], ...], handle: int, at: Point2
) -> tuple[tuple[Point2, ...], ...]:
    changed, first = [], 0
    for ring in rings:
        own = handle - first
        changed.append((*ring[:own], at, *ring[own + 1 :]) if 0 <= own < len(ring) else ring)
        first += len(ring)
    return tuple(changed)
