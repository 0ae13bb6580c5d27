"""Cross-validation of any classifier: each unit is predicted by what was taught without it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from focus_viewer.core.datasets.classifier import Choosing, Classifier, Taught
from focus_viewer.core.datasets.data_set import DataSet, Example
from focus_viewer.core.datasets.metrics import (
    Interval,
    all_right_share,
    f1_scores,
    found_shares,
    interval,
    recalls,
)
from focus_viewer.core.datasets.splits import Fold, Splits, split_folds
from focus_viewer.core.datasets.units import Unit, units_of
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray

Select = Callable[[Sequence[Example]], Sequence[Example]]
"""Function of a fold's training part, giving what is taught from."""


@dataclass(frozen=True, eq=False)
class Plan:
    """Folds of a data set, the same for all classifiers that are compared.

    Attributes
    ----------
    splits : tuple of Splits
        A split for each repeat.
    several : bool
        Whether several classes may hold at once.
    """

    data_set: DataSet
    units: tuple[Unit, ...]
    splits: tuple[Splits, ...]
    several: bool
    seed: int

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of all classes."""
        return self.data_set.classes

    @property
    def by(self) -> str:
        """What a unit is: "cube", "region", or the group column."""
        return self.splits[0].by

    @cached_property
    def unit_of(self) -> Mapping[Example, int]:
        """Number of the unit of each example."""
        return {e: number for number, unit in enumerate(self.units) for e in unit.examples}


def plan_folds(
    data_set: DataSet, folds: int = 5, group: str | None = None, seed: int = 0, repeats: int = 1
) -> Plan:
    """Split a data set once for each repeat.

    Raises
    ------
    DataSetError
        If an example has no value in the column, or there is one unit only.
    """
    splits = tuple(split_folds(data_set, folds, group, seed + n) for n in range(repeats))
    return Plan(data_set, units_of(data_set, group), splits, data_set.several_classes, seed)


@dataclass(frozen=True, eq=False)
class Held:
    """Predictions of the held-out part of a fold.

    Attributes
    ----------
    probabilities : DoubleArray, shape (examples, classes)
    judged : BoolArray, shape (examples,)
        False where a class of the example was not in the training part, so that it could not be
        learned.
    tables : DoubleArray, shape (units, ...)
        Tables of the judged examples, by unit.
    taught : Taught or None
        What was taught; None where there was nothing to learn.
    """

    examples: tuple[Example, ...]
    taught_from: int
    probabilities: DoubleArray
    judged: BoolArray
    tables: DoubleArray
    taught: Taught | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """Result of a cross-validation.

    Attributes
    ----------
    folds : tuple of Held
        Of all repeats.
    repeats : int
        How often each unit was held out; tables count each example once all the same.
    """

    name: str
    classes: tuple[str, ...]
    several: bool
    folds: tuple[Held, ...]
    repeats: int = 1
    seed: int = 0

    @cached_property
    def unit_tables(self) -> DoubleArray:
        """Tables by unit, shape (units, ...)."""
        return np.asarray(sum(fold.tables for fold in self.folds)) / self.repeats

    @cached_property
    def table(self) -> DoubleArray:
        """Table in sum."""
        return np.asarray(self.unit_tables.sum(axis=0))

    @cached_property
    def balanced_accuracy(self) -> Interval:
        """Mean recall, with its interval over units."""
        measure = partial(found_shares, several=self.several)
        return interval(self.unit_tables, measure, self.seed)

    @cached_property
    def macro_f1(self) -> Interval:
        """Mean F1, with its interval over units."""
        return interval(self.unit_tables, partial(f1_scores, several=self.several), self.seed)

    @cached_property
    def all_right(self) -> float:
        """Share of judged examples all of whose classes are right, where several may hold."""
        if not self.several:
            return math.nan
        judged = [
            (membership(fold.examples, self.classes)[fold.judged], fold.probabilities[fold.judged])
            for fold in self.folds
        ]
        true, found = (np.concatenate(parts) for parts in zip(*judged, strict=True))
        return all_right_share(true, found)

    def recall(self, place: int) -> Interval:
        """Return the recall of a class, with its interval over the units that have it."""
        return self._of_class(recalls, place)

    def f1(self, place: int) -> Interval:
        """Return the F1 of a class, with its interval over units."""
        return self._of_class(f1_scores, place)

    def _of_class(self, metric: Callable[..., DoubleArray], place: int) -> Interval:
        def measure(tables: DoubleArray) -> DoubleArray:
            return np.asarray(metric(tables, self.several)[..., place : place + 1])

        tables = self.unit_tables
        own = (tables[:, place, 1] if self.several else tables[:, place]).sum(axis=-1) > 0
        if metric is recalls:  # other units say nothing of it
            tables = tables[own]
        return interval(tables, measure, self.seed, int(own.sum()))


def cross_validate(
    classifier: Classifier,
    plan: Plan,
    relabelled: Mapping[Example, Example] | None = None,
    select: Select | None = None,
    step: Step = silent,
    choices: Outcome | None = None,
) -> Outcome:
    """Predict what each fold leaves out by a classifier taught from its training part.

    Parameters
    ----------
    relabelled : mapping of Example to Example, or None
        Examples with other classes, in place of the plan's own.
    select : callable or None
        Chooses what of a training part is taught from; None takes all.
    choices : Outcome or None
        Of the same folds: what was chosen in the training part of each is chosen again.
    """
    folds = [fold for splits in plan.splits for fold in splits.folds]
    held = []
    for number, fold in enumerate(folds):
        step(number / len(folds), f"{classifier.name}: fold {number + 1} of {len(folds)}")
        own = classifier if choices is None else _settled(classifier, choices.folds[number])
        held.append(_held(own, plan, fold, relabelled, select))
    name = classifier.name
    return Outcome(name, plan.classes, plan.several, tuple(held), len(plan.splits), plan.seed)


def _settled(classifier: Classifier, fold: Held) -> Classifier:
    """Return the classifier with the choices made in a fold, if it makes any."""
    if fold.taught is None or not isinstance(classifier, Choosing):
        return classifier
    return classifier.settled(fold.taught)


def _held(
    classifier: Classifier,
    plan: Plan,
    fold: Fold,
    relabelled: Mapping[Example, Example] | None,
    select: Select | None,
) -> Held:
    train: Sequence[Example] = fold.train if select is None else select(fold.train)
    units = np.array([plan.unit_of[example] for example in fold.held_out], dtype=np.intp)
    held_out: Sequence[Example] = fold.held_out
    if relabelled is not None:
        train = [relabelled[example] for example in train]
        held_out = [relabelled[example] for example in held_out]
    probabilities, known, taught = _predicted(classifier, train, held_out, plan.classes, plan.seed)
    true = membership(held_out, plan.classes)
    judged = np.asarray(~(true & ~known).any(axis=1))
    tables = tally(
        true[judged], probabilities[judged], units[judged], len(plan.units), plan.several
    )
    return Held(fold.held_out, len(train), probabilities, judged, tables, taught)


def _predicted(
    classifier: Classifier,
    train: Sequence[Example],
    held_out: Sequence[Example],
    classes: Sequence[str],
    seed: int,
) -> tuple[DoubleArray, BoolArray, Taught | None]:
    """Return probabilities, shape (examples, classes), which classes could be learned, and by what.

    Classes without examples in the training part are not taught; a single class needs no teaching.

    Raises
    ------
    ValueError
        If a probability is not a number.
    """
    known = np.asarray(membership(train, classes).any(axis=0))
    probabilities = np.zeros((len(held_out), len(classes)))
    if known.sum() < 2:
        probabilities[:, known] = 1.0
        return probabilities, known, None
    names = [name for name, is_known in zip(classes, known, strict=True) if is_known]
    taught = classifier.taught(train, names, seed)
    probabilities[:, known] = taught.probabilities(held_out)
    if not np.isfinite(probabilities).all():
        raise ValueError(f"{classifier.name}: expected probabilities, found values without number")
    return probabilities, known, taught


def membership(examples: Sequence[Example], classes: Sequence[str]) -> BoolArray:
    """Return which classes hold, shape (examples, classes)."""
    rows = [[name in example.classes for name in classes] for example in examples]
    return np.array(rows, dtype=np.bool_).reshape(len(examples), len(classes))


def tally(
    true: BoolArray, probabilities: DoubleArray, units: IntArray, count: int, several: bool
) -> DoubleArray:
    """Count predictions by unit: the likeliest class, or each class of at least one half."""
    classes = true.shape[1]
    if several:
        tables = np.zeros((count, classes, 2, 2))
        shown = (probabilities >= 0.5).astype(np.intp)
        places = (units[:, None], np.arange(classes), true.astype(np.intp), shown)
        np.add.at(tables, places, 1.0)
        return tables
    tables = np.zeros((count, classes, classes))
    np.add.at(tables, (units, true.argmax(axis=1), probabilities.argmax(axis=1)), 1.0)
    return tables
