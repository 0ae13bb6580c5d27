"""Pixels of an ENVI data file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.io.formats.envi.layout import Layout, check_size
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.storage.raw_array import Numbers


@dataclass(frozen=True, eq=False)
class EnviSource:
    """Reads a data file, so that only what is asked for is touched.

    Attributes
    ----------
    path : Path
        The data file, absolute.
    layout : Layout
    calibration : Calibration
    order : IntArray, shape (bands,), or None
        The file's band at each place of the cube; None where the file's order is kept.
    numbers : Numbers
        Those of the file.
    is_packed : bool
        Whether the file is compressed, so that its size tells nothing.
    """

    path: Path
    layout: Layout
    calibration: Calibration
    order: IntArray | None
    numbers: Numbers
    is_packed: bool = False

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a stored number."""
        return self.layout.dtype

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.layout.rows, self.layout.cols, self.layout.bands

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands), in the cube's units.

        Raises
        ------
        CubeError
            If the file is gone, was cut short since it was opened, or may not be read.
        """
        # A map that reaches past the end of its file kills the process when it is read there.
        if not self.is_packed:
            check_size(self.layout, self.path)
        in_file = bands if self.order is None else self.order[bands]
        return self.calibration.decode(self.numbers.read(rows, cols, in_file), in_file)
