"""Background of a cube: pixels where nothing was measured, known by their value in all bands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from focus_viewer.core.cubes.cube import Cube, PixelSource
from focus_viewer.core.preprocessing.spatial_binning import parts
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray


def without_background(cube: Cube, value: float | None) -> Cube:
    """Return a cube without data where all bands have this value, in the cube's units."""
    return cube if value is None else replace(cube, source=_Measured(cube.source, value))


@dataclass(frozen=True, eq=False)
class _Measured:
    """Pixels of a source, NaN in the background; which that is, is found at the first read."""

    source: PixelSource
    value: float

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.source.shape

    @cached_property
    def background(self) -> BoolArray:
        """Pixels of the background, shape (rows, cols)."""
        rows, cols, bands = self.shape
        found = np.zeros((rows, cols), dtype=np.bool_)
        for down, across in parts(rows, cols, bands):
            block = self.source.read(down, across, slice(None))
            found[down, across] = ((block == self.value) | np.isnan(block)).all(axis=2)
        return found

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        block = self.source.read(rows, cols, bands)
        block[self.background[rows, cols]] = np.nan
        return block
