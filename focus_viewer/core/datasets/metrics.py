"""Metrics of a classification, with intervals over the units that were held out.

All are computed from tables: confusion matrices of shape (classes, classes), rows true and columns
predicted, where classes exclude one another; else a table of shape (2, 2) for each class, its rows
"absent" and "present", together (classes, 2, 2). Leading axes are kept, so that the tables of all
draws of a bootstrap are evaluated at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray

DRAWS = 2000
_OUTSIDE = 0.025  # of a distribution, at each end of an interval of 95 %
_MANY_CELLS = 4_000_000


@dataclass(frozen=True)
class Interval:
    """Value with its interval of 95 %; all NaN where nothing was measured."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Counts:
    """Examples by what they are and what they were taken for, each of shape (..., classes)."""

    right: DoubleArray
    missed: DoubleArray
    mistaken: DoubleArray
    rejected: DoubleArray


Statistic = Callable[[DoubleArray], DoubleArray]
"""Function of tables, (..., tables) to (..., classes); NaN for classes without examples."""


def confusion_matrix(true: IntArray, predicted: IntArray, classes: int) -> DoubleArray:
    """Count examples by true class (row) and predicted class (column)."""
    places = true * classes + predicted
    return np.bincount(places, minlength=classes**2).reshape(classes, classes).astype(np.float64)


def presence_tables(true: BoolArray, predicted: BoolArray) -> DoubleArray:
    """Count examples for each class, from (examples, classes) to (classes, 2, 2)."""
    cells = [
        [(~true & ~predicted).sum(axis=0), (~true & predicted).sum(axis=0)],
        [(true & ~predicted).sum(axis=0), (true & predicted).sum(axis=0)],
    ]
    return np.moveaxis(np.array(cells, dtype=np.float64), -1, 0)


def counts_of(tables: DoubleArray, several: bool) -> Counts:
    """Return the four counts of each class.

    Parameters
    ----------
    several : bool
        Whether several classes may hold at once, so that there is a table for each.
    """
    if several:
        return Counts(tables[..., 1, 1], tables[..., 1, 0], tables[..., 0, 1], tables[..., 0, 0])
    right = np.diagonal(tables, axis1=-2, axis2=-1)
    missed, mistaken = tables.sum(axis=-1) - right, tables.sum(axis=-2) - right
    rejected = tables.sum(axis=(-2, -1))[..., None] - right - missed - mistaken
    return Counts(right, missed, mistaken, rejected)


def recalls(tables: DoubleArray, several: bool = False) -> DoubleArray:
    """Return the share of each class that was found, NaN for classes without examples."""
    counts = counts_of(tables, several)
    return _ratio(counts.right, counts.right + counts.missed)


def precisions(tables: DoubleArray, several: bool = False) -> DoubleArray:
    """Return the share that is right of what was taken for each class, NaN where nothing was."""
    counts = counts_of(tables, several)
    return _ratio(counts.right, counts.right + counts.mistaken)


def f1_scores(tables: DoubleArray, several: bool = False) -> DoubleArray:
    """Return the harmonic mean of precision and recall, NaN for classes without examples."""
    counts = counts_of(tables, several)
    present = counts.right + counts.missed
    scores = _ratio(2 * counts.right, 2 * counts.right + counts.missed + counts.mistaken)
    return np.where(present > 0, scores, np.nan)


def found_shares(tables: DoubleArray, several: bool = False) -> DoubleArray:
    """Return the recall of each class; where several may hold, the mean of presence and absence."""
    shares = recalls(tables, several)
    if several:
        counts = counts_of(tables, several)
        shares = (shares + _ratio(counts.rejected, counts.rejected + counts.mistaken)) / 2
    return shares


def balanced_accuracy(tables: DoubleArray, several: bool = False) -> DoubleArray:
    """Return the mean share found; chance is 1 / classes, or 1/2 where several may hold.

    Classes without examples do not count.
    """
    return class_mean(found_shares(tables, several))


def macro_f1(tables: DoubleArray, several: bool = False) -> DoubleArray:
    """Return the mean F1 of the classes that have examples."""
    return class_mean(f1_scores(tables, several))


def all_right_share(true: BoolArray, probabilities: DoubleArray) -> float:
    """Return the share of examples all of whose classes are right; NaN without examples.

    Where several classes may hold at once: each is there from a probability of one half on.
    """
    right = (true == (probabilities >= 0.5)).all(axis=1)
    return float(right.mean()) if right.size else float("nan")


def chance_level(classes: int, several: bool = False) -> float:
    """Return the balanced accuracy of a guess."""
    return 0.5 if several else 1 / max(classes, 1)


def drawn_weights(units: int, seed: int, draws: int = DRAWS) -> DoubleArray:
    """Return how often each unit is drawn with replacement, shape (draws, units)."""
    random = np.random.default_rng(seed)
    return random.multinomial(units, np.full(units, 1 / units), size=draws).astype(np.float64)


def bootstrap(
    unit_tables: DoubleArray, statistic: Statistic, seed: int = 0, draws: int = DRAWS
) -> DoubleArray:
    """Return the mean over classes of a statistic of units drawn with replacement, (draws,).

    A draw without a class says nothing of it: the class then counts as it is in all units, else
    draws without a class that is hard to find would be better. NaN for draws without any class.

    Parameters
    ----------
    unit_tables : DoubleArray, shape (units, ...)
        Tables of each unit: cubes, groups or regions, never pixels.
    """
    weights = drawn_weights(len(unit_tables), seed, draws)
    flat = unit_tables.reshape(len(unit_tables), -1)
    step = max(1, _MANY_CELLS // max(flat.shape[1], 1))
    parts = (weights[at : at + step] @ flat for at in range(0, draws, step))
    shape = unit_tables.shape[1:]
    drawn = np.concatenate([statistic(part.reshape(-1, *shape)) for part in parts])
    return mean_of_draws(drawn, statistic(unit_tables.sum(axis=0)))


def mean_of_draws(drawn: DoubleArray, whole: DoubleArray) -> DoubleArray:
    """Return the mean over classes of each draw, (draws, ..., classes) to (draws, ...).

    Parameters
    ----------
    whole : DoubleArray, shape (..., classes)
        Statistic of all units, for classes that a draw does not have.
    """
    known = np.isfinite(drawn)
    means = class_mean(np.where(known, drawn, whole))
    return np.where(known.any(axis=-1), means, np.nan)


def interval(
    unit_tables: DoubleArray, statistic: Statistic, seed: int = 0, units: int | None = None
) -> Interval:
    """Return the mean over classes of a statistic, with its interval by a bootstrap over units.

    Where all units agree that everything is right, or wrong, the bootstrap has no width: the
    interval of 95 % then ends where so many units would still agree in one case of forty.

    Parameters
    ----------
    unit_tables : DoubleArray, shape (units, ...)
    statistic : Statistic
        Its values are from 0 to 1.
    units : int or None
        That the statistic rests on; None takes all with counts.
    """
    if not len(unit_tables):
        return Interval(np.nan, np.nan, np.nan)
    mean = float(class_mean(statistic(unit_tables.sum(axis=0))))
    drawn = bootstrap(unit_tables, statistic, seed)
    counted = int((unit_tables.reshape(len(unit_tables), -1).sum(axis=1) > 0).sum())
    return interval_of(mean, drawn, counted if units is None else units)


def interval_of(mean: float, drawn: DoubleArray, units: int) -> Interval:
    """Return the interval of 95 % of a share from its bootstrap, shape (draws,)."""
    finite = drawn[np.isfinite(drawn)]
    if not np.isfinite(mean) or not finite.size:
        return Interval(np.nan, np.nan, np.nan)
    low, high = np.quantile(finite, [_OUTSIDE, 1 - _OUTSIDE])
    if low == high:
        room = 1 - _OUTSIDE ** (1 / max(units, 1))
        low, high = max(low - room, 0.0), min(high + room, 1.0)
    return Interval(mean, float(min(low, mean)), float(max(high, mean)))


def _ratio(part: DoubleArray, whole: DoubleArray) -> DoubleArray:
    empty = np.full(np.shape(part), np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=whole > 0))


def class_mean(values: DoubleArray) -> DoubleArray:
    """Return the mean over classes, the last axis, without NaN; NaN where all are."""
    known = np.isfinite(values)
    return _ratio(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1))
