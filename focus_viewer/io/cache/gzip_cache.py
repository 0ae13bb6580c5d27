"""Numbers of a compressed data file: unpacked once to the cache folder, then read like any other.

Gzip has no way to its middle but through all before it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.atomic_write import remove_drafts, write_atomically
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.typing import IntArray
from focus_viewer.io.cache.eviction import cache_folder, make_room
from focus_viewer.io.identity.file_identity import marks_of
from focus_viewer.io.storage.raw_array import FileNumbers

_MAGIC = b"\x1f\x8b"
_PIECE_BYTES = 4 * 2**20


def is_packed(path: Path) -> bool:
    """Whether a file is compressed by gzip.

    Raises
    ------
    CubeError
        If it cannot be read.
    """
    with translated_errors(path), path.open("rb") as file:
        return file.read(2) == _MAGIC


@dataclass(frozen=True, eq=False)
class UnpackedNumbers:
    """Numbers of a file that is compressed by gzip.

    Attributes
    ----------
    numbers : FileNumbers
        As they would lie in the compressed file, were it none.
    end_bytes : int
        Size that it must have at least, unpacked.
    """

    numbers: FileNumbers
    end_bytes: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.numbers.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a number."""
        return self.numbers.dtype

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        """Read a block of shape (rows, cols, bands); at first the file is unpacked.

        Raises
        ------
        CubeError
            If it is damaged, too short, gone, may not be read, or finds no room in the cache.
        """
        return replace(self.numbers, path=self._unpacked()).read(rows, cols, bands)

    def _unpacked(self) -> Path:
        from filelock import FileLock  # a start need not wait for it

        packed = self.numbers.path
        with translated_errors(packed):
            told = repr([os.fspath(packed), marks_of(packed), self.end_bytes])
        folder = cache_folder() / hashlib.sha256(os.fsencode(told)).hexdigest()[:32]
        place = folder / "unpacked"
        if self._is_whole(place):
            return place
        make_room(folder, self.end_bytes, self.end_bytes)
        with translated_errors(folder, "written"), FileLock(folder / "filling.lock"):
            if not self._is_whole(place):  # by another thread or program meanwhile
                remove_drafts(place)  # of a program that was killed
                write_atomically(place, self._copy)
        return place

    def _is_whole(self, place: Path) -> bool:
        try:
            return bool(place.stat().st_size == self.end_bytes)
        except OSError:
            return False

    def _copy(self, out: BinaryIO) -> None:
        packed, missing = self.numbers.path, self.end_bytes
        try:
            with gzip.open(packed) as file:
                while missing and (piece := file.read(min(missing, _PIECE_BYTES))):
                    out.write(piece)
                    missing -= len(piece)
                file.read(1)  # at its end the sum of all is checked
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise CubeError(
                f"{packed} is compressed by gzip and damaged: {error}. Copy it again."
            ) from error
        if missing:
            raise CubeError(
                f"{packed} is too short: its header asks for {self.end_bytes:,} bytes, found "
                f"{self.end_bytes - missing:,} once unpacked. Copy it again, or check 'samples', "
                "'lines', 'bands' and 'data type' in the header."
            )
