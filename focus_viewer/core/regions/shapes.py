"""Shapes of annotated regions, and the pixels inside them.

Pixel space: the image spans 0 to cols and 0 to rows, so that the centre of pixel (row, col) is at
(col + 0.5, row + 0.5). A pixel belongs to a shape if its centre is inside; a centre on an edge
belongs to the side with larger coordinates, so that shapes with a common edge share no pixel (for
an ellipse, which never shares an edge, it is outside).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from focus_viewer.core.regions.contours import pixel_contours
from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.typing import BoolArray, ByteArray, DoubleArray, ImageShape, Point2

Ring = tuple[Point2, ...]
"""Corners of a closed line, the first not repeated."""
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""
_STRIP_PIXELS = 1_000_000
_LARGEST = 1e15  # px: beyond it, coordinates are clamped
_ROUNDING = 1e-9  # of a coordinate: margin of a bounding box
_EMPTY = (np.nan, np.nan, np.nan, np.nan)
_EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)


class _PixelShape(ABC):
    """Pixels of a shape, computed within its bounding box only."""

    @property
    @abstractmethod
    def _bounds(self) -> Box:
        """Bounding box, in pixels; NaN if the shape is empty."""

    @abstractmethod
    def _within(self, rows: slice, cols: slice) -> BoolArray:
        """Return the mask of a window of pixels, shape (rows, cols) of the window."""

    def crop(self, image_shape: ImageShape) -> MaskCrop | None:
        """Return the pixels of an image that are inside; None if there are none."""
        rows, cols = self._window(image_shape)
        inside = np.empty((rows.stop - rows.start, cols.stop - cols.start), dtype=np.bool_)
        for row, part in self._strips(rows, cols):
            inside[row - rows.start : row - rows.start + len(part)] = part
        return crop_mask(inside, rows.start, cols.start)

    def overlaps(self, image_shape: ImageShape) -> bool:
        """Return whether any pixel of an image is inside."""
        rows, cols = self._window(image_shape)
        if rows.start >= rows.stop or cols.start >= cols.stop:
            return False
        # Nearly every shape covers its middle row: the window's thread waits for one row only.
        middle = (rows.start + rows.stop) // 2
        if self._within(slice(middle, middle + 1), cols).any():
            return True
        return any(part.any() for _, part in self._strips(rows, cols))

    def contains(self, row: int, col: int) -> bool:
        """Return whether a pixel is inside."""
        return bool(self._within(slice(row, row + 1), slice(col, col + 1))[0, 0])

    def _window(self, image_shape: ImageShape) -> tuple[slice, slice]:
        left, top, right, bottom = self._bounds
        return _clipped(top, bottom, image_shape[0]), _clipped(left, right, image_shape[1])

    def _strips(self, rows: slice, cols: slice) -> Iterator[tuple[int, BoolArray]]:
        """Yield first row and mask of parts of a window: temporary arrays stay small."""
        width = cols.stop - cols.start
        height = max(1, _STRIP_PIXELS // max(width, 1))
        for row in range(rows.start, rows.stop if width else rows.start, height):
            yield row, self._within(slice(row, min(row + height, rows.stop)), cols)


@dataclass(frozen=True)
class Rectangle(_PixelShape):
    """An upright rectangle, between two corners (col, row)."""

    low: Point2
    high: Point2

    @property
    def _bounds(self) -> Box:
        (left, right), (top, bottom) = map(sorted, zip(self.low, self.high, strict=True))
        return left, top, right, bottom

    def _within(self, rows: slice, cols: slice) -> BoolArray:
        inside_cols = _between(_centres(cols), self.low[0], self.high[0])
        inside_rows = _between(_centres(rows), self.low[1], self.high[1])
        return np.asarray(inside_rows[:, None] & inside_cols)


@dataclass(frozen=True)
class Ellipse(_PixelShape):
    """An ellipse.

    Attributes
    ----------
    center : tuple of float
        (col, row).
    radii : tuple of float
        Half axes in pixels, along the columns and along the rows before rotation.
    angle_deg : float
        Rotation, clockwise on the screen.
    """

    center: Point2
    radii: Point2
    angle_deg: float = 0.0

    @property
    def _bounds(self) -> Box:
        with np.errstate(invalid="ignore", over="ignore"):
            cos, sin = np.cos(np.radians(self.angle_deg)), np.sin(np.radians(self.angle_deg))
            wide = np.hypot(self.radii[0] * cos, self.radii[1] * sin)
            high = np.hypot(self.radii[0] * sin, self.radii[1] * cos)
        wide, high = (float(np.nan_to_num(half, nan=np.inf)) for half in (wide, high))
        (col, row) = self.center
        if max(abs(col), abs(row), wide, high) > _LARGEST:  # differences lose all digits
            return _EVERYWHERE
        return col - wide, row - high, col + wide, row + high

    def _within(self, rows: slice, cols: slice) -> BoolArray:
        with np.errstate(invalid="ignore", over="ignore"):
            right = _centres(cols)[None, :] - self.center[0]
            down = _centres(rows)[:, None] - self.center[1]
            turn = np.radians(self.angle_deg)
            along = right * np.cos(turn) + down * np.sin(turn)
            across = down * np.cos(turn) - right * np.sin(turn)
            first, second = (max(abs(radius), 1e-9) for radius in self.radii)
            return np.asarray((along / first) ** 2 + (across / second) ** 2 < 1)


@dataclass(frozen=True)
class Polygon(_PixelShape):
    """A polygon, or a line drawn freehand, with holes.

    Attributes
    ----------
    rings : tuple of Ring
        The outer line first, then the holes; a pixel is inside if an odd number contains it. Rings
        with a coordinate that is not finite are left out.
    """

    rings: tuple[Ring, ...]

    @cached_property
    def _corners(self) -> list[DoubleArray]:
        rings = [np.array(ring, dtype=np.float64).reshape(-1, 2) for ring in self.rings]
        return [ring for ring in rings if ring.size and np.isfinite(ring).all()]

    @property
    def _bounds(self) -> Box:
        if not self._corners:
            return _EMPTY
        points = np.concatenate(self._corners)
        if np.abs(points).max() > _LARGEST:  # products of coordinates may overflow
            return _EVERYWHERE
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return left, top, right, bottom

    def _within(self, rows: slice, cols: slice) -> BoolArray:
        shape = rows.stop - rows.start, cols.stop - cols.start + 1
        crossings = np.zeros(shape, dtype=np.uint8)
        for ring in self._corners:
            _count_crossings(crossings, ring, rows, cols)
        crossings &= 1
        return np.bitwise_xor.accumulate(crossings, axis=1)[:, :-1].view(np.bool_)


@dataclass(frozen=True)
class PointMark(_PixelShape):
    """A single pixel, with any point in it."""

    at: Point2

    @property
    def _bounds(self) -> Box:
        col, row = np.floor(self.at).tolist()
        return col, row, col + 1, row + 1

    def _within(self, rows: slice, cols: slice) -> BoolArray:
        col, row = np.floor(self.at)
        own_rows = np.arange(rows.start, rows.stop) == row
        return np.asarray(own_rows[:, None] & (np.arange(cols.start, cols.stop) == col))


@dataclass(frozen=True)
class MaskShape(_PixelShape):
    """Pixels that were painted, or selected by their values.

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
    def inside(self) -> BoolArray:
        """Mask of the rectangle."""
        packed = np.frombuffer(self.bits, dtype=np.uint8)
        flat = np.unpackbits(packed, count=self.shape[0] * self.shape[1])
        return flat.reshape(self.shape).view(np.bool_)

    @property
    def _bounds(self) -> Box:
        return self.col, self.row, self.col + self.shape[1], self.row + self.shape[0]

    def _within(self, rows: slice, cols: slice) -> BoolArray:
        return MaskCrop(self.row, self.col, self.inside).within(rows, cols)


Shape = Rectangle | Ellipse | Polygon | PointMark | MaskShape


def mask_shape(crop: MaskCrop | None) -> MaskShape | None:
    """Return the shape of any pixels; None if there are none."""
    if crop is None:
        return None
    rows, cols = crop.inside.shape
    return MaskShape(crop.row, crop.col, (rows, cols), np.packbits(crop.inside.ravel()).tobytes())


def moved(shape: Shape, cols: float, rows: float) -> Shape:
    """Return a shape shifted; painted pixels move by whole pixels."""
    match shape:
        case Rectangle(low, high):
            return Rectangle(_shift(low, cols, rows), _shift(high, cols, rows))
        case Ellipse(center, radii, angle_deg):
            return Ellipse(_shift(center, cols, rows), radii, angle_deg)
        case Polygon(rings):
            return Polygon(tuple(tuple(_shift(p, cols, rows) for p in ring) for ring in rings))
        case PointMark(at):
            return PointMark(_shift(at, cols, rows))
        case MaskShape(row, col, size, bits):
            return MaskShape(row + round(rows), col + round(cols), size, bits)


def contours_of(outline: Shape, steps: int = 64) -> tuple[Ring, ...]:
    """Return closed lines around a shape, for drawing and for files that store polygons only.

    Parameters
    ----------
    steps : int
        Number of corners of an ellipse.
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
            return _mask_rings(outline)


def _shift(point: Point2, cols: float, rows: float) -> Point2:
    return point[0] + cols, point[1] + rows


def _clipped(low: float, high: float, count: int) -> slice:
    """Return pixels that contain a span of an axis, with a margin for rounding."""
    if np.isnan(low) or np.isnan(high):
        return slice(0, 0)
    low, high = np.clip((low, high), -_LARGEST, _LARGEST)
    margin = 1 + _ROUNDING * max(abs(low), abs(high))
    first, last = int(np.clip(low - margin, 0, count)), int(np.clip(high + margin, 0, count))
    return slice(first, max(first, last))


def _centres(pixels: slice) -> DoubleArray:
    return np.arange(pixels.start, pixels.stop, dtype=np.float64) + 0.5


def _between(centres: DoubleArray, start: float, end: float) -> BoolArray:
    return np.asarray((min(start, end) <= centres) & (centres < max(start, end)))


def _count_crossings(counts: ByteArray, ring: DoubleArray, rows: slice, cols: slice) -> None:
    """Add, for each edge and row of pixels, 1 at the first pixel whose centre is beyond it.

    Parameters
    ----------
    counts : ByteArray, shape (rows, cols + 1)
    ring : DoubleArray, shape (n, 2)
    rows, cols : slice
        Window of pixels.
    """
    ends = np.roll(ring, -1, axis=0)
    # From top to bottom, so that shapes with a common edge round it equally.
    upward = (ring[:, 1] > ends[:, 1])[:, None]
    (x0, y0), (x1, y1) = np.where(upward, ends, ring).T, np.where(upward, ring, ends).T
    first, last = (
        np.clip(np.ceil(y - 0.5), rows.start, rows.stop).astype(np.intp) for y in (y0, y1)
    )
    crossed = last - first
    edge = np.repeat(np.arange(len(ring)), crossed)
    row = np.arange(edge.size) + np.repeat(first - np.cumsum(crossed) + crossed, crossed)
    with np.errstate(invalid="ignore", over="ignore"):
        slopes = (row + 0.5 - y0[edge]) * (x1 - x0)[edge] / (y1 - y0)[edge]
        col = np.searchsorted(_centres(cols), x0[edge] + slopes)
    np.add.at(counts, (row - rows.start, col), np.uint8(1))


def _ellipse_ring(ellipse: Ellipse, steps: int) -> Ring:
    around = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    turn = np.radians(ellipse.angle_deg)
    along, across = ellipse.radii[0] * np.cos(around), ellipse.radii[1] * np.sin(around)
    cols = ellipse.center[0] + along * np.cos(turn) - across * np.sin(turn)
    rows = ellipse.center[1] + along * np.sin(turn) + across * np.cos(turn)
    return tuple(zip(cols.tolist(), rows.tolist(), strict=True))


def _mask_rings(outline: MaskShape) -> tuple[Ring, ...]:
    """Return lines along the edges of painted pixels."""
    corners, ends = pixel_contours(outline.inside)
    shifted = np.add(corners, (outline.col, outline.row), dtype=np.float64).tolist()
    points = [(col, row) for col, row in shifted]
    starts = (0, *ends.tolist())
    return tuple(tuple(points[a:b]) for a, b in pairwise(starts))
