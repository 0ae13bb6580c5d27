"""Whole-image masks of shapes, computed for every pixel of the image: the reference for crops."""

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
from focus_viewer.core.typing import BoolArray, DoubleArray, Point2


def whole_mask(shape: Shape, image_shape: tuple[int, int]) -> BoolArray:
    """Return the mask of a shape, shape (rows, cols) of the image."""
    with np.errstate(all="ignore"):
        match shape:
            case Rectangle(low, high):
                return rectangle(low, high, image_shape)
            case Ellipse():
                return ellipse(shape, image_shape)
            case Polygon(rings):
                inside = np.zeros(image_shape, dtype=np.bool_)
                for ring in rings:
                    inside ^= odd_crossings(np.array(ring, dtype=np.float64), image_shape)
                return inside
            case PointMark(at):
                return point(at, image_shape)
            case MaskShape():
                return painted(shape, image_shape)


def rectangle(low: Point2, high: Point2, image_shape: tuple[int, int]) -> BoolArray:
    rows, cols = image_shape
    inside_cols = between(middles_of(cols), low[0], high[0])
    inside_rows = between(middles_of(rows), low[1], high[1])
    return np.asarray(inside_rows[:, None] & inside_cols)


def ellipse(shape: Ellipse, image_shape: tuple[int, int]) -> BoolArray:
    rows, cols = image_shape
    right = middles_of(cols)[None, :] - shape.center[0]
    down = middles_of(rows)[:, None] - shape.center[1]
    turn = np.radians(shape.angle_deg)
    along = right * np.cos(turn) + down * np.sin(turn)
    across = down * np.cos(turn) - right * np.sin(turn)
    first, second = (max(abs(radius), 1e-9) for radius in shape.radii)
    return np.asarray((along / first) ** 2 + (across / second) ** 2 < 1)


def point(at: Point2, image_shape: tuple[int, int]) -> BoolArray:
    inside = np.zeros(image_shape, dtype=np.bool_)
    if np.isfinite(at).all():
        row, col = int(np.floor(at[1])), int(np.floor(at[0]))
        if 0 <= row < image_shape[0] and 0 <= col < image_shape[1]:
            inside[row, col] = True
    return inside


def painted(shape: MaskShape, image_shape: tuple[int, int]) -> BoolArray:
    inside = np.zeros(image_shape, dtype=np.bool_)
    rows, cols = shape.shape
    below, right = max(shape.row + rows, 0), max(shape.col + cols, 0)
    part = inside[max(shape.row, 0) : below, max(shape.col, 0) : right]
    above, left = max(-shape.row, 0), max(-shape.col, 0)
    flat = np.unpackbits(np.frombuffer(shape.bits, dtype=np.uint8))[: rows * cols]
    own = flat.reshape(rows, cols).astype(np.bool_)
    part[...] = own[above : above + part.shape[0], left : left + part.shape[1]]
    return inside


def middles_of(count: int) -> DoubleArray:
    return np.arange(count, dtype=np.float64) + 0.5


def between(middles: DoubleArray, start: float, end: float) -> BoolArray:
    return np.asarray((min(start, end) <= middles) & (middles < max(start, end)))


def odd_crossings(ring: DoubleArray, image_shape: tuple[int, int]) -> BoolArray:
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
        inside[first:last] ^= middles_of(cols) >= crossing[:, None]
    return inside
