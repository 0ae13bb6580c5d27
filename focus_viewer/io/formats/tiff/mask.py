"""Mask of pixels without data inside a TIFF file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import IntArray
from focus_viewer.io.formats.tiff.geotiff_open import open_raster, raster_errors


@dataclass(frozen=True, eq=False)
class MaskPlane:
    """One plane that is 0 where there is no data."""

    path: Path

    def read(self, rows: slice, cols: slice, planes: IntArray) -> NDArray[Any]:
        """Return the mask, shape (rows, cols, 1), for any planes.

        Raises
        ------
        CubeError
            If it cannot be unpacked.
        """
        if rows.stop <= rows.start or cols.stop <= cols.start:
            return np.empty((0, 0, 1), np.uint8)
        window = ((rows.start, rows.stop), (cols.start, cols.stop))
        with raster_errors(self.path), open_raster(self.path) as dataset:
            mask: NDArray[Any] = dataset.read_masks(1, window=window)
        return mask[:: rows.step, :: cols.step, np.newaxis]
