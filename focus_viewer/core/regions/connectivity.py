"""Pixels that hang together with one of them, over edges that they share."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import BoolArray, IntArray


def connected(inside: BoolArray, row: int, col: int) -> BoolArray:
    """The pixels that can be reached from one of them without leaving them, by four neighbours.

    Runs of pixels within a row are joined with those that they touch in the next row: each round
    hangs every set of runs under the lowest that it touches, and few rounds are needed, as in the
    parallel algorithm of Shiloach & Vishkin (1982), Journal of Algorithms 3: 57-67.

    Parameters
    ----------
    inside : BoolArray, shape (rows, cols)
    row, col : int
        Where to start.

    Returns
    -------
    BoolArray, shape (rows, cols)
        Empty if the start is not inside.
    """
    if not inside[row, col]:
        return np.zeros_like(inside)
    runs = _runs(inside)
    sets = _joined(int(runs.max()) + 1, *_touching(inside, runs))
    return np.asarray(inside & (sets[runs] == sets[runs[row, col]]))


def _runs(inside: BoolArray) -> IntArray:
    """Number of the run that each pixel belongs to, ascending; of no meaning outside."""
    before = np.zeros_like(inside)
    before[:, 1:] = inside[:, :-1]
    begins = inside & ~before
    return np.asarray(np.maximum(np.cumsum(begins.ravel(), dtype=np.intp) - 1, 0)).reshape(
        inside.shape
    )


def _touching(inside: BoolArray, runs: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs of runs one above the other, each pair told once."""
    both = inside[:-1] & inside[1:]
    before = np.zeros_like(both)
    before[:, 1:] = both[:, :-1]
    first = both & ~before
    return runs[:-1][first], runs[1:][first]


def _joined(count: int, upper: IntArray, lower: IntArray) -> IntArray:
    """The lowest run that each hangs together with."""
    parent = np.arange(count, dtype=np.intp)
    while True:
        one, other = parent[upper], parent[lower]
        apart = one != other
        if not apart.any():
            return parent
        upper, lower, one, other = upper[apart], lower[apart], one[apart], other[apart]
        np.minimum.at(parent, np.maximum(one, other), np.minimum(one, other))
        parent = _settled(parent)


def _settled(parent: IntArray) -> IntArray:
    """Every run directly under the root of its set."""
    while True:
        above = parent[parent]
        if (above == parent).all():
            return parent
        parent = above
