"""Points by which an outline is reshaped."""

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

_MOST_HANDLES = 40  # of a line drawn freehand: more could not be told apart


def handles(outline: Shape) -> tuple[Point2, ...]:
    """Where an outline can be taken hold of: (col, row) each; nowhere if it is painted.

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


def reshaped(outline: Shape, handle: int, place: Point2) -> Shape:
    """The outline after one of its handles was dragged to a place."""
    match outline:
        case Rectangle():
            corners = handles(outline)
            opposite = corners[(handle + 2) % 4]
            return rectangle(opposite, place)
        case Ellipse(center, radii):
            reach = np.subtract(place, center)
            length = float(np.hypot(*reach))
            turned = float(np.degrees(np.arctan2(reach[1], reach[0]))) - 90 * handle
            return Ellipse(
                center, (length, radii[1]) if handle == 0 else (radii[0], length), turned
            )
        case Polygon(rings):
            return Polygon(_with_corner(rings, handle, place))
        case _:
            return outline


def rectangle(one: Point2, other: Point2) -> Rectangle:
    """The upright rectangle between two opposite corners."""
    cols, rows = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return Rectangle((cols[0], rows[0]), (cols[1], rows[1]))


def ellipse(one: Point2, other: Point2) -> Ellipse:
    """The upright ellipse that fits between two opposite corners."""
    (left, top), (right, bottom) = rectangle(one, other).low, rectangle(one, other).high
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
    rings: tuple[tuple[Point2, ...], ...], handle: int, place: Point2
) -> tuple[tuple[Point2, ...], ...]:
    changed, first = [], 0
    for ring in rings:
        own = handle - first
        changed.append((*ring[:own], place, *ring[own + 1 :]) if 0 <= own < len(ring) else ring)
        first += len(ring)
    return tuple(changed)
