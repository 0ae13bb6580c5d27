"""Designs of a comparison: whether units occur in one group each, or in all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.studies.observations import Observations
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.typing import DoubleArray, IntArray

Design = Literal["independent", "paired", "blocked"]

_FEWEST = 2  # groups, and units in each


@dataclass(frozen=True, eq=False)
class Sample:
    """Observations that are tested.

    Attributes
    ----------
    names : tuple of str
        Of the groups.
    labels : IntArray, shape (observations,)
        Index into `names`. In blocks, successive observations are of one unit, one a group.
    values : DoubleArray, shape (observations, n)
    block_size : int
        0 for independent groups.
    """

    names: tuple[str, ...]
    labels: IntArray
    values: DoubleArray
    block_size: int = 0

    @property
    def design(self) -> Design:
        """Name of the design."""
        if not self.block_size:
            return "independent"
        return "paired" if self.block_size == _FEWEST else "blocked"

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.labels) // self.block_size if self.block_size else len(self.labels)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of units in each group."""
        return tuple(np.bincount(self.labels).tolist())

    @property
    def means(self) -> DoubleArray:
        """Mean of each group, shape (groups, n)."""
        places = range(len(self.names))
        return np.stack([self.values[self.labels == each].mean(axis=0) for each in places])


def sample_of(observed: Observations, plan: StudyPlan, notes: list[str]) -> Sample | None:
    """Return the observations to test and note those left out; None where too few are left.

    Where most units occur in all groups, these are compared within units. Else units that occur
    in several groups are left out, so that those that are left are independent.
    """
    groups = _large_groups(observed, notes)
    if len(groups) < _FEWEST:
        return None
    if plan.design == "independent":
        return _independent(observed, groups, frozenset())
    places = Counter(
        unit for unit, group in zip(observed.units, observed.groups, strict=True) if group in groups
    )
    complete = [unit for unit, number in places.items() if number == len(groups)]
    several = frozenset(unit for unit, number in places.items() if number > 1)
    if len(complete) >= _FEWEST and 2 * len(complete) >= len(places):
        left = len(places) - len(complete)
        if left:
            notes.append(f"{counted(left, plan.unit)} not in every group: not tested")
        return _blocked(observed, groups, complete)
    if several:
        notes.append(f"{counted(len(several), plan.unit)} in several groups: not tested")
    return _independent(observed, groups, several)


def _large_groups(observed: Observations, notes: list[str]) -> list[int]:
    """Return the groups with enough units, and note the others."""
    sizes = np.bincount(observed.groups, minlength=len(observed.names)).tolist()
    small = [observed.names[each] for each, size in enumerate(sizes) if size < _FEWEST]
    if small:
        notes.append(f"a single unit has no spread: {', '.join(small)} not tested")
    return [each for each, size in enumerate(sizes) if size >= _FEWEST]


def _independent(
    observed: Observations, groups: list[int], without: frozenset[str]
) -> Sample | None:
    kept = [
        place
        for place, (group, unit) in enumerate(zip(observed.groups, observed.units, strict=True))
        if group in groups and unit not in without
    ]
    labels = np.array([groups.index(int(each)) for each in observed.groups[kept]], dtype=np.intp)
    names = tuple(observed.names[each] for each in groups)
    if (np.bincount(labels, minlength=len(groups)) < _FEWEST).any():
        return None
    return Sample(names, labels, observed.values[kept])


def _blocked(observed: Observations, groups: list[int], units: list[str]) -> Sample:
    cells = {
        (unit, int(group)): place
        for place, (group, unit) in enumerate(zip(observed.groups, observed.units, strict=True))
    }
    order = [cells[unit, group] for unit in units for group in groups]
    labels = np.tile(np.arange(len(groups), dtype=np.intp), len(units))
    names = tuple(observed.names[each] for each in groups)
    return Sample(names, labels, observed.values[order], len(groups))
