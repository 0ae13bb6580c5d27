"""Variance between groups over variance within them: F, the square of t for two groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import DoubleArray

_EQUAL = 1e-26  # of the sum of squares: what the mean's rounding leaves of equal values
_CANCELLED = 1e-12  # of the total: what the difference of two sums of squares leaves
_CHUNK_VALUES = 4_000_000


@dataclass(frozen=True, eq=False)
class Variances:
    """Analysis of variance at each wavelength.

    Attributes
    ----------
    between, within : DoubleArray, shape (..., n)
        Sums of squares; `within` is the residual where there are blocks.
    free_between, free_within : int
        Degrees of freedom.
    """

    between: DoubleArray
    within: DoubleArray
    free_between: int
    free_within: int

    @property
    def f(self) -> DoubleArray:
        """F, shape (..., n): infinite without variance within, 0 without any at all."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (self.between / self.free_between) / (self.within / self.free_within)
        return np.asarray(np.where(self.between > 0, ratio, 0.0))


def variances(values: DoubleArray, labels: NDArray[np.integer], block_size: int = 0) -> Variances:
    """Return the analysis of variance of arrangements of labels.

    Parameters
    ----------
    values : DoubleArray, shape (observations, n)
    labels : array of int, shape (observations,) or (arrangements, observations)
    block_size : int
        Successive observations are of one unit, one in each group; 0 for independent ones.
    """
    centred = _centred(values, block_size)
    total = (centred**2).sum(axis=0)
    rounding = _EQUAL * (values**2).sum(axis=0)
    number = int(labels.max()) + 1
    between = np.zeros((*labels.shape[:-1], values.shape[1]))
    for group in range(number):
        inside = (labels == group).astype(np.float64)
        between += (inside @ centred) ** 2 / inside.sum(axis=-1, keepdims=True)
    between = np.where(between > rounding, between, 0.0)
    within = np.where(total - between > rounding + _CANCELLED * total, total - between, 0.0)
    blocks = len(values) // block_size if block_size else 0
    free = (blocks - 1) * (number - 1) if blocks else len(values) - number
    return Variances(between, within, number - 1, free)


def greatest_f(
    values: DoubleArray, labels: NDArray[np.integer], block_size: int = 0
) -> DoubleArray:
    """Return the greatest F over the wavelengths of each arrangement, shape (arrangements,)."""
    size = max(1, _CHUNK_VALUES // max(values.size, values.shape[1]))
    parts = (labels[start : start + size] for start in range(0, len(labels), size))
    found = (variances(values, part, block_size) for part in parts)
    return np.concatenate([each.f.max(axis=1) for each in found])


def _centred(values: DoubleArray, block_size: int) -> DoubleArray:
    """Take off the mean, of each block where there are blocks."""
    if not block_size:
        return np.asarray(values - values.mean(axis=0))
    blocks = values.reshape(-1, block_size, values.shape[1])
    return np.asarray((blocks - blocks.mean(axis=1, keepdims=True)).reshape(values.shape))
