"""All bands of a cube one after another in a file, which is filled stretch by stretch of rows.

A stretch, a tile, is written to its places in every band and brought to the disk; only then a mark
is made that it is there. Where the program or the machine stops before, there is no mark.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.io.storage.raw_array import FileNumbers

_BAND_SEQUENTIAL = (2, 0, 1)
# Of one band a tile holds as much as a disk writes at a stroke, and of all bands no more than this.
_RUN_BYTES = 512 * 2**10
MOST_BYTES = 128 * 2**20
_MARK = ".there"


@dataclass(frozen=True)
class Tiles:
    """The bands of one cube, as far as they are kept.

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

    @property
    def place(self) -> Path:
        """The file of the numbers."""
        return self.folder / "bands.bsq"

    @property
    def numbers(self) -> FileNumbers:
        """The numbers of all rows; only those of tiles that are there mean anything."""
        return FileNumbers(self.place, self.shape, self.dtype, _BAND_SEQUENTIAL)

    def rows_of(self, tile: int) -> slice:
        """The cube's rows that a tile holds."""
        first = tile * self.rows_each
        return slice(first, min(first + self.rows_each, self.shape[0]))

    def there(self) -> set[int]:
        """Tiles that are kept: none where the file of the numbers is not as it should be."""
        try:
            if self.place.stat().st_size != self.all_bytes:
                return set()
            names = [one.name for one in self.folder.iterdir()]
        except OSError:
            return set()
        return {int(name.removesuffix(_MARK)) for name in names if name.endswith(_MARK)}

    def missing(self) -> list[int]:
        """Tiles that are not there."""
        there = self.there()
        return [tile for tile in range(self.count) if tile not in there]

    def begin(self) -> None:
        """Make ready for writing: of a file that is not as it should be nothing counts.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.place.is_file() and self.place.stat().st_size == self.all_bytes:
            return
        for mark in self.folder.glob(f"*{_MARK}"):
            mark.unlink(missing_ok=True)
        with self.place.open("wb") as file:
            file.truncate(self.all_bytes)

    def write(self, tile: int, block: NDArray[Any]) -> None:
        """Keep a tile.

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
        planes = np.ascontiguousarray(block.transpose(_BAND_SEQUENTIAL), self.dtype)
        rows, cols, _ = self.shape
        first = self.rows_of(tile).start * cols
        with self.place.open("r+b", buffering=0) as file:
            for band, plane in enumerate(planes):
                file.seek((band * rows * cols + first) * self.dtype.itemsize)
                _write_all(file, plane)
            os.fsync(file.fileno())
        (self.folder / f"{tile:06}{_MARK}").touch()

    def note_use(self) -> None:
        """Let those go first that were not opened for longer."""
        with suppress(OSError):  # nothing is kept yet, or may be written
            os.utime(self.folder)


def _write_all(file: Any, plane: NDArray[Any]) -> None:
    rest = plane.reshape(-1).view(np.uint8).data
    while rest.nbytes:
        rest = rest[file.write(rest) :]
