"""Arrays as files hold them, of any order of axes, and other ways to look at one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.storage.raw_array import FileArray

Key = tuple[slice, ...]
Read = Callable[[Key], NDArray[Any]]
AttributesOf = Callable[[str], Mapping[str, Any]]

# No sensor has a million bands, lines or samples: such a file is damaged, and per-band arrays must
# not be made for it.
MAX_SIDE = 1_000_000
# Of a chunk all is read and unpacked for a single pixel.
_MAX_CHUNK_BYTES = 2**30
_FIRST_SLOWEST, _LAST_SLOWEST = (0, 1, 2), (2, 1, 0)


@dataclass(frozen=True, eq=False)
class StoredArray:
    """An array that is read where it is looked at.

    Attributes
    ----------
    read : callable
        Gives the stored numbers of a block, for slices that start and stop within the shape and
        step forward; may be called by several threads at a time.
    dims : tuple of str
        Names of the axes; empty where they have none.
    attributes : mapping of str to object
        What the file says of it.
    chunk_bytes : int
        Size that must be decompressed at a time; 0 for uncompressed values.
    secondary : bool
        Whether another array of the file is preferred: it is a part or a smaller copy of that.
    notes : tuple of str
        What was assumed about it.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    read: Read
    dims: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    chunk_bytes: int = 0
    secondary: bool = False
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """For people: name, shape and type."""
        return f"{self.name or 'one array'} ({' x '.join(map(str, self.shape))}, {self.dtype})"

    def all(self) -> NDArray[Any]:
        """Read the whole array: for vectors."""
        return self.read(tuple(slice(0, n) for n in self.shape))

    @cached_property
    def vector(self) -> DoubleArray:
        """All its numbers in a row, read once: for vectors."""
        return np.asarray(self.all()).reshape(-1).astype(np.float64)


def _none_known(path: str) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, eq=False)
class Contents:
    """All arrays of a file.

    Attributes
    ----------
    arrays : tuple of StoredArray
        Vectors and single numbers among them.
    attributes : mapping of str to object
        What the file says of all of it.
    columns_first : bool
        Whether its programs count pixels down the columns, as MATLAB does.
    attributes_of : callable
        Gives what the file says of anything in it by its path, also of an array without numbers;
        empty where there is nothing.
    groups : mapping of str to mapping
        What it says of groups of arrays, by their paths.
    advice : str
        What to do where no array is a cube.
    """

    path: Path
    arrays: tuple[StoredArray, ...]
    attributes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    columns_first: bool = False
    attributes_of: AttributesOf = _none_known
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    advice: str = "Open another file."

    @cached_property
    def vectors(self) -> Mapping[int, tuple[StoredArray, ...]]:
        """Arrays of real numbers by the length of the only axis longer than 1, or 1."""
        found: dict[int, list[StoredArray]] = {}
        for stored in self.arrays:
            long = [length for length in stored.shape if length != 1] or [1]
            if len(long) == 1 and stored.dtype.kind in "iuf":
                found.setdefault(long[0], []).append(stored)
        return {length: tuple(arrays) for length, arrays in found.items()}


def check_sides(path: Path, stored: StoredArray) -> None:
    """Refuse sizes that no image has, before memory is taken for them.

    Raises
    ------
    CubeError
    """
    if not all(1 <= side <= MAX_SIDE for side in stored.shape):
        raise CubeError(
            f"{path}: expected from 1 to {MAX_SIDE:,} rows, columns and bands, found "
            f"{stored.text}. The file is damaged or not a cube: copy it again."
        )
    if stored.chunk_bytes > _MAX_CHUNK_BYTES:
        raise CubeError(
            f"{path}: {stored.name} is stored in chunks of {stored.chunk_bytes:,} bytes, and "
            "all of one is unpacked for a single pixel. Expected at most "
            f"{_MAX_CHUNK_BYTES:,}: save it again in smaller chunks."
        )


def squeezed(stored: StoredArray) -> StoredArray:
    """Leave out axes of length 1, the first ones first, as long as more than three are there."""
    axes = list(range(len(stored.shape)))
    for axis, side in enumerate(stored.shape):
        if side == 1 and len(axes) > 3:
            axes.remove(axis)
    if len(axes) == len(stored.shape):
        return stored
    shape = tuple(stored.shape[axis] for axis in axes)

    def read(key: Key) -> NDArray[Any]:
        whole = [slice(0, 1)] * len(stored.shape)
        for axis, piece in zip(axes, key, strict=True):
            whole[axis] = piece
        block = stored.read(tuple(whole))
        return block.reshape([block.shape[axis] for axis in axes])

    dims = tuple(stored.dims[axis] for axis in axes) if stored.dims else ()
    return replace(stored, shape=shape, read=read, dims=dims)


def transposed(stored: StoredArray) -> StoredArray:
    """Return the array with its axes in reverse order."""

    def read(key: Key) -> NDArray[Any]:
        return stored.read(key[::-1]).transpose()

    return replace(stored, shape=stored.shape[::-1], read=read, dims=stored.dims[::-1])


def unfolded(stored: StoredArray, pixels: int, lines: int) -> StoredArray:
    """Return an array of spectra with three axes: its pixels become lines of an image.

    Parameters
    ----------
    stored : StoredArray
        Of two axes.
    pixels : int
        The axis of the pixels, 0 or 1.
    lines : int
        How many lines there are.
    """
    length = stored.shape[pixels] // lines
    shape = (*stored.shape[:pixels], lines, length, *stored.shape[pixels + 1 :])

    def read(key: Key) -> NDArray[Any]:
        outer, inner = key[pixels], key[pixels + 1]
        parts = [
            stored.read((*key[:pixels], interval, *key[pixels + 2 :]))
            for interval in _intervals(outer, inner, length)
        ]
        sides = [_count(piece) for piece in key]
        if not parts:
            return np.empty(sides, stored.dtype)
        return np.concatenate(parts, axis=pixels).reshape(sides)

    return replace(stored, shape=shape, read=read, dims=())


def _intervals(outer: slice, inner: slice, length: int) -> list[slice]:
    """Return slices of pixels that make up a block of lines, as few as touch no others."""
    if _count(inner) == 0 or _count(outer) == 0:
        return []
    if _count(inner) == 1:
        last = range(outer.start, outer.stop, outer.step or 1)[-1]
        step = (outer.step or 1) * length
        return [slice(outer.start * length + inner.start, last * length + inner.start + 1, step)]
    if _count(inner) == length and (outer.step or 1) == 1:
        return [slice(outer.start * length, outer.stop * length, 1)]
    return [
        slice(line * length + inner.start, line * length + inner.stop, inner.step or 1)
        for line in range(outer.start, outer.stop, outer.step or 1)
    ]


def joined(name: str, first: StoredArray, second: StoredArray, axis: int) -> StoredArray:
    """Return two arrays joined along an axis."""
    border = first.shape[axis]
    sides = list(first.shape)
    sides[axis] += second.shape[axis]

    def read(key: Key) -> NDArray[Any]:
        span = range(key[axis].start, key[axis].stop, key[axis].step or 1)
        before = sum(1 for place in span if place < border)
        parts = []
        for stored, part, shift in ((first, span[:before], 0), (second, span[before:], border)):
            if len(part):
                piece = slice(part[0] - shift, part[-1] - shift + 1, part.step)
                parts.append(stored.read((*key[:axis], piece, *key[axis + 1 :])))
        return np.concatenate(parts, axis=axis) if parts else first.read(key)

    chunk = max(first.chunk_bytes, second.chunk_bytes)
    return replace(first, name=name, shape=tuple(sides), read=read, chunk_bytes=chunk)


def _count(piece: slice) -> int:
    return len(range(piece.start, piece.stop, piece.step or 1))


def reader_of(
    path: Path,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    offset_bytes: int,
    columns_first: bool = False,
) -> Read:
    """Return the reader for blocks of an array.

    Of up to three axes by calls of the system, see `FileArray`; of more, which no cube has before
    its axes of length 1 are left out, through a map.

    Parameters
    ----------
    dtype : dtype
        In the file's byte order.
    offset_bytes : int
        Where the numbers begin.
    columns_first : bool
        Whether the first axis varies fastest, as in Fortran and MATLAB.
    """
    if len(shape) > 3:

        def load() -> NDArray[Any]:
            flat = np.memmap(path, dtype, "r", offset_bytes, math.prod(shape))
            return flat.reshape(shape, order="F" if columns_first else "C")

        return read_whole(load)
    missing = (1,) * (3 - len(shape))
    sides = (*shape, *missing) if columns_first else (*missing, *shape)
    order = _LAST_SLOWEST if columns_first else _FIRST_SLOWEST
    numbers = FileArray(path, (sides[0], sides[1], sides[2]), dtype, order, offset_bytes)

    def read(key: Key) -> NDArray[Any]:
        whole = (slice(0, 1),) * len(missing)
        first, second, third = (*key, *whole) if columns_first else (*whole, *key)
        block = numbers.read(first, second, third)
        return block.reshape(
            [len(range(side)[piece]) for piece, side in zip(key, shape, strict=True)]
        )

    return read


def read_whole(load: Callable[[], NDArray[Any]]) -> Read:
    """Return the reader for blocks of an array that is loaded as a whole at its first use."""
    arrays: list[NDArray[Any]] = []
    lock = Lock()

    def read(key: Key) -> NDArray[Any]:
        with lock:
            if not arrays:
                arrays.append(load())
        return np.asarray(arrays[0][key])

    return read
