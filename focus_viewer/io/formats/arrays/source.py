"""Pixels of an array of any order of axes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import Axes
from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.io.formats.arrays.stored_array import StoredArray
from focus_viewer.io.metadata.scaling import Calibration

_IMAGE: Axes = ("rows", "cols", "bands")

Limits = tuple[np.generic | None, np.generic | None]
"""Least and largest valid stored number; None where there is no limit."""


@dataclass(frozen=True, eq=False)
class StoredSource:
    """Source that reads blocks of a stored array, and no more than is needed.

    Attributes
    ----------
    stored : StoredArray
        Of three axes.
    axes : Axes
        What they are.
    missing : tuple of number
        Stored numbers that stand for no data, beside the calibration's.
    order : IntArray, shape (bands,), or None
        The array's band at each place of the cube; None where the array's order is kept.
    valid : Limits
        Stored numbers outside stand for no data.
    """

    stored: StoredArray
    axes: Axes
    calibration: Calibration
    missing: tuple[np.generic, ...] = ()
    order: IntArray | None = None
    valid: Limits = (None, None)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        rows, cols, bands = (self.stored.shape[self.axes.index(axis)] for axis in _IMAGE)
        return rows, cols, bands if self.order is None else self.order.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a stored number."""
        return self.stored.dtype

    @property
    def packed_bytes(self) -> int:
        """Size of a compressed chunk; 0 for uncompressed values."""
        return self.stored.chunk_bytes

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands), in the cube's units."""
        count = self.stored.shape[self.axes.index("bands")]
        places = np.arange(count) if self.order is None else self.order
        in_file = np.atleast_1d(places[bands]).astype(np.intp)
        stored = self._block(rows, cols, in_file)
        values = self.calibration.decode(stored, in_file)
        for number in self.missing:
            values[stored == number] = np.nan
        low, high = self.valid
        if low is not None:
            values[stored < low] = np.nan
        if high is not None:
            values[stored > high] = np.nan
        return values

    def _block(self, rows: slice, cols: slice, in_file: IntArray) -> NDArray[Any]:
        """Read stored values, shape (rows, cols, bands); each band once, in stored order."""
        row_count, col_count, _ = self.shape
        down, flip_down = _forward(rows, row_count)
        across, flip_across = _forward(cols, col_count)
        wanted, position = np.unique(in_file, return_inverse=True)
        parts = [self._read(down, across, run) for run in _runs(wanted)]
        if not parts:
            parts = [self._read(down, across, slice(0, 0))]
        block = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)
        if wanted.size and block.shape[2] != wanted.size:
            block = block[:, :, wanted - wanted[0]]
        if not np.array_equal(position, np.arange(position.size)):
            block = block[:, :, position]
        return block[:: -1 if flip_down else 1, :: -1 if flip_across else 1]

    def _read(self, rows: slice, cols: slice, bands: slice) -> NDArray[Any]:
        where = {"rows": rows, "cols": cols, "bands": bands}
        block = self.stored.read(tuple(where[axis] for axis in self.axes))
        return block.transpose([self.axes.index(axis) for axis in _IMAGE])


def _forward(part: slice, side: int) -> tuple[slice, bool]:
    """Return the same positions in ascending order, and whether they were descending."""
    span = range(side)[part]
    if span.step > 0:
        return slice(span.start, max(span.start, span.stop), span.step), False
    span = span[::-1]
    return slice(span.start, max(span.start, span.stop), span.step), True


def _runs(wanted: IntArray) -> Iterator[slice]:
    """Return slices that cover sorted bands: a single one where most bands between are wanted."""
    if wanted.size == 0:
        return
    first, last = int(wanted[0]), int(wanted[-1])
    if last - first < 2 * wanted.size:
        yield slice(first, last + 1)
        return
    for run in cast("list[IntArray]", np.split(wanted, np.flatnonzero(np.diff(wanted) > 1) + 1)):
        yield slice(int(run[0]), int(run[-1]) + 1)
