"""Agreement of values with a truth or with one another; ties score as chance would.

Values and truths are arrays of shape (n,).
"""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray

Values = FloatArray | DoubleArray


def top_share(values: Values, count: int) -> DoubleArray:
    """Return each entry's share among the `count` largest; ties for the last ranks share them.

    Parameters
    ----------
    values : array, shape (n,)
    count : int
        1 to n; the shares, 0 to 1, sum to it.
    """
    last = np.partition(values, -count)[-count]
    above, tied = values > last, values == last
    return np.asarray(above + tied * ((count - above.sum()) / tied.sum()))


def above_half_max(values: Values) -> BoolArray:
    """Return which entries reach half of the last axis's highest; none where that is 0 or less."""
    top = values.max(axis=-1, keepdims=True)
    return np.asarray((values >= top / 2) & (top > 0))


def top_iou(values: Values, truth: BoolArray) -> float:
    """Return the IoU of the n largest entries and the n true ones; NaN without a truth.

    A constant gets n / (2 size - n): it hits as many as a random order does on average.
    """
    count = int(truth.sum())
    if count == 0:
        return float("nan")
    hits = top_share(values, count)[truth].sum()
    return float(hits / (2 * count - hits))


def average_precision(values: Values, truth: BoolArray) -> float:
    """Return the mean precision at the ranks of the true entries; NaN without true entries.

    Tied entries are found at once, so a constant gets the share of true entries, which is chance.
    """
    if not truth.any():
        return float("nan")
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(truth[order])
    ends = np.append(np.flatnonzero(np.diff(values[order])), values.size - 1)
    precision = hits[ends] / (ends + 1)
    found = np.diff(hits[ends], prepend=0)
    return float(precision @ found / hits[-1])


def correlation(first: Values, second: Values) -> float:
    """Return Pearson's correlation; 0 if one of the two is constant, 1 if both are."""
    constant = [np.ptp(values) == 0 for values in (first, second)]
    if any(constant):
        return float(all(constant))
    return float(np.clip(np.corrcoef(first, second)[0, 1], -1, 1))


def spearman(first: Values, second: Values) -> float:
    """Return Spearman's rank correlation, tied entries sharing a mean rank; constants as above."""
    return correlation(_ranks(first), _ranks(second))


def _ranks(values: Values) -> DoubleArray:
    _, position, count = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count - 1) / 2
    return np.asarray(middle[position])
