"""Pixels of a TIFF file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import Axes
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray
from focus_viewer.io.formats.tiff.planes import CompressedPlanes, Planes
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.storage.files import size_bytes

PLAIN_AXES: Axes = ("bands", "rows", "cols")
_CUBE_AXES: Axes = ("rows", "cols", "bands")


@dataclass(frozen=True, eq=False)
class TiffSource:
    """Source that reads only the needed pieces of a file.

    Attributes
    ----------
    path : Path
        Absolute.
    file_bytes : int
        Its size when it was opened.
    planes : Planes
        The stored numbers.
    stored_shape : tuple of int
        (planes, rows of a plane, columns of a plane).
    order : IntArray, shape (bands,), or None
        The file's band at each place of the cube; None where the file's order is kept.
    axes : Axes
        What the axes of `stored_shape` are.
    ignored : DoubleArray, shape (bands,), or None
        In the file's order, where bands have different values for missing data; NaN for none.
    mask : Planes or None
        One plane that is 0 where there is no data.
    block_bytes : int
        Size of a strip or tile.
    """

    path: Path
    file_bytes: int
    planes: Planes
    stored_shape: tuple[int, int, int]
    stored_dtype: np.dtype[Any]
    calibration: Calibration
    order: IntArray | None = None
    axes: Axes = PLAIN_AXES
    ignored: DoubleArray | None = None
    mask: Planes | None = None
    block_bytes: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        rows, cols, bands = (self.stored_shape[self.axes.index(axis)] for axis in _CUBE_AXES)
        return rows, cols, bands

    @property
    def bands(self) -> int:
        """Number of bands."""
        return self.shape[2]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a stored number."""
        return self.stored_dtype

    @property
    def packed_bytes(self) -> int:
        """Size of what must be decompressed for a pixel; 0 for uncompressed planes."""
        return self.block_bytes if isinstance(self.planes, CompressedPlanes) else 0

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands), in the cube's units."""
        self._check_size()
        parts = zip(self.shape, (rows, cols, bands), strict=True)
        wanted = [np.arange(size)[part] for size, part in parts]
        in_file = wanted[2] if self.order is None else self.order[wanted[2]]
        stored = self._stored(wanted[0], wanted[1], in_file)
        values = self.calibration.decode(stored, in_file)
        if self.ignored is not None:
            values[stored == self.ignored[in_file]] = np.nan
        if self.mask is not None:
            seen = _read(self.mask, np.zeros(1, np.intp), wanted[0], wanted[1])[0]
            values[seen == 0] = np.nan
        return values

    def _stored(self, rows: IntArray, cols: IntArray, bands: IntArray) -> NDArray[Any]:
        selection = dict(zip(_CUBE_AXES, (rows, cols, bands), strict=True))
        values = _read(self.planes, *(selection[axis] for axis in self.axes))
        return np.transpose(values, [self.axes.index(axis) for axis in _CUBE_AXES])

    def _check_size(self) -> None:
        # A map that reaches past the end of its file kills the process when it is read there.
        file_bytes = size_bytes(self.path)
        if file_bytes != self.file_bytes:
            raise CubeError(
                f"{self.path} has changed since it was opened: it had {self.file_bytes:,} bytes, "
                f"found {file_bytes:,}. Open it again, or copy it again if it was cut short."
            )


def _read(source: Planes, planes: IntArray, rows: IntArray, cols: IntArray) -> NDArray[Any]:
    """Return values of shape (planes, rows, cols) for any rows and columns, by one window."""
    row_window, row_places = _window(rows)
    col_window, col_places = _window(cols)
    values = source.read(row_window, col_window, planes)
    if row_places is not None:
        values = values[row_places]
    if col_places is not None:
        values = values[:, col_places]
    return np.moveaxis(values, -1, 0)


def _window(places: IntArray) -> tuple[slice, IntArray | None]:
    """Return a slice that covers all positions, and the positions within it unless it fits."""
    if places.size == 0:
        return slice(0, 0, 1), None
    steps = np.unique(np.diff(places))
    if steps.size <= 1 and (steps > 0).all():
        return slice(int(places[0]), int(places[-1]) + 1, int(steps.sum()) or 1), None
    first = int(places.min())
    return slice(first, int(places.max()) + 1, 1), places - first
