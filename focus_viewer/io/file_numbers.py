"""Numbers that lie open in a file.

What is much is read by calls of the system, not through a memory map: a drive that is pulled out or
stalls then gives an error, or waits without holding up the window, where a map would end the
process. Memory is bounded by what is asked for and one piece of it (`read_plan.PIECE_BYTES`).
Little, such as a spectrum, comes through a map: it is faster.
"""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import IntArray
from focus_viewer.io.files import told_as_cube_error
from focus_viewer.io.read_plan import Piece, ReadPlan, taken, wanted

Order = tuple[int, int, int]
"""Axes of a file, slowest first, as numbers of (rows, cols, bands)."""

LITTLE_BYTES = 64 * 2**10
_ASKED_AHEAD = 2_000  # reads; of less than 16 kB each


class Numbers(Protocol):
    """Stored numbers of a cube, as they are: not scaled, nothing left out."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands), bands in the file's order."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a number."""
        ...

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        """Read a block of shape (rows, cols, bands).

        Raises
        ------
        CubeError
            If the file is gone, was cut short, or may not be read.
        """
        ...


@dataclass(frozen=True, eq=False)
class FileNumbers:
    """Numbers of one type that follow one another in a file.

    Attributes
    ----------
    path : Path
    shape : tuple of int
        (rows, cols, bands).
    dtype : dtype
        In the file's byte order.
    order : Order
    offset_bytes : int
        Where the numbers begin.
    """

    path: Path
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    order: Order
    offset_bytes: int = 0

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        """Read a block of shape (rows, cols, bands); it may be a view of a map.

        Raises
        ------
        CubeError
            If the file is gone, was cut short, or may not be read.
        """
        if isinstance(bands, slice) and self._is_little(rows, cols, bands):
            return self._map[rows, cols, bands]
        axes = [wanted(*one) for one in zip((rows, cols, bands), self.shape, strict=True)]
        slow, middle, fast = (axes[axis] for axis in self.order)
        plan = ReadPlan(slow, middle, fast, self.dtype.itemsize)
        if plan.wanted_bytes == 0:
            block: NDArray[Any] = np.empty(plan.shape, self.dtype)
        else:
            block = self._read(plan)
        return block.transpose(np.argsort(self.order))

    def _is_little(self, *asked: slice) -> bool:
        """Whether it is a spectrum, or not much more."""
        counts = (len(range(*one.indices(n))) for one, n in zip(asked, self.shape, strict=True))
        return 0 < math.prod(counts) * self.dtype.itemsize <= LITTLE_BYTES

    def _read(self, plan: ReadPlan) -> NDArray[Any]:
        out = np.empty(plan.shape, self.dtype)
        with told_as_cube_error(self.path), self.path.open("rb", buffering=0) as file:
            pieces = plan.pieces()
            if plan.is_scattered:
                pieces = self._asked_ahead(pieces, file)
            for piece in pieces:
                file.seek(self._place_of(piece))
                self._fill(out, piece, file)
        return out

    def _place_of(self, piece: Piece) -> int:
        return self.offset_bytes + piece.first * self.dtype.itemsize

    def _asked_ahead(self, pieces: Iterator[Piece], file: FileIO) -> Iterator[Piece]:
        """The same pieces, many of which the system fetches at a time, and nothing between them.

        A disk serves a thousand waiting reads several times as fast as a thousand one by one.
        """
        if not hasattr(os, "posix_fadvise"):
            yield from pieces
            return
        number = file.fileno()
        os.posix_fadvise(number, 0, 0, os.POSIX_FADV_RANDOM)
        while batch := list(islice(pieces, _ASKED_AHEAD)):
            for piece in batch:
                size = piece.slow.length * piece.middle.length * piece.fast.length
                size_bytes = size * self.dtype.itemsize
                os.posix_fadvise(number, self._place_of(piece), size_bytes, os.POSIX_FADV_WILLNEED)
            yield from batch

    def _fill(self, out: NDArray[Any], piece: Piece, file: FileIO) -> None:
        """Read a piece straight to its place, or beside it where not all of it is wanted."""
        _, slow, middle, fast = piece
        place = out[slow.place, middle.place, fast.place]
        if slow.pick is middle.pick is fast.pick is None and place.flags.c_contiguous:
            self._read_all(place, file)
            return
        block = np.empty((slow.length, middle.length, fast.length), self.dtype)
        self._read_all(block, file)
        place[...] = taken(block, slow, middle, fast)

    def _read_all(self, block: NDArray[Any], file: FileIO) -> None:
        rest = block.reshape(-1).view(np.uint8).data
        while done := file.readinto(rest):
            if done == rest.nbytes:
                return
            rest = rest[done:]
        raise CubeError(
            f"{self.path} was cut short while it was read: {rest.nbytes:,} bytes that were there "
            "when it was opened are missing. Copy it again, then open it."
        )

    @cached_property
    def _map(self) -> NDArray[Any]:
        """All numbers, shape (rows, cols, bands)."""
        sides = tuple(self.shape[axis] for axis in self.order)
        try:
            mapped = np.memmap(self.path, self.dtype, "r", self.offset_bytes, sides)
        except (OSError, ValueError) as error:
            raise CubeError(
                f"{self.path} cannot be mapped into memory: {error}. Check that it can be read and "
                "that its disk allows it; a copy on a local disk helps."
            ) from error
        if hasattr(mmap.mmap, "madvise"):  # Windows reads as it likes
            mapped._mmap.madvise(mmap.MADV_RANDOM)  # type: ignore[attr-defined]
        return np.asarray(mapped).transpose(np.argsort(self.order))
