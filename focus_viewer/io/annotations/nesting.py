"""Which lines are holes of which: for files that tell outer lines and holes apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from focus_viewer.core.regions.shapes import Ring
from focus_viewer.core.typing import DoubleArray, IntArray

# A place on an edge where no other line of painted pixels can have a corner.
_ALONG = 2**0.5 - 1


def outer_lines_with_holes(rings: Sequence[Ring]) -> list[tuple[Ring, ...]]:
    """Sort lines that do not cross into outer lines, each followed by its holes.

    A point is inside if it lies within an odd number of lines: a line within one other is its hole,
    a line within two is an outer line again. Lines of fewer than three corners are left out.

    Parameters
    ----------
    rings : sequence of Ring

    Returns
    -------
    list of tuple of Ring
        Outer lines as in the order given; x to y is their direction, y to x that of holes.
    """
    kept = [ring for ring in rings if len(ring) >= 3]
    around = _containers(kept)
    groups = {i: [_turned(kept[i], 1)] for i, own in enumerate(around) if len(own) % 2 == 0}
    for index, own in enumerate(around):
        if len(own) % 2:
            nearest = max(own, key=lambda other: len(around[other]))
            groups.setdefault(nearest, []).append(_turned(kept[index], -1))
    return [tuple(group) for group in groups.values()]


def double_area(ring: Ring) -> float:
    """Twice the area in a line, positive if it runs from the x axis to the y axis."""
    x, y = np.array(ring, dtype=np.float64).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _turned(ring: Ring, sign: int) -> Ring:
    return ring if double_area(ring) * sign >= 0 else ring[::-1]


def _containers(rings: Sequence[Ring]) -> list[list[int]]:
    """For each line, the lines that it lies in."""
    corners = [np.array(ring, dtype=np.float64) for ring in rings]
    if not corners:
        return []
    places = np.array([ring[0] + (ring[1] - ring[0]) * _ALONG for ring in corners])
    owners = np.repeat(np.arange(len(corners)), [len(ring) for ring in corners])
    starts = np.concatenate(corners)
    ends = np.concatenate([np.roll(ring, -1, axis=0) for ring in corners])
    low, high = np.minimum(starts, ends)[:, 1], np.maximum(starts, ends)[:, 1]
    around: list[list[int]] = [[] for _ in corners]
    # Noise has thousands of lines: places of like y share one search for the edges beside them.
    for band in np.array_split(np.argsort(places[:, 1]), math.ceil(math.sqrt(len(corners)))):
        near = (low <= places[band, 1].max()) & (high >= places[band, 1].min())
        for index in band.tolist():
            holders = _odd_owners(starts[near], ends[near], owners[near], places[index])
            around[index] = [other for other in holders if other != index]
    return around


def _odd_owners(
    starts: DoubleArray, ends: DoubleArray, owners: IntArray, place: DoubleArray
) -> list[int]:
    """Lines of which an odd number of edges lies to the left of a place."""
    crossed = (starts[:, 1] <= place[1]) != (ends[:, 1] <= place[1])
    start, end = starts[crossed], ends[crossed]
    part = (place[1] - start[:, 1]) / (end[:, 1] - start[:, 1])
    left = start[:, 0] + part * (end[:, 0] - start[:, 0]) < place[0]
    found, counts = np.unique(owners[crossed][left], return_counts=True)
    return [int(owner) for owner in found[counts % 2 == 1]]
