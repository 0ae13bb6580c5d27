"""A mask cut down to the smallest rectangle around its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import BoolArray


@dataclass(frozen=True, eq=False)
class MaskCrop:
    """Pixels of an image, held in the smallest rectangle around them.

    Attributes
    ----------
    row, col : int
        Upper left pixel of the rectangle.
    inside : BoolArray, shape (rows, cols)
        At least one pixel in each outermost row and column.
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

    def between(self, first: int, last: int) -> MaskCrop | None:
        """The part in image rows first <= row < last, or None if there is none."""
        low, high = max(first, self.rows.start), min(last, self.rows.stop)
        if low >= high:
            return None
        return crop_mask(self.inside[low - self.row : high - self.row], low, self.col)


def crop_mask(mask: BoolArray, row: int = 0, col: int = 0) -> MaskCrop | None:
    """Cut a mask down; None if it is empty.

    Parameters
    ----------
    mask : BoolArray, shape (rows, cols)
    row, col : int
        Where its upper left pixel lies in the image.
    """
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    inside = mask[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1].copy()
    return MaskCrop(row + int(rows[0]), col + int(cols[0]), inside)
