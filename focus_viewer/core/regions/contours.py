"""Contours of masks: closed lines along the edges of pixels."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import BoolArray, IntArray

_LEFT, _RIGHT, _UP, _DOWN = 0, 1, 0, 1
# The four pixels around a crossing of pixel edges, by their side.
_QUADRANTS = tuple((up, left) for up in (_UP, _DOWN) for left in (_LEFT, _RIGHT))


def pixel_contours(inside: BoolArray) -> tuple[IntArray, IntArray]:
    """Return closed lines around pixels, with a corner only where they turn.

    A straight piece ends at two corners, so that corners sorted along rows make pairs, and corners
    sorted along columns make pairs: a line goes from pair to pair by turns. Pixels that
    touch at a corner only are separated there.

    Parameters
    ----------
    inside : BoolArray, shape (rows, cols)

    Returns
    -------
    corners : IntArray, shape (n, 2)
        (col, row) of the corners of all lines, one line after the other; clockwise on the screen
        around pixels, the other way around holes.
    ends : IntArray, shape (lines,)
        End of each line in `corners`.
    """
    row, col, up, left, leaves_along = _corners(inside)
    along = _partners(np.lexsort((left, col, row)))
    across = _partners(np.lexsort((up, row, col)))
    starts = np.flatnonzero(leaves_along)
    follow = across[along]
    firsts, ends = _walked(follow, starts)
    # Two corners a step: the start and the end of a piece along a row.
    order = np.stack([firsts, along[firsts]], axis=1).ravel()
    return np.stack([col[order], row[order]], axis=1), 2 * ends


def _corners(inside: BoolArray) -> tuple[IntArray, IntArray, IntArray, IntArray, BoolArray]:
    """Return corners of all lines: row, col, sides of their pieces, whether they leave along."""
    padded = np.pad(inside, 1)
    upper, lower = padded[:-1, :-1] != padded[:-1, 1:], padded[1:, :-1] != padded[1:, 1:]
    # An odd number of the four pixels around a crossing, or two that face each other.
    turns = (upper != lower) | (upper & lower & (padded[:-1, :-1] != padded[1:, :-1]))
    rows, cols = np.nonzero(turns)
    around = {(up, left): padded[rows + up, cols + left] for up, left in _QUADRANTS}
    count = sum(part.astype(np.uint8) for part in around.values())
    corners: list[tuple[IntArray, ...]] = []
    for up, left in _QUADRANTS:
        here, facing = around[up, left], around[1 - up, 1 - left]
        diagonal = (count == 2) & here & facing
        single = (count != 2) & (here == (count == 1)) & (here != around[1 - up, left])
        single &= here != around[up, 1 - left]
        own = np.flatnonzero(single | diagonal)
        side = np.full_like(own, up), np.full_like(own, left)
        corners.append((rows[own], cols[own], *side, here[own] == (up == left)))
    row, col, ups, lefts, leaves = (np.concatenate(parts) for parts in zip(*corners, strict=True))
    return row, col, ups, lefts, leaves.astype(np.bool_)


def _partners(order: IntArray) -> IntArray:
    """Return, for neighbours in an order, two by two, the index of the partner."""
    partner = np.empty_like(order)
    partner[order[0::2]], partner[order[1::2]] = order[1::2], order[0::2]
    return partner


def _walked(follow: IntArray, starts: IntArray) -> tuple[IntArray, IntArray]:
    """Return corners in the order in which the lines pass them, and the end of each line."""
    steps, seen = follow.tolist(), bytearray(follow.size)
    order: list[int] = []
    ends: list[int] = []
    for start in starts.tolist():
        corner = start
        while not seen[corner]:
            seen[corner] = 1
            order.append(corner)
            corner = steps[corner]
        if not ends or len(order) > ends[-1]:
            ends.append(len(order))
    return np.array(order, dtype=np.intp), np.array(ends, dtype=np.intp)
