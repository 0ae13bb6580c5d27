"""Pixels and parts put together to one outline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from focus_viewer.core.regions.shapes import MaskShape, PointMark, Polygon, Shape, painted, rings_of
from focus_viewer.core.typing import BoolArray, IntArray, Point2

_MAX_STEPS = 1_000_000


def painted_at(rows: IntArray, cols: IntArray) -> MaskShape | None:
    """An outline of single pixels; None if there are none.

    Parameters
    ----------
    rows, cols : IntArray, shape (n,)
    """
    if not rows.size:
        return None
    top, left = int(rows.min()), int(cols.min())
    part = np.zeros((int(rows.max()) - top + 1, int(cols.max()) - left + 1), dtype=np.bool_)
    part[rows - top, cols - left] = True
    return MaskShape(top, left, (part.shape[0], part.shape[1]), np.packbits(part.ravel()).tobytes())


def joined(outlines: Sequence[Shape], image_shape: tuple[int, int]) -> Shape:
    """One outline of all parts: a polygon of polygons that do not overlap, else their pixels.

    Parameters
    ----------
    outlines : sequence of Outline
        At least one.
    image_shape : tuple of int
        (rows, cols).
    """
    if len(outlines) == 1:
        return outlines[0]
    together, overlap = _together(outlines, image_shape)
    rings = Polygon(tuple(ring for outline in outlines for ring in rings_of(outline)))
    if not overlap and all(isinstance(outline, Polygon) for outline in outlines):
        return rings
    return painted(together) or rings


def _together(outlines: Sequence[Shape], image_shape: tuple[int, int]) -> tuple[BoolArray, bool]:
    together = np.zeros(image_shape, dtype=np.bool_)
    overlap = False
    for outline in outlines:
        if isinstance(outline, PointMark):
            _mark(together, outline.at)
            continue
        mask = outline.mask(image_shape)
        overlap = overlap or bool(np.any(together & mask))
        together |= mask
    return together, overlap


def _mark(mask: BoolArray, at: Point2) -> None:
    row, col = int(np.floor(at[1])), int(np.floor(at[0]))
    if 0 <= row < mask.shape[0] and 0 <= col < mask.shape[1]:
        mask[row, col] = True


def pixels_along(line: Sequence[Point2], image_shape: tuple[int, int]) -> Shape:
    """The pixels of an image that a line passes; its first point if there are none.

    Parameters
    ----------
    line : sequence of Point2
        At least one point.
    image_shape : tuple of int
        (rows, cols).
    """
    mask = np.zeros(image_shape, dtype=np.bool_)
    for start, end in pairwise(line):
        longest = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
        steps = min(int(longest * 4) + 2, _MAX_STEPS)
        cols, rows = np.floor(np.linspace(start, end, steps)).T
        seen = (rows >= 0) & (rows < image_shape[0]) & (cols >= 0) & (cols < image_shape[1])
        mask[rows[seen].astype(np.intp), cols[seen].astype(np.intp)] = True
    return painted(mask) or PointMark(line[0])
