"""Pixels of an image, stored as a mask of the smallest rectangle around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import BoolArray


@dataclass(frozen=True, eq=False)
class MaskCrop:
    """Pixels of an image, at least one.

    Attributes
    ----------
    row, col : int
        Upper left pixel of the smallest rectangle around them.
    inside : BoolArray, shape (rows, cols)
        Mask of the rectangle, with a pixel in each outermost row and column; never written to.
    """

    row: int
    col: int
    inside: BoolArray

    @property
    def rows(self) -> slice:
        """Image rows of the rectangle."""
        return slice(self.row, self.row + self.inside.shape[0])

    @property
    def cols(self) -> slice:
        """Image columns of the rectangle."""
        return slice(self.col, self.col + self.inside.shape[1])

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return int(np.count_nonzero(self.inside))

    def within(self, rows: slice, cols: slice) -> BoolArray:
        """Return the mask of a window of the image, shape (rows, cols) of the window."""
        mask = np.zeros((rows.stop - rows.start, cols.stop - cols.start), dtype=np.bool_)
        top, bottom = max(rows.start, self.row), min(rows.stop, self.rows.stop)
        left, right = max(cols.start, self.col), min(cols.stop, self.cols.stop)
        if top < bottom and left < right:
            part = self.inside[top - self.row : bottom - self.row, left - self.col :]
            target = mask[top - rows.start : bottom - rows.start, left - cols.start :]
            target[:, : right - left] = part[:, : right - left]
        return mask

    def between(self, first: int, last: int) -> MaskCrop | None:
        """Return the part in image rows first <= row < last, or None if it is empty."""
        low, high = max(first, self.rows.start), min(last, self.rows.stop)
        if low >= high:
            return None
        return crop_mask(self.inside[low - self.row : high - self.row], low, self.col)

    def check_fits(self, image_shape: tuple[int, ...]) -> None:
        """Raise ValueError if a pixel is outside of an image of this shape."""
        low, high = (self.row, self.col), (self.rows.stop, self.cols.stop)
        if min(low) < 0 or high[0] > image_shape[0] or high[1] > image_shape[1]:
            raise ValueError(f"pixels from {low} to {high} do not fit the image {image_shape}")


def crop_mask(mask: BoolArray, row: int = 0, col: int = 0) -> MaskCrop | None:
    """Crop a mask to its pixels; None if it is empty.

    Parameters
    ----------
    mask : BoolArray, shape (rows, cols)
        Not written to afterwards.
    row, col : int
        Position of its upper left pixel in the image.
    """
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    inside = mask[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    if 2 * inside.size < mask.size:  # a view would keep the whole mask in memory
        inside = inside.copy()
    return MaskCrop(row + int(rows[0]), col + int(cols[0]), inside)


def union(crops: Iterable[MaskCrop | None]) -> MaskCrop | None:
    """Return the pixels of all crops together; None if there are none."""
    parts = [crop for crop in crops if crop is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    rows = slice(min(part.row for part in parts), max(part.rows.stop for part in parts))
    cols = slice(min(part.col for part in parts), max(part.cols.stop for part in parts))
    inside = parts[0].within(rows, cols)
    for part in parts[1:]:
        top, left = part.row - rows.start, part.col - cols.start
        height, width = part.inside.shape
        inside[top : top + height, left : left + width] |= part.inside
    return MaskCrop(rows.start, cols.start, inside)
