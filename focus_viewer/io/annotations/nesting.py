"""Nesting of closed lines, for files that distinguish outer lines and holes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from focus_viewer.core.regions.shapes import Ring
from focus_viewer.core.typing import DoubleArray, IntArray

# A point on an edge where no other line of painted pixels can have a corner.
_ALONG = 2**0.5 - 1


def outer_lines_with_holes(rings: Sequence[Ring]) -> list[tuple[Ring, ...]]:
    """Sort lines that do not cross into outer lines, each followed by its holes.

    A point is inside if an odd number of lines contains it: a line within one other is its hole,
    a line within two is an outer line again. Lines of fewer than three corners are left out.

    Returns
    -------
    list of tuple of Ring
        Outer lines as in the order given; x to y is their direction, y to x that of holes.
    """
    closed = [ring for ring in rings if len(ring) >= 3]
    around = _containers(closed)
    groups = {i: [_turned(closed[i], 1)] for i, own in enumerate(around) if len(own) % 2 == 0}
    for index, own in enumerate(around):
        if len(own) % 2:
            nearest = max(own, key=lambda other: len(around[other]))
            groups.setdefault(nearest, []).append(_turned(closed[index], -1))
    return [tuple(group) for group in groups.values()]


def double_area(ring: Ring) -> float:
    """Return twice the area in a line, positive if it runs from the x axis to the y axis."""
    x, y = np.array(ring, dtype=np.float64).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _turned(ring: Ring, sign: int) -> Ring:
    return ring if double_area(ring) * sign >= 0 else ring[::-1]


def _containers(rings: Sequence[Ring]) -> list[list[int]]:
    """Return, for each line, the lines that contain it."""
    corners = [np.array(ring, dtype=np.float64) for ring in rings]
    if not corners:
        return []
    points = np.array([ring[0] + (ring[1] - ring[0]) * _ALONG for ring in corners])
    owners = np.repeat(np.arange(len(corners)), [len(ring) for ring in corners])
    starts = np.concatenate(corners)
    ends = np.concatenate([np.roll(ring, -1, axis=0) for ring in corners])
    low, high = np.minimum(starts, ends)[:, 1], np.maximum(starts, ends)[:, 1]
    around: list[list[int]] = [[] for _ in corners]
    # Noise has thousands of lines: points of similar y share one search for the edges beside them.
    for band in np.array_split(np.argsort(points[:, 1]), math.ceil(math.sqrt(len(corners)))):
        near = (low <= points[band, 1].max()) & (high >= points[band, 1].min())
        for index in band.tolist():
            holders = _odd_owners(starts[near], ends[near], owners[near], points[index])
            around[index] = [other for other in holders if other != index]
    return around


def _odd_owners(
    starts: DoubleArray, ends: DoubleArray, owners: IntArray, point: DoubleArray
) -> list[int]:
    """Return lines with an odd number of edges to the left of a point."""
    crossed = (starts[:, 1] <= point[1]) != (ends[:, 1] <= point[1])
    start, end = starts[crossed], ends[crossed]
    part = (point[1] - start[:, 1]) / (end[:, 1] - start[:, 1])
    left = start[:, 0] + part * (end[:, 0] - start[:, 0]) < point[0]
    lines, counts = np.unique(owners[crossed][left], return_counts=True)
    return [int(line) for line in lines[counts % 2 == 1]]
