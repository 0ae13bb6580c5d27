"""Moments of values, accumulated piece by piece: counts, means and squared deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import DoubleArray, IntArray


@dataclass(frozen=True, eq=False)
class Moments:
    """Counts, means and sums of squared deviations, column by column.

    Attributes
    ----------
    counts : IntArray, shape (columns,)
        Values that there are; those that are not finite are left out.
    means : DoubleArray, shape (columns,)
        NaN where there is no value.
    squares : DoubleArray, shape (columns,)
        Sum of squared deviations from the mean.
    """

    counts: IntArray
    means: DoubleArray
    squares: DoubleArray

    @property
    def sd(self) -> DoubleArray:
        """Sample standard deviation (ddof 1), shape (columns,); NaN for less than two values."""
        freedom = np.where(self.counts > 1, self.counts - 1, np.nan)
        return np.asarray(np.sqrt(self.squares / freedom))

    def merged(self, other: Moments) -> Moments:
        """Return the moments of both sets of rows together.

        The pairwise update of Chan, Golub & LeVeque (1983), The American Statistician 37: 242-247:
        sums of squares would cancel for bright, even regions.
        """
        counts = self.counts + other.counts
        share = other.counts / np.maximum(counts, 1)
        means, change = np.nan_to_num(self.means), np.nan_to_num(other.means)
        change -= means
        between = change**2 * self.counts * share
        means = np.where(counts > 0, means + change * share, np.nan)
        return Moments(counts, means, self.squares + other.squares + between)


def moments_of(rows: NDArray[np.floating]) -> Moments:
    """Compute the moments of rows, shape (n, columns); values that are not finite are missing."""
    values = rows.astype(np.float64)
    known = np.isfinite(values)
    if not known.all():
        values[~known] = 0
    counts = known.sum(axis=0)
    means = values.sum(axis=0) / np.where(counts > 0, counts, np.nan)
    values -= np.nan_to_num(means)
    if not known.all():
        values[~known] = 0
    squares = np.einsum("ij,ij->j", values, values)
    return Moments(counts.astype(np.intp), means, squares)


def no_moments(columns: int) -> Moments:
    """Return the moments of no rows."""
    return moments_of(np.empty((0, columns)))
