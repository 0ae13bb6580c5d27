"""Values of a gzip-compressed data file, decompressed once to the cache folder.

Gzip has no random access.
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
from focus_viewer.io.cache.eviction import cache_folder, evict
from focus_viewer.io.identity.content_hash import file_identity
from focus_viewer.io.storage.raw_array import FileArray

_MAGIC = b"\x1f\x8b"
_PIECE_BYTES = 4 * 2**20


def is_gzip(path: Path) -> bool:
    """Return whether a file is compressed by gzip.

    Raises
    ------
    CubeError
        If it cannot be read.
    """
    with translated_errors(path), path.open("rb") as file:
        return file.read(2) == _MAGIC


@dataclass(frozen=True, eq=False)
class GzipArray:
    """Values of a gzip-compressed file.

    Attributes
    ----------
    numbers : FileArray
        raw : FileArray
    Values at their positions in the decompressed file.
        Size that it must have at least, unpacked.
    """

    raw: FileArray
    end_bytes: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.raw.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a number."""
        return self.raw.dtype

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        """Read a block of shape (rows, cols, bands); the first read decompresses the file.

        Raises
        ------
        CubeError
            If it is damaged, too short, missing, cannot be read, or does not fit in the cache.
        """
        return replace(self.raw, path=self._unpacked()).read(rows, cols, bands)

    def _unpacked(self) -> Path:
        from filelock import FileLock  # a start need not wait for it

        packed = self.raw.path
        with translated_errors(packed):
            identity = repr([os.fspath(packed), file_identity(packed), self.end_bytes])
        folder = cache_folder() / hashlib.sha256(os.fsencode(identity)).hexdigest()[:32]
        unpacked = folder / "unpacked"
        if self._is_whole(unpacked):
            return unpacked
        evict(folder, self.end_bytes, self.end_bytes)
        with translated_errors(folder, "written"), FileLock(folder / "filling.lock"):
            if not self._is_whole(unpacked):  # by another thread or program meanwhile
                remove_drafts(unpacked)  # of a program that was killed
                write_atomically(unpacked, self._copy)
        return unpacked

    def _is_whole(self, unpacked: Path) -> bool:
        try:
            return bool(unpacked.stat().st_size == self.end_bytes)
        except OSError:
            return False

    def _copy(self, out: BinaryIO) -> None:
        packed, missing = self.raw.path, self.end_bytes
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
