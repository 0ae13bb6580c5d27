"""A block of a mapped file, read in the order in which it lies there."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import IntArray

# Reads that lie farther apart than the system reads ahead: what lies between would be read in vain.
_FAR_BYTES = 128 * 1024
_BANDS = 2


def fetch(stored: NDArray[Any], rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
    """Stored numbers of a block.

    Parameters
    ----------
    stored : NDArray, shape (rows, cols, bands)
        A view of a map, its axes in any order in the file.
    rows, cols : slice
    bands : slice or IntArray

    Returns
    -------
    NDArray, shape (rows, cols, n)
        It may be a view of the map.
    """
    order = sorted(range(stored.ndim), key=lambda axis: -abs(stored.strides[axis]))
    chosen: list[slice | IntArray] = [rows, cols, _as_slice(bands)]
    sizes = (_count(one, size) for one, size in zip(chosen, stored.shape, strict=True))
    _advise(stored, tuple(sizes), _step(bands))
    block = stored.transpose(order)[tuple(chosen[axis] for axis in order)]
    return block.transpose(np.argsort(order))


def _as_slice(bands: slice | IntArray) -> slice | IntArray:
    """A run of neighbouring bands as a slice, which needs no copy."""
    if isinstance(bands, slice) or bands.size == 0:
        return bands
    first, last = int(bands[0]), int(bands[-1])
    run = last - first + 1 == bands.size and bool((np.diff(bands) == 1).all())
    return slice(first, last + 1) if run else bands


def _count(chosen: slice | IntArray, size: int) -> int:
    return len(range(*chosen.indices(size))) if isinstance(chosen, slice) else int(chosen.size)


def _step(bands: slice | IntArray) -> int:
    """How many bands on the nearest of two neighbours lies."""
    if isinstance(bands, slice) or bands.size < 2:
        return 1
    return max(1, int(np.abs(np.diff(bands)).min()))


def _advise(stored: NDArray[Any], counts: tuple[int, ...], step: int) -> None:
    """Tell the system whether what lies between the numbers that are read is worth reading too."""
    mapping = _mapping_of(stored)
    if mapping is None or not hasattr(mapping, "madvise"):  # Windows reads as it likes
        return
    run, gap = _runs(stored, counts, step)
    scattered = run < _FAR_BYTES and gap - run > _FAR_BYTES
    mapping.madvise(mmap.MADV_RANDOM if scattered else mmap.MADV_NORMAL)


def _runs(stored: NDArray[Any], counts: tuple[int, ...], step: int) -> tuple[int, int]:
    """Bytes of each run of neighbouring numbers, and from one run's begin to the next one's."""
    run = stored.itemsize
    for axis in sorted(range(stored.ndim), key=lambda axis: abs(stored.strides[axis])):
        apart = abs(stored.strides[axis]) * (step if axis == _BANDS else 1)
        if apart == run:
            run *= counts[axis]
        elif counts[axis] > 1:
            return run, apart
    return run, 0


def _mapping_of(stored: NDArray[Any]) -> mmap.mmap | None:
    holder: Any = stored
    while isinstance(holder, np.ndarray):
        holder = holder.base
    return holder if isinstance(holder, mmap.mmap) else None
