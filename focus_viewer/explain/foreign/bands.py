"""Bands of a frozen model, in spectral groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import DoubleArray, IntArray

# In median spacings: more is a range that the sensor leaves out.
_GAP = 3.0
_SOLE_BAND_NM = 10.0


@dataclass(frozen=True, eq=False)
class SpectralGroups:
    """Groups of neighbouring bands.

    Attributes
    ----------
    of_bands : IntArray, shape (bands,)
        Group of each band, in the model's order of bands.
    edges_nm : DoubleArray, shape (groups, 2)
        Ascending.
    """

    of_bands: IntArray
    edges_nm: DoubleArray

    @property
    def members(self) -> tuple[IntArray, ...]:
        """Bands of each group."""
        return tuple(np.flatnonzero(self.of_bands == group) for group in range(len(self.edges_nm)))


def group_neighbours(bands_nm: DoubleArray, most: int) -> SpectralGroups:
    """Group bands, in any order, by their wavelengths in at most about `most` groups of equal size.

    No group reaches over a gap between bands.
    """
    order = np.argsort(bands_nm, kind="stable")
    ascending = bands_nm[order]
    edges = band_edges(ascending)
    size = -(-len(order) // most)
    gaps = np.flatnonzero(edges[1:, 0] != edges[:-1, 1]) + 1
    of_sorted, bounds, count = np.empty(len(order), dtype=np.intp), [], 0
    for run in np.split(np.arange(len(order)), gaps):
        for members in np.array_split(run, -(-len(run) // size)):
            of_sorted[members] = count
            bounds.append((edges[members[0], 0], edges[members[-1], 1]))
            count += 1
    of_bands = np.empty_like(of_sorted)
    of_bands[order] = of_sorted
    return SpectralGroups(of_bands, np.array(bounds, dtype=np.float64))


def band_edges(ascending_nm: DoubleArray) -> DoubleArray:
    """Return the edges of ascending bands, (bands, 2): half way to the next one.

    At a gap, and at both ends, a band is as wide as is usual.
    """
    if len(ascending_nm) == 1:
        half = np.array([-_SOLE_BAND_NM, _SOLE_BAND_NM]) / 2
        return np.asarray(ascending_nm[:, None] + half)
    steps = np.diff(ascending_nm)
    usual = float(np.median(steps))
    near = np.where(steps > _GAP * usual, usual, steps) / 2
    below = np.concatenate([near[:1], near])
    above = np.concatenate([near, near[-1:]])
    return np.stack([ascending_nm - below, ascending_nm + above], axis=1)
