"""Band-sequential copy of a cube in a file, which is filled tile by tile of rows.

A stretch, a tile, is written to its places in every band and brought to the disk; only then a mark
is made that it is complete. If the program or the machine stops before, there is no mark.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.io.storage.raw_array import FileArray

_BAND_SEQUENTIAL = (2, 0, 1)
# Of one band a tile holds as much as a disk writes at a stroke, and of all bands no more than this.
_RUN_BYTES = 512 * 2**10
MOST_BYTES = 128 * 2**20
_MARK = ".there"


@dataclass(frozen=True)
class Tiles:
    """Tiles of one cube in the cache.

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
        """Number of tiles of the whole cube."""
        return -(-self.shape[0] // self.rows_each)

    @property
    def all_bytes(self) -> int:
        """Size of all tiles."""
        rows, cols, bands = self.shape
        return rows * cols * bands * self.dtype.itemsize

    @property
    def data_path(self) -> Path:
        """Path of the data file."""
        return self.folder / "bands.bsq"

    @property
    def raw(self) -> FileArray:
        """Values of all rows; only complete tiles are valid."""
        return FileArray(self.data_path, self.shape, self.dtype, _BAND_SEQUENTIAL)

    def rows_of(self, tile: int) -> slice:
        """Return the cube's rows of a tile."""
        first = tile * self.rows_each
        return slice(first, min(first + self.rows_each, self.shape[0]))

    def complete(self) -> set[int]:
        """Return the complete tiles: none if the data file is invalid."""
        try:
            if self.data_path.stat().st_size != self.all_bytes:
                return set()
            names = [path.name for path in self.folder.iterdir()]
        except OSError:
            return set()
        return {int(name.removesuffix(_MARK)) for name in names if name.endswith(_MARK)}

    def missing(self) -> list[int]:
        """Return the tiles that are not complete."""
        complete = self.complete()
        return [tile for tile in range(self.count) if tile not in complete]

    def begin(self) -> None:
        """Prepare for writing; an invalid file is emptied.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.data_path.is_file() and self.data_path.stat().st_size == self.all_bytes:
            return
        for mark in self.folder.glob(f"*{_MARK}"):
            mark.unlink(missing_ok=True)
        with self.data_path.open("wb") as file:
            file.truncate(self.all_bytes)

    def write(self, tile: int, block: NDArray[Any]) -> None:
        """Write a tile.

        Parameters
        ----------
        block : NDArray, shape (rows, cols, bands)
            Of its rows.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        planes = np.ascontiguousarray(block.transpose(_BAND_SEQUENTIAL), self.dtype)
        rows, cols, _ = self.shape
        first = self.rows_of(tile).start * cols
        with self.data_path.open("r+b", buffering=0) as file:
            for band, plane in enumerate(planes):
                file.seek((band * rows * cols + first) * self.dtype.itemsize)
                _write_all(file, plane)
            os.fsync(file.fileno())
        (self.folder / f"{tile:06}{_MARK}").touch()

    def note_use(self) -> None:
        """Record the time of use, for the order of eviction."""
        with suppress(OSError):  # nothing is kept yet, or may be written
            os.utime(self.folder)


def _write_all(file: Any, plane: NDArray[Any]) -> None:
    rest = plane.reshape(-1).view(np.uint8).data
    while rest.nbytes:
        rest = rest[file.write(rest) :]
