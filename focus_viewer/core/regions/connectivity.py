"""Connected components of masks."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.typing import BoolArray, IntArray


def connected(inside: BoolArray, row: int, col: int) -> BoolArray:
    """Return the 4-connected component that contains a pixel.

    Runs of pixels within a row are joined with the runs that they touch in the next row: each round
    attaches every set of runs to the lowest that it touches, and few rounds are needed, as in the
    parallel algorithm of Shiloach & Vishkin (1982), Journal of Algorithms 3: 57-67.

    Parameters
    ----------
    inside : BoolArray, shape (rows, cols)
    row, col : int
        The pixel.

    Returns
    -------
    BoolArray, shape (rows, cols)
        Empty if the pixel is not inside.
    """
    if not inside[row, col]:
        return np.zeros_like(inside)
    starts, ends = _runs(inside)
    roots = _roots(starts.size, *_touching(inside, starts))
    own = roots == roots[np.searchsorted(starts, row * inside.shape[1] + col, side="right") - 1]
    changes = np.zeros(inside.size + 1, dtype=np.int8)
    changes[starts[own]] += 1
    changes[ends[own]] -= 1
    return np.cumsum(changes[:-1], dtype=np.int8).view(np.bool_).reshape(inside.shape)


def components(inside: BoolArray, least: int = 1) -> tuple[MaskCrop, ...]:
    """Return the 4-connected components of at least so many pixels, in image order.

    Parameters
    ----------
    inside : BoolArray, shape (rows, cols)
    """
    starts, ends = _runs(inside)
    if not starts.size:
        return ()
    roots = _roots(starts.size, *_touching(inside, starts))
    lengths = np.bincount(roots, ends - starts, minlength=starts.size)
    found = []
    for root in np.flatnonzero(lengths >= least):
        own = np.flatnonzero(roots == root)
        top, bottom = starts[own[0]] // inside.shape[1], starts[own[-1]] // inside.shape[1] + 1
        mask = np.zeros((bottom - top, inside.shape[1]), dtype=np.bool_)
        flat, offset = mask.reshape(-1), top * inside.shape[1]
        for first, last in zip(starts[own] - offset, ends[own] - offset, strict=True):
            flat[first:last] = True
        crop = crop_mask(mask, int(top))
        if crop is not None:
            found.append(crop)
    return tuple(found)


def _runs(inside: BoolArray) -> tuple[IntArray, IntArray]:
    """Return first and next after the last position of each run, in the flat mask, ascending."""
    padded = np.zeros((inside.shape[0], inside.shape[1] + 1), dtype=np.bool_)
    padded[:, :-1] = inside
    changes = np.flatnonzero(np.diff(padded.ravel(), prepend=False))
    changes -= changes // padded.shape[1]  # positions without the padding
    return changes[0::2], changes[1::2]


def _touching(inside: BoolArray, starts: IntArray) -> tuple[IntArray, IntArray]:
    """Return pairs of runs one above the other, each pair once."""
    both = inside[:-1] & inside[1:]
    first = both.copy()
    first[:, 1:] &= ~both[:, :-1]
    places = np.flatnonzero(first)
    upper = np.searchsorted(starts, places, side="right") - 1
    lower = np.searchsorted(starts, places + inside.shape[1], side="right") - 1
    return upper, lower


def _roots(count: int, upper: IntArray, lower: IntArray) -> IntArray:
    """Return the lowest run that each run is connected with."""
    parent = np.arange(count, dtype=np.intp)
    while True:
        above, below = parent[upper], parent[lower]
        apart = above != below
        if not apart.any():
            return parent
        upper, lower, above, below = upper[apart], lower[apart], above[apart], below[apart]
        np.minimum.at(parent, np.maximum(above, below), np.minimum(above, below))
        parent = _flattened(parent)


def _flattened(parent: IntArray) -> IntArray:
    """Return every run directly under the root of its set."""
    while True:
        above = parent[parent]
        if (above == parent).all():
            return parent
        parent = above
