"""Learning curve: how good a classifier is that was taught from fewer units of each class.

For each size, a classifier is taught from so many units of each class, drawn from the training
part of each fold, and predicts all that the fold leaves out. A class with fewer units gives all it
has, and its own curve ends there. Larger draws contain the smaller ones. The trend is linear in the
logarithm of the number, over the last two doublings, so that a curve that has become flat is not
extended by its steep beginning.

What a classifier chooses while it is taught, such as the strength of a regularisation, is chosen
once for each fold, in all of its training part, which is more than the smaller sizes have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import numpy as np

from focus_viewer.core.datasets.classifier import Classifier
from focus_viewer.core.datasets.data_set import Example
from focus_viewer.core.datasets.metrics import (
    Interval,
    class_mean,
    drawn_weights,
    f1_scores,
    found_shares,
    mean_of_draws,
)
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.cross_validation import Outcome, Plan, Select, cross_validate

Verdict = Literal["helps", "hardly", "open", "too few"]

MORE: Final = 5
_DRAWS, _RESAMPLINGS = 3, 500
_SIZES = (1, 2, 3, 5, 8, 21, 55, 144, 377, 987)
_SMALLEST_GAIN, _LARGEST_CHANGE = 0.01, 0.05
_RECENT = 4  # the trend is that of the last fourfold increase
_ENDS = (2.5, 97.5)


@dataclass(frozen=True, eq=False)
class Curve:
    """Score by number of units, each array of shape (sizes,).

    Attributes
    ----------
    low, high : DoubleArray
        Interval of 95 %, over units and draws.
    """

    sizes: tuple[int, ...]
    mean: DoubleArray
    low: DoubleArray
    high: DoubleArray


@dataclass(frozen=True, eq=False)
class ClassCurve:
    """Curve of the F1 of a class, and what more units of it promise.

    Attributes
    ----------
    units : int
        That the class has in all.
    gain : Interval
        Change of the F1 that the trend promises from `MORE` further units.
    verdict : {"helps", "hardly", "open", "too few"}
        "open" where trend and spread allow both, "too few" where there is no curve.
    """

    name: str
    units: int
    curve: Curve
    gain: Interval
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Curves of all classes, and of the balanced accuracy.

    Attributes
    ----------
    by : str
        What a unit is: "cube", "region", or the group column.
    """

    by: str
    draws: int
    balanced_accuracy: Curve
    classes: tuple[ClassCurve, ...]


def learning_curve(
    classifier: Classifier,
    plan: Plan,
    draws: int = _DRAWS,
    step: Step = silent,
    choices: Outcome | None = None,
) -> LearningCurve | None:
    """Measure a classifier taught from 1, 2, 3, 5, 8 ... units; None where no class has two.

    Parameters
    ----------
    draws : int
        How often the units of each size are drawn.
    choices : Outcome or None
        Cross-validation of the classifier on this plan; without it each teaching chooses anew.
    """
    limits = [_fewest_taught(plan, name) for name in plan.classes]
    sizes = curve_sizes(max(limits))
    if len(sizes) < 2:
        return None
    jobs = [(draw, size) for draw in range(draws) for size in sizes]
    tables = []
    for number, (draw, size) in enumerate(jobs):
        own_step = part(step, number / len(jobs), (number + 1) / len(jobs))
        choose = _select(plan, draw, size)
        found = cross_validate(classifier, plan, select=choose, step=own_step, choices=choices)
        tables.append(found.unit_tables)
    stacked = np.array(tables).reshape(draws, len(sizes), *tables[0].shape)
    return _summary(plan, stacked, sizes, limits)


def curve_sizes(most: int) -> tuple[int, ...]:
    """Return 1, 2, 3, 5, 8, 21, 55 ... up to the largest, which is the last."""
    sizes = [size for size in _SIZES if size < most]
    return (*sizes, most) if most > 0 else ()


def _fewest_taught(plan: Plan, name: str) -> int:
    """Return the number of units of a class in the training part that has the fewest."""
    return min(
        len({plan.unit_of[e] for e in fold.train if name in e.classes})
        for splits in plan.splits
        for fold in splits.folds
    )


def _select(plan: Plan, draw: int, size: int) -> Select:
    """Return a choice of so many units of each class, the first of a random order."""
    order = np.random.default_rng([plan.seed, draw]).permutation(len(plan.units))

    def choose(train: Sequence[Example]) -> Sequence[Example]:
        chosen: set[Example] = set()
        for name in plan.classes:
            own = [example for example in train if name in example.classes]
            units = sorted({plan.unit_of[e] for e in own}, key=lambda unit: int(order[unit]))
            taken = set(units[:size])
            chosen.update(example for example in own if plan.unit_of[example] in taken)
        return [example for example in train if example in chosen]

    return choose


def _summary(
    plan: Plan, tables: DoubleArray, sizes: tuple[int, ...], limits: Sequence[int]
) -> LearningCurve:
    """Summarise tables of shape (draws, sizes, units, ...)."""
    draws, _, units = tables.shape[:3]
    rows = np.moveaxis(tables, 2, 1).reshape(draws * units, len(sizes), *tables.shape[3:]) / draws
    drawn = _resampled(rows, draws, units, plan.seed)
    shares = partial(found_shares, several=plan.several)
    scores = partial(f1_scores, several=plan.several)
    mean, spread = scores(rows.sum(axis=0)), scores(drawn)
    classes = tuple(
        _class_curve(plan, place, limit, sizes, mean[:, place], spread[:, :, place])
        for place, limit in enumerate(limits)
    )
    whole = shares(rows.sum(axis=0))
    overall = _curve(sizes, class_mean(whole), mean_of_draws(shares(drawn), whole))
    return LearningCurve(plan.by, draws, overall, classes)


def _resampled(rows: DoubleArray, draws: int, units: int, seed: int) -> DoubleArray:
    """Return tables of draws and units drawn with replacement, (resamplings, sizes, ...)."""
    of_draws = drawn_weights(draws, seed + 1, _RESAMPLINGS)
    of_units = drawn_weights(units, seed, _RESAMPLINGS)
    weights = (of_draws[:, :, None] * of_units[:, None, :]).reshape(_RESAMPLINGS, -1)
    return np.asarray(weights @ rows.reshape(len(rows), -1)).reshape(-1, *rows.shape[1:])


def _class_curve(
    plan: Plan,
    place: int,
    limit: int,
    sizes: tuple[int, ...],
    mean: DoubleArray,
    drawn: DoubleArray,
) -> ClassCurve:
    name = plan.classes[place]
    units = sum(name in unit.classes for unit in plan.units)
    own = tuple(size for size in sizes if size <= limit)
    curve = _curve(own, mean[: len(own)], drawn[:, : len(own)])
    if len(own) < 2:
        return ClassCurve(name, units, curve, Interval(np.nan, np.nan, np.nan), "too few")
    gain = _gain(curve, drawn[:, : len(own)], units)
    return ClassCurve(name, units, curve, gain, _verdict(gain))


def _curve(sizes: tuple[int, ...], mean: DoubleArray, drawn: DoubleArray) -> Curve:
    if not sizes:
        return Curve(sizes, mean, mean, mean)
    complete = drawn[np.isfinite(drawn).all(axis=1)]
    if not len(complete):
        return Curve(sizes, mean, np.full(mean.shape, np.nan), np.full(mean.shape, np.nan))
    low, high = np.percentile(complete, _ENDS, axis=0)
    return Curve(sizes, mean, np.minimum(low, mean), np.maximum(high, mean))


def _gain(curve: Curve, drawn: DoubleArray, units: int) -> Interval:
    """Return what further units promise: the slope over the last doublings, never beyond 1."""
    recent = np.array(curve.sizes) * _RECENT >= curve.sizes[-1]
    recent[-2:] = True
    x = np.log2(np.array(curve.sizes)[recent])
    weights = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    ahead = np.log2((units + MORE) / units)
    room = 1 - curve.mean[-1]
    mean = min(float(curve.mean[recent] @ weights * ahead), room)
    complete = drawn[np.isfinite(drawn).all(axis=1)][:, recent]
    if not len(complete):
        return Interval(mean, np.nan, np.nan)
    low, high = np.percentile(np.minimum(complete @ weights * ahead, room), _ENDS)
    return Interval(mean, float(min(low, mean)), float(max(high, mean)))


def _verdict(gain: Interval) -> Verdict:
    if gain.low > 0 and gain.mean >= _SMALLEST_GAIN:
        return "helps"
    return "hardly" if gain.high < _LARGEST_CHANGE else "open"
