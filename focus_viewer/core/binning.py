"""A cube seen coarsely, so that what is made of it is bounded in size."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace

import numpy as np

from focus_viewer.core.cube import Cube, PixelSource
from focus_viewer.core.typing import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class BinnedSource:
    """Means of squares of pixels, read a row of squares at a time.

    Attributes
    ----------
    source : PixelSource
    factor : int
        Height and width of a square; those at the lower and right edge may be cut short.
    """

    source: PixelSource
    factor: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        rows, cols, bands = self.source.shape
        return -(-rows // self.factor), -(-cols // self.factor), bands

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands); a square without any data is NaN."""
        height, width, _ = self.shape
        taken = [self._row(row, bands)[range(width)[cols]] for row in range(height)[rows]]
        return np.stack(taken)

    def _row(self, row: int, bands: slice | IntArray) -> FloatArray:
        """One row of squares, shape (cols, bands)."""
        top = row * self.factor
        block = self.source.read(slice(top, top + self.factor), slice(None), bands)
        missing = -block.shape[1] % self.factor
        block = np.pad(block, ((0, 0), (0, missing), (0, 0)), constant_values=np.nan)
        squares = block.reshape(len(block), -1, self.factor, block.shape[2])
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", RuntimeWarning
            )  # a mean of nothing is NaN, as it should
            return np.asarray(np.nanmean(squares, axis=(0, 2)), dtype=np.float32)


def binned(cube: Cube, most_pixels: int) -> Cube:
    """The cube itself if it is small enough, else means of the smallest squares that make it so.

    Parameters
    ----------
    cube : Cube
    most_pixels : int
    """
    factor = math.ceil(math.sqrt(cube.rows * cube.cols / most_pixels))
    if factor <= 1:
        return cube
    while math.prod(BinnedSource(cube.source, factor).shape[:2]) > most_pixels:
        factor += 1
    return replace(cube, source=BinnedSource(cube.source, factor))
