"""Outlines of annotated regions, and which pixels lie in them.

Pixel space: the image spans 0 to cols and 0 to rows, so that the middle of pixel (row, col) is at
(col + 0.5, row + 0.5). A pixel belongs to an outline if its middle does; a middle that lies on an
edge belongs to the side with larger coordinates, so that outlines which touch share no pixel (of an
ellipse, which never shares an edge, it lies outside).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from focus_viewer.core.regions.contours import pixel_rings
from focus_viewer.core.typing import BoolArray, DoubleArray, Point2

Ring = tuple[Point2, ...]
"""Corners of a closed line, the first not repeated."""


@dataclass(frozen=True)
class Rectangle:
    """An upright rectangle.

    Attributes
    ----------
    low, high : tuple of float
        (col, row) of its corners.
    """

    low: Point2
    high: Point2

    def mask(self, image_shape: tuple[int, int]) -> BoolArray:
        """Which pixels lie in it, shape (rows, cols)."""
        rows, cols = image_shape
        inside_cols = _between(_middles(cols), self.low[0], self.high[0])
        inside_rows = _between(_middles(rows), self.low[1], self.high[1])
        return np.asarray(inside_rows[:, None] & inside_cols)


@dataclass(frozen=True)
class Ellipse:
    """An ellipse.

    Attributes
    ----------
    center : tuple of float
        (col, row).
    radii : tuple of float
        Half axes in pixels, along the columns and along the rows before it is turned.
    angle_deg : float
        Turned clockwise on the screen.
    """

    center: Point2
    radii: Point2
    angle_deg: float = 0.0

    def mask(self, image_shape: tuple[int, int]) -> BoolArray:
        """Which pixels lie in it, shape (rows, cols)."""
        rows, cols = image_shape
        right = _middles(cols)[None, :] - self.center[0]
        down = _middles(rows)[:, None] - self.center[1]
        turn = np.radians(self.angle_deg)
        along = right * np.cos(turn) + down * np.sin(turn)
        across = down * np.cos(turn) - right * np.sin(turn)
        first, second = (max(abs(radius), 1e-9) for radius in self.radii)
        return np.asarray((along / first) ** 2 + (across / second) ** 2 < 1)


@dataclass(frozen=True)
class Polygon:
    """A polygon, or a line drawn freehand, with holes.

    Attributes
    ----------
    rings : tuple of Ring
        The outer line first, then the holes; a pixel is inside if it lies within an odd number.
    """

    rings: tuple[Ring, ...]

    def mask(self, image_shape: tuple[int, int]) -> BoolArray:
        """Which pixels lie in it, shape (rows, cols)."""
        inside = np.zeros(image_shape, dtype=np.bool_)
        for ring in self.rings:
            inside ^= _odd_crossings(np.array(ring, dtype=np.float64), image_shape)
        return inside


@dataclass(frozen=True)
class PointMark:
    """A single pixel.

    Attributes
    ----------
    at : tuple of float
        (col, row) anywhere in the pixel.
    """

    at: Point2

    def mask(self, image_shape: tuple[int, int]) -> BoolArray:
        """Which pixel it is, shape (rows, cols)."""
        row, col = int(np.floor(self.at[1])), int(np.floor(self.at[0]))
        inside = np.zeros(image_shape, dtype=np.bool_)
        if 0 <= row < image_shape[0] and 0 <= col < image_shape[1]:
            inside[row, col] = True
        return inside


@dataclass(frozen=True)
class MaskShape:
    """Pixels that were painted, or picked by their values.

    Attributes
    ----------
    row, col : int
        Upper left pixel of the smallest rectangle around them.
    shape : tuple of int
        (rows, cols) of that rectangle.
    bits : bytes
        `numpy.packbits` of the rectangle, row by row.
    """

    row: int
    col: int
    shape: tuple[int, int]
    bits: bytes

    @cached_property
    def painted(self) -> BoolArray:
        """The pixels within the rectangle."""
        flat = np.unpackbits(np.frombuffer(self.bits, dtype=np.uint8))
        rows, cols = self.shape
        return np.asarray(flat[: rows * cols].reshape(self.shape).astype(np.bool_))

    def mask(self, image_shape: tuple[int, int]) -> BoolArray:
        """Which pixels were painted, shape (rows, cols)."""
        inside = np.zeros(image_shape, dtype=np.bool_)
        rows, cols = self.shape
        below, right = max(self.row + rows, 0), max(self.col + cols, 0)
        part = inside[max(self.row, 0) : below, max(self.col, 0) : right]
        above, left = max(-self.row, 0), max(-self.col, 0)
        part[...] = self.painted[above : above + part.shape[0], left : left + part.shape[1]]
        return inside


Shape = Rectangle | Ellipse | Polygon | PointMark | MaskShape


def painted(mask: BoolArray) -> MaskShape | None:
    """An outline of any pixels; None if there are none.

    Parameters
    ----------
    mask : BoolArray, shape (rows, cols)
    """
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    part = mask[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    bits = np.packbits(np.ascontiguousarray(part).ravel()).tobytes()
    return MaskShape(int(rows[0]), int(cols[0]), (part.shape[0], part.shape[1]), bits)


def moved(outline: Shape, cols: float, rows: float) -> Shape:
    """The outline shifted; painted pixels move by whole pixels."""
    match outline:
        case Rectangle(low, high):
            return Rectangle(_shift(low, cols, rows), _shift(high, cols, rows))
        case Ellipse(center, radii, angle_deg):
            return Ellipse(_shift(center, cols, rows), radii, angle_deg)
        case Polygon(rings):
            return Polygon(tuple(tuple(_shift(p, cols, rows) for p in ring) for ring in rings))
        case PointMark(at):
            return PointMark(_shift(at, cols, rows))
        case MaskShape(row, col, shape, bits):
            return MaskShape(row + round(rows), col + round(cols), shape, bits)


def rings_of(outline: Shape, steps: int = 64) -> tuple[Ring, ...]:
    """Closed lines around an outline, for drawing and for files that know polygons alone.

    Parameters
    ----------
    outline : Outline
    steps : int
        Corners of an ellipse.
    """
    match outline:
        case Rectangle((left, top), (right, bottom)):
            return (((left, top), (right, top), (right, bottom), (left, bottom)),)
        case Ellipse():
            return (_ellipse_ring(outline, steps),)
        case Polygon(rings):
            return rings
        case PointMark(at):
            col, row = float(np.floor(at[0])), float(np.floor(at[1]))
            return (((col, row), (col + 1, row), (col + 1, row + 1), (col, row + 1)),)
        case MaskShape():
            return _pixel_rings(outline)


def _shift(point: Point2, cols: float, rows: float) -> Point2:
    return point[0] + cols, point[1] + rows


def _middles(count: int) -> DoubleArray:
    return np.arange(count, dtype=np.float64) + 0.5


def _between(middles: DoubleArray, one: float, other: float) -> BoolArray:
    return np.asarray((min(one, other) <= middles) & (middles < max(one, other)))


def _odd_crossings(ring: DoubleArray, image_shape: tuple[int, int]) -> BoolArray:
    """Pixels from whose middle a ray to the left crosses a closed line an odd number of times."""
    rows, cols = image_shape
    inside = np.zeros((rows, cols), dtype=np.bool_)
    if not np.isfinite(ring).all():
        return inside
    for ends in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        # From top to bottom, so that outlines that share an edge round it alike.
        (x0, y0), (x1, y1) = sorted(ends, key=lambda end: (end[1], end[0]))
        first, last = (int(np.clip(np.ceil(y - 0.5), 0, rows)) for y in (y0, y1))
        if last <= first:
            continue
        middles = np.arange(first, last) + 0.5
        crossing = x0 + (middles - y0) * (x1 - x0) / (y1 - y0)
        inside[first:last] ^= _middles(cols) >= crossing[:, None]
    return inside


def _ellipse_ring(ellipse: Ellipse, steps: int) -> Ring:
    around = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    turn = np.radians(ellipse.angle_deg)
    along, across = ellipse.radii[0] * np.cos(around), ellipse.radii[1] * np.sin(around)
    cols = ellipse.center[0] + along * np.cos(turn) - across * np.sin(turn)
    rows = ellipse.center[1] + along * np.sin(turn) + across * np.cos(turn)
    return tuple(zip(cols.tolist(), rows.tolist(), strict=True))


def _pixel_rings(outline: MaskShape) -> tuple[Ring, ...]:
    """Lines along the edges of painted pixels."""
    corners, ends = pixel_rings(outline.painted)
    places = np.add(corners, (outline.col, outline.row), dtype=np.float64).tolist()
    points = [(col, row) for col, row in places]
    starts = (0, *ends.tolist())
    return tuple(tuple(points[a:b]) for a, b in pairwise(starts))
