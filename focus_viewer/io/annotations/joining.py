"""Single shapes for regions that files describe in several parts, as lines or as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask, union
from focus_viewer.core.regions.shapes import (
    MaskShape,
    PointMark,
    Polygon,
    Shape,
    contours_of,
    mask_shape,
)
from focus_viewer.core.typing import DoubleArray, ImageShape, IntArray, Point2

_MAX_STEPS = 1_000_000


def mask_shape_at(rows: IntArray, cols: IntArray) -> MaskShape | None:
    """Return the shape of single pixels, shape (n,) each; None if there are none."""
    return mask_shape(_crop_at(rows, cols))


def joined(shapes: Sequence[Shape], image_shape: ImageShape) -> Shape:
    """Join at least one shape: a polygon of polygons that do not overlap, else their pixels."""
    if len(shapes) == 1:
        return shapes[0]
    points = [shape.at for shape in shapes if isinstance(shape, PointMark)]
    areas = [shape.crop(image_shape) for shape in shapes if not isinstance(shape, PointMark)]
    pixels = union([*areas, _crop_of_points(np.array(points).reshape(-1, 2), image_shape)])
    rings = Polygon(tuple(ring for shape in shapes for ring in contours_of(shape)))
    apart = sum(area.pixels for area in areas if area) == (pixels.pixels if pixels else 0)
    if apart and all(isinstance(shape, Polygon) for shape in shapes):
        return rings
    return mask_shape(pixels) or rings


def pixels_along(line: Sequence[Point2], image_shape: ImageShape) -> Shape:
    """Return the pixels of an image that a line passes; its first point if there are none."""
    crops = []
    for start, end in pairwise(line):
        longest = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
        steps = min(int(longest * 4) + 2, _MAX_STEPS)
        crops.append(_crop_of_points(np.linspace(start, end, steps), image_shape))
    return mask_shape(union(crops)) or PointMark(line[0])


def _crop_of_points(points: DoubleArray, image_shape: ImageShape) -> MaskCrop | None:
    """Return the pixels of an image that contain points (col, row), shape (n, 2)."""
    cols, rows = np.floor(points).T
    within = (rows >= 0) & (rows < image_shape[0]) & (cols >= 0) & (cols < image_shape[1])
    return _crop_at(rows[within].astype(np.intp), cols[within].astype(np.intp))


def _crop_at(rows: IntArray, cols: IntArray) -> MaskCrop | None:
    if not rows.size:
        return None
    top, left = int(rows.min()), int(cols.min())
    inside = np.zeros((int(rows.max()) - top + 1, int(cols.max()) - left + 1), dtype=np.bool_)
    inside[rows - top, cols - left] = True
    return crop_mask(inside, top, left)
