"""Uncompressed arrays read directly from files.

Large blocks are read by calls of the system, not through a memory map: a drive that is pulled out
or stalls then gives an error, or waits without blocking the window, where a map would end the
process. Memory is bounded by the selection and one piece of it (`read_plan.PIECE_BYTES`). Small
blocks, such as a spectrum, come through a map: it is faster.
"""

from __future__ import annotations

import math
import mmap
import os
from dataclasses import dataclass
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.typing import IntArray
from focus_viewer.io.storage.read_plan import (
    PIECE_BYTES,
    Piece,
    ReadPlan,
    select_positions,
    selected,
)

Order = tuple[int, int, int]
"""Axes of a file, slowest first, as numbers of (rows, cols, bands)."""

LITTLE_BYTES = 64 * 2**10


class RawArray(Protocol):
    """Stored values of a cube (DN), neither scaled nor masked."""

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
            If the file is missing, was cut short, or cannot be read.
        """
        ...


@dataclass(frozen=True, eq=False)
class FileArray:
    """Values of one type that are contiguous in a file.

    Attributes
    ----------
    shape : tuple of int
        (rows, cols, bands).
    dtype : dtype
        In the file's byte order.
    offset_bytes : int
        Where the numbers begin.
    """

    path: Path
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    order: Order
    offset_bytes: int = 0

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        """Read a block of shape (rows, cols, bands); it may be a view of a map."""
        if isinstance(bands, slice) and self._is_little(rows, cols, bands):
            return self._map[rows, cols, bands]
        axes = [select_positions(*key) for key in zip((rows, cols, bands), self.shape, strict=True)]
        slow, middle, fast = (axes[axis] for axis in self.order)
        plan = ReadPlan(slow, middle, fast, self.dtype.itemsize)
        if plan.selected_bytes == 0:
            block: NDArray[Any] = np.empty(plan.shape, self.dtype)
        else:
            block = self._read(plan)
        return block.transpose(np.argsort(self.order))

    def _is_little(self, *selection: slice) -> bool:
        """Return whether a selection is a spectrum, or not much more."""
        counts = (len(range(*key.indices(n))) for key, n in zip(selection, self.shape, strict=True))
        return 0 < math.prod(counts) * self.dtype.itemsize <= LITTLE_BYTES

    def _read(self, plan: ReadPlan) -> NDArray[Any]:
        out = np.empty(plan.shape, self.dtype)
        with translated_errors(self.path), self.path.open("rb", buffering=0) as file:
            if not plan.by_lines:
                self._read_runs(out.reshape(-1, plan.shape[2]), plan, file)
                return out
            for piece in plan.pieces():
                file.seek(self.offset_bytes + piece.first * self.dtype.itemsize)
                self._fill(out, piece, file)
        return out

    def _read_runs(self, out: NDArray[Any], plan: ReadPlan, file: FileIO) -> None:
        """Read many runs of one length, shape (runs, length), a piece at a time."""
        numbers, length = plan.runs
        places = self.offset_bytes + numbers * self.dtype.itemsize
        size_bytes = length * self.dtype.itemsize
        each, pick = max(1, PIECE_BYTES // size_bytes), plan.fast.part.pick
        for first in range(0, places.size, each):
            some = places[first : first + each].tolist()
            into = out[first : first + each]
            block = into if pick is None else np.empty((len(some), length), self.dtype)
            _ask_ahead(file, some, size_bytes)
            self._read_at(some, block, file)
            if pick is not None:
                into[...] = block[:, pick]

    def _read_at(self, places: list[int], block: NDArray[Any], file: FileIO) -> None:
        """Read a line of a block at each position."""
        content = block.reshape(-1).view(np.uint8).data
        size_bytes = content.nbytes // len(places)
        for line, target in enumerate(places):
            file.seek(target)
            self._fill_all(content[line * size_bytes : (line + 1) * size_bytes], file)

    def _fill(self, out: NDArray[Any], piece: Piece, file: FileIO) -> None:
        """Read a piece directly into the block, or through a buffer if only a part is selected."""
        _, slow, middle, fast = piece
        target = out[slow.target, middle.target, fast.target]
        if slow.pick is middle.pick is fast.pick is None and target.flags.c_contiguous:
            self._read_all(target, file)
            return
        block = np.empty((slow.length, middle.length, fast.length), self.dtype)
        self._read_all(block, file)
        target[...] = selected(block, slow, middle, fast)

    def _read_all(self, block: NDArray[Any], file: FileIO) -> None:
        self._fill_all(block.reshape(-1).view(np.uint8).data, file)

    def _fill_all(self, rest: memoryview, file: FileIO) -> None:
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
        """Map of all values, shape (rows, cols, bands)."""
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


def _ask_ahead(file: FileIO, places: list[int], size_bytes: int) -> None:
    """Request reads ahead from the system, all at once, without the data between them.

    A disk serves a thousand waiting reads several times as fast as a thousand one by one.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        for target in places:
            os.posix_fadvise(file.fileno(), target, size_bytes, os.POSIX_FADV_WILLNEED)
