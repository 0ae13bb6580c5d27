"""Pixels under a brush stroke, in a window of the image that grows with it."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.typing import BoolArray, DoubleArray, ImageShape, Point2

_RADIUS_PX = 3.0  # of the image
_MARGIN_PX = 128  # of the window, so that it grows seldom


class BrushStroke:
    """Pixels that are painted or erased along lines, after those that are painted already."""

    def __init__(self, image_shape: ImageShape, before: MaskCrop | None = None) -> None:
        self._image_shape = image_shape
        self._row, self._col = (before.row, before.col) if before else (0, 0)
        self._inside = before.inside.copy() if before else np.zeros((0, 0), dtype=np.bool_)

    @property
    def window(self) -> MaskCrop:
        """Painted pixels, not cropped to the smallest rectangle; valid until the next line."""
        return MaskCrop(self._row, self._col, self._inside)

    def pixels(self) -> MaskCrop | None:
        """Return the painted pixels; None if there are none."""
        return crop_mask(self._inside, self._row, self._col)

    def draw(self, line: list[Point2], erase: bool) -> None:
        """Paint or erase pixels whose centre is within the brush's radius of a line (col, row)."""
        start, end = np.array(line[0]), np.array(line[-1])
        high = np.clip(np.maximum(start, end) + _RADIUS_PX, 0, self._image_shape[::-1])
        low = np.clip(np.minimum(start, end) - _RADIUS_PX, 0, high)
        left, top = np.floor(low).astype(int).tolist()
        right, bottom = np.ceil(high).astype(int).tolist()
        if right <= left or bottom <= top:
            return
        rows, cols = slice(top, bottom), slice(left, right)
        self._grow(rows, cols)
        part = self._inside[
            top - self._row : bottom - self._row, left - self._col : right - self._col
        ]
        near = _near_line(start, end, rows, cols)
        part[near] = not erase

    def _grow(self, rows: slice, cols: slice) -> None:
        """Make the window contain these pixels."""
        window = self.window
        if not window.inside.size:
            window = MaskCrop(rows.start, cols.start, np.zeros((1, 1), dtype=np.bool_))
        grown = tuple(
            slice(
                before.start if before.start <= new.start else max(new.start - _MARGIN_PX, 0),
                before.stop if before.stop >= new.stop else min(new.stop + _MARGIN_PX, count),
            )
            for before, new, count in zip(
                (window.rows, window.cols), (rows, cols), self._image_shape, strict=True
            )
        )
        if grown != (self.window.rows, self.window.cols):
            self._inside = window.within(*grown)
            self._row, self._col = grown[0].start, grown[1].start


def _near_line(start: DoubleArray, end: DoubleArray, rows: slice, cols: slice) -> BoolArray:
    row, col = np.mgrid[rows, cols] + 0.5
    way = end - start
    length = float(way @ way) or 1.0
    share = np.clip(((col - start[0]) * way[0] + (row - start[1]) * way[1]) / length, 0, 1)
    away = np.hypot(col - start[0] - share * way[0], row - start[1] - share * way[1])
    return np.asarray(away <= _RADIUS_PX)
