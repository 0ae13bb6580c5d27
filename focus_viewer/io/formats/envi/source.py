"""Pixels of an ENVI data file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.io.formats.envi.layout import Layout, check_size
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.storage.raw_array import RawArray


@dataclass(frozen=True, eq=False)
class EnviSource:
    """Source that reads from a data file no more than is needed.

    Attributes
    ----------
    path : Path
        The data file, absolute.
    order : IntArray, shape (bands,), or None
        The file's band at each place of the cube; None where the file's order is kept.
    raw : RawArray
        Those of the file.
    is_gzip : bool
        Whether the file is compressed, so that its size cannot be checked.
    """

    path: Path
    layout: Layout
    calibration: Calibration
    order: IntArray | None
    raw: RawArray
    is_gzip: bool = False

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
            If the file is missing, was cut short since it was opened, or cannot be read.
        """
        # A map that reaches past the end of its file kills the process when it is read there.
        if not self.is_gzip:
            check_size(self.layout, self.path)
        in_file = bands if self.order is None else self.order[bands]
        return self.calibration.decode(self.raw.read(rows, cols, in_file), in_file)
