"""Stretches of rows of a cube, each a file in which its bands lie one after another.

A tile is written beside its place, brought to the disk and only then renamed: one that is there is
whole, whenever the program or the machine stopped.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.io.file_numbers import FileNumbers

_BAND_SEQUENTIAL = (2, 0, 1)
# Of one band a tile holds as much as a disk reads at a stroke, and of all bands no more than this.
_RUN_BYTES = 512 * 2**10
MOST_BYTES = 128 * 2**20


@dataclass(frozen=True)
class Tiles:
    """The tiles of one cube.

    Attributes
    ----------
    folder : Path
        Of this cube alone.
    shape : tuple of int
        (rows, cols, bands) of the cube.
    dtype : dtype
        Of a number, in the machine's byte order.
    """

    folder: Path
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]

    @property
    def rows_each(self) -> int:
        """Rows of a tile; the last may have fewer."""
        _, cols, bands = self.shape
        line_bytes = cols * self.dtype.itemsize
        return max(1, min(_RUN_BYTES // line_bytes, MOST_BYTES // (line_bytes * bands)))

    @property
    def count(self) -> int:
        """How many there are when all are there."""
        return -(-self.shape[0] // self.rows_each)

    @property
    def all_bytes(self) -> int:
        """What all of them take."""
        rows, cols, bands = self.shape
        return rows * cols * bands * self.dtype.itemsize

    def rows_of(self, tile: int) -> slice:
        """The cube's rows that a tile holds."""
        first = tile * self.rows_each
        return slice(first, min(first + self.rows_each, self.shape[0]))

    def numbers(self, tile: int) -> FileNumbers:
        """The numbers of a tile, its rows counted from 0."""
        rows = self.rows_of(tile)
        shape = (rows.stop - rows.start, *self.shape[1:])
        return FileNumbers(self._path(tile), shape, self.dtype, _BAND_SEQUENTIAL)

    def is_there(self, tile: int) -> bool:
        """Whether a tile is kept; one of another size is none of ours."""
        rows = self.rows_of(tile)
        expected = (rows.stop - rows.start) * self.all_bytes // self.shape[0]
        try:
            return bool(self._path(tile).stat().st_size == expected)
        except OSError:
            return False

    def missing(self) -> list[int]:
        """Tiles that are not there."""
        return [tile for tile in range(self.count) if not self.is_there(tile)]

    def write(self, tile: int, block: NDArray[Any]) -> None:
        """Keep a tile: all of it or nothing.

        Parameters
        ----------
        tile : int
        block : NDArray, shape (rows, cols, bands)
            Of its rows.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        place = self._path(tile)
        draft = place.with_suffix(f".{os.getpid()}.draft")
        try:
            with draft.open("wb") as file:
                planes = np.ascontiguousarray(block.transpose(_BAND_SEQUENTIAL), self.dtype)
                file.write(planes.data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)

    def note_use(self) -> None:
        """Let those go first that were not opened for longer."""
        with suppress(OSError):  # nothing is kept yet, or may be written
            os.utime(self.folder)

    def drop_drafts(self) -> None:
        """Remove what a program that was stopped has left."""
        for draft in self.folder.glob("*.draft"):
            draft.unlink(missing_ok=True)

    def _path(self, tile: int) -> Path:
        return self.folder / f"{tile:06}.bsq"
