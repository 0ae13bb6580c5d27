"""Uncompressed arrays of any number of axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.io.formats.arrays.stored_array import Key, Read
from focus_viewer.io.storage.raw_array import FileArray

_FIRST_SLOWEST, _LAST_SLOWEST = (0, 1, 2), (2, 1, 0)


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
