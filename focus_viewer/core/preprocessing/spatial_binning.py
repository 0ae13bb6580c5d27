"""Spatial binning, and reading in parts that bound the memory for cubes of any size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube, PixelSource
from focus_viewer.core.preprocessing.smoothing import BinnedBandsSource
from focus_viewer.core.typing import FloatArray, IntArray

# 32 MB of float32. Enough that a part of a wide image still holds several lines of each band,
# which are adjacent in a BSQ file; little enough to be read in well under a second, also where
# the file holds 64 bits for each.
BLOCK_VALUES = 8_000_000


def parts(rows: int, cols: int, values: int) -> Iterator[tuple[slice, slice]]:
    """Cut an image into parts of a bounded size: whole rows, or pieces of a row that is too long.

    Each pixel is in one part. This bounds the memory for reading a cube of any size: no
    more than one part is read from a source at a time, `BLOCK_VALUES` values. With copies made of
    it on the way (stored numbers, their scaled copy, masks) that is 100 MB for a file of 16 bits,
    and 256 MB for one of 64.

    Parameters
    ----------
    values : int
        Numbers to be read for each pixel. A pixel with more of them than `BLOCK_VALUES` is a part
        of its own.

    Yields
    ------
    tuple of slice
        Rows and columns, in image order.
    """
    pixels = max(1, BLOCK_VALUES // max(1, values))
    width = min(max(1, cols), pixels)
    height = pixels // width  # 1 where the pieces of a row are as long as a part
    for top in range(0, rows, height):
        for left in range(0, cols, width):
            yield slice(top, min(top + height, rows)), slice(left, min(left + width, cols))


def values_per_pixel(source: PixelSource, bands: int) -> int:
    """Return the number of values read for one pixel of a source at so many bands.

    More than there are bands, where pixels or bands are means of others.
    """
    if isinstance(source, BinnedSource):
        return source.factor**2 * values_per_pixel(source.source, bands)
    return bands * (source.bins.count if isinstance(source, BinnedBandsSource) else 1)


@dataclass(frozen=True, eq=False)
class BinnedSource:
    """Means of squares of pixels, read in parts of bounded size.

    Attributes
    ----------
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
        """Read a block of shape (rows, cols, bands); a square without any data is NaN.

        Beside the block, no more of the source is held than a part: see `parts`.
        """
        height, width, count = self.shape
        down, across = range(height)[rows], range(width)[cols]
        wanted = len(range(count)[bands]) if isinstance(bands, slice) else bands.size
        top, left = min(down, default=0), min(across, default=0)
        tall, wide = max(down, default=-1) + 1 - top, max(across, default=-1) + 1 - left
        means = np.empty((tall, wide, wanted), dtype=np.float32)
        for some, piece in parts(tall, wide, values_per_pixel(self, wanted)):
            block = self.source.read(
                self._beneath(some, top, 0), self._beneath(piece, left, 1), bands
            )
            means[some, piece] = _square_means(block, self.factor)
        return means[:: down.step, :: across.step]

    def _beneath(self, squares: slice, first: int, axis: int) -> slice:
        """Return the source's pixels beneath some squares, counted from the first one."""
        last = min((first + squares.stop) * self.factor, self.source.shape[axis])
        return slice((first + squares.start) * self.factor, last)


def _square_means(block: FloatArray, factor: int) -> FloatArray:
    """Return means of squares, shape (squares down, squares across, bands), ignoring NaN.

    Several times as fast as a mean that must look for NaN, where there is none.
    """
    if block.size == 0 or not np.isnan(block.min()):
        count = _square_sums(np.ones((*block.shape[:2], 1), dtype=np.bool_), factor)
        return _square_sums(block, factor) / count
    known = ~np.isnan(block)
    count = _square_sums(known, factor)
    total = _square_sums(np.where(known, block, np.float32(0)), factor)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _square_sums(values: NDArray[Any], factor: int) -> FloatArray:
    return _run_sums(_run_sums(values, factor, 0), factor, 1)


def _run_sums(values: NDArray[Any], factor: int, axis: int) -> FloatArray:
    """Return sums over runs of `factor` along an axis; the last run may be cut short."""
    lines = np.moveaxis(values, axis, 0)
    total = lines[::factor].astype(np.float32)
    for offset in range(1, factor):
        line = lines[offset::factor]
        total[: len(line)] += line
    return np.moveaxis(total, 0, axis)


def binned(cube: Cube, most_pixels: int) -> Cube:
    """Return the cube if it is small enough, else means of the smallest squares that fit."""
    factor = math.ceil(math.sqrt(cube.rows * cube.cols / most_pixels))
    if factor <= 1:
        return cube
    while math.prod(BinnedSource(cube.source, factor).shape[:2]) > most_pixels:
        factor += 1
    return replace(
        cube,
        source=BinnedSource(cube.source, factor),
        georeference=cube.georeference.binned(factor),
    )
