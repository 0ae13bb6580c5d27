"""Splits of a data set into folds for validation: by group, by cube or by region.

Neighbouring pixels resemble each other far more than those of another leaf or field, so that a
model validated on random pixels is validated on what it has learned: see Roberts et al. (2017),
Ecography 40: 913-929. Pixels of a region are therefore never separated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.datasets.data_set import DataSet, DataSetError, Example
from focus_viewer.core.datasets.units import Unit, unit_kind, units_of
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray


@dataclass(frozen=True, eq=False)
class Fold:
    """Examples to learn from, and those that are held out."""

    train: tuple[Example, ...]
    held_out: tuple[Example, ...]


@dataclass(frozen=True, eq=False)
class Splits:
    """Folds of a data set.

    Attributes
    ----------
    by : str
        What is held out as a whole: "cube", "region", or the group column.
    units : int
        Their number.
    notes : tuple of str
        What the user should know, a sentence each.
    unvalidated : tuple of str
        Classes with one unit: where it is held out, nothing is left to learn them from.
    """

    folds: tuple[Fold, ...]
    by: str
    units: int
    notes: tuple[str, ...] = ()
    unvalidated: tuple[str, ...] = ()


def split_folds(
    data_set: DataSet, folds: int = 5, group: str | None = None, seed: int = 0
) -> Splits:
    """Split a data set into folds, each unit held out exactly once.

    A unit is a whole group, else a cube, else (in a data set of one cube) a region with all regions
    that share pixels with it. Cubes of the same content are never separated, nor are regions that
    share pixels, whatever their group. Classes are
    spread over the folds as evenly as whole units allow. The result depends on content and seed,
    not on the order of samples or on folders.

    Parameters
    ----------
    folds : int
        At least 2; with fewer units there are fewer.
    group : str or None
        Column of the samples' groups.

    Raises
    ------
    DataSetError
        If an example has no value in the column, or there is one unit only.
    ValueError
        If fewer than two folds are wanted.
    """
    if folds < 2:
        raise ValueError(f"expected at least 2 folds, found {folds}")
    units = units_of(data_set, group)
    by = unit_kind(data_set, group)
    if len(units) < 2:
        raise DataSetError(_one_unit(data_set, by))
    count = min(folds, len(units))
    held_out = _assigned(units, data_set.classes, count, seed)
    unvalidated = tuple(
        name for name in data_set.classes if sum(name in unit.classes for unit in units) == 1
    )
    notes = [*_fewer(len(units), folds, by), *_alone(unvalidated, by)]
    made = tuple(_fold(units, held_out == number) for number in range(count))
    return Splits(made, by, len(units), tuple(notes), unvalidated)


def _fold(units: Sequence[Unit], held_out: BoolArray) -> Fold:
    train: list[Example] = []
    test: list[Example] = []
    for unit, out in zip(units, held_out, strict=True):
        (test if out else train).extend(unit.examples)
    return Fold(tuple(train), tuple(test))


def _assigned(units: Sequence[Unit], classes: Sequence[str], folds: int, seed: int) -> IntArray:
    """Return the fold of each unit, shape (units,).

    Large units first, in random order among equals, each goes where its classes are rarest: the
    sum of squares of the folds' shares of each class grows least. An empty fold grows least of
    all, so that none stays empty.
    """
    shares = _shares(units, classes)
    sizes = np.array([len(unit.examples) for unit in units])
    order = np.random.default_rng(seed).permutation(len(units))
    order = order[np.argsort(-sizes[order], kind="stable")]
    loads, filled = np.zeros((folds, len(classes))), np.zeros(folds, dtype=np.intp)
    assigned = np.zeros(len(units), dtype=np.intp)
    for unit in order:
        growth = np.round(loads @ shares[unit], 12)
        best = min(range(folds), key=lambda fold: (growth[fold], filled[fold], fold))
        assigned[unit] = best
        loads[best] += shares[unit]
        filled[best] += sizes[unit]
    return assigned


def _shares(units: Sequence[Unit], classes: Sequence[str]) -> DoubleArray:
    """Return the share of each class's examples in each unit, shape (units, classes)."""
    column = {name: index for index, name in enumerate(classes)}
    counts = np.zeros((len(units), len(classes)))
    for row, unit in enumerate(units):
        for example in unit.examples:
            for name in example.classes:
                counts[row, column[name]] += 1
    return np.asarray(counts / counts.sum(axis=0))


def _one_unit(data_set: DataSet, by: str) -> str:
    advice = {
        "cube": "Add cubes.",
        "region": "Draw regions that share no pixels, or add cubes.",
    }.get(by, "Choose another column, or leave the cubes ungrouped.")
    return (
        f"{data_set.name or 'The data set'} cannot be split by {by}: expected at least two that "
        f"share no pixels, found one. {advice}"
    )


def _fewer(units: int, folds: int, by: str) -> list[str]:
    if units >= folds:
        return []
    return [
        f"There are {units} units by {by}, fewer than {folds} folds: {units} folds were made, and "
        "each leaves out one."
    ]


def _alone(names: Sequence[str], by: str) -> list[str]:
    if not names:
        return []
    listed = ", ".join(map(repr, names))
    return [
        f"Classes with one unit by {by}: {listed}. They cannot be validated, as nothing is left to "
        "learn them from when that is held out."
    ]
