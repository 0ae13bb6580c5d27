"""Comparison of groups: means and spread over units, and a permutation test of their difference."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.studies.arrangements import arrange
from focus_viewer.core.studies.designs import Sample, sample_of
from focus_viewer.core.studies.effects import (
    StandardisedMean,
    VarianceShares,
    standardised_mean,
    variance_shares,
)
from focus_viewer.core.studies.observations import Observations, observe
from focus_viewer.core.studies.plan import Quantity, StudyPlan
from focus_viewer.core.studies.study import Study
from focus_viewer.core.studies.variance import Variances, greatest_f, variances
from focus_viewer.core.typing import BoolArray, DoubleArray

_TWO = 2
_TIE = 1 - 1e-9  # equal statistics differ by rounding

Effect = StandardisedMean | VarianceShares


@dataclass(frozen=True, eq=False)
class GroupSummary:
    """Group of a comparison: mean and standard deviation over its units, shape (n,) each.

    The spread of a single unit is NaN: it is not known.
    """

    name: str
    units: int
    mean: DoubleArray
    sd: DoubleArray


@dataclass(frozen=True, eq=False)
class GroupTest:
    """Permutation test of the difference of groups, units being what is permuted.

    Attributes
    ----------
    sample : Sample
        Observations that were tested.
    found : Variances
        Of the real groups.
    p_values : DoubleArray, shape (n,)
        Chance of an F as large anywhere on the curve if groups do not differ.
    threshold : float
        F above it is significant at `level` for the whole curve; infinite where no F can be.
    arrangements : int
        Number tried, the real one included.
    complete : bool
        Whether these are all there are.
    smallest_p : float
        That the units can reach at all.
    """

    sample: Sample
    found: Variances
    p_values: DoubleArray
    threshold: float
    level: float
    arrangements: int
    complete: bool
    smallest_p: float

    @property
    def p(self) -> float:
        """Chance of a difference as large anywhere on the curve."""
        return float(self.p_values.min())

    @property
    def strongest(self) -> int:
        """Index of the wavelength with the largest F."""
        return int(np.argmax(self.found.f))

    @property
    def different(self) -> BoolArray:
        """Wavelengths at which groups differ, shape (n,)."""
        return np.asarray(self.p_values <= self.level)

    @property
    def hopeless(self) -> bool:
        """Whether no difference, however large, could be significant with so few units."""
        return self.smallest_p > self.level


@dataclass(frozen=True, eq=False)
class Comparison:
    """Groups compared.

    Attributes
    ----------
    summaries : tuple of GroupSummary
        Of all units, in natural order of the groups.
    test : GroupTest or None
        None where too few units are left.
    effect : StandardisedMean, VarianceShares or None
        Of a single value, or at the wavelength with the largest difference.
    notes : tuple of str
        What was left out, and why.
    """

    plan: StudyPlan
    observed: Observations
    summaries: tuple[GroupSummary, ...]
    test: GroupTest | None
    effect: Effect | None
    notes: tuple[str, ...]

    @property
    def quantity(self) -> Quantity:
        """Quantity that is compared."""
        return self.observed.quantity

    @property
    def difference(self) -> DoubleArray | None:
        """Mean of the first tested group minus that of the second, shape (n,); else None."""
        if self.test is None or len(self.test.sample.names) != _TWO:
            return None
        first, second = self.test.sample.means
        return np.asarray(first - second)

    @property
    def band(self) -> DoubleArray | None:
        """Half width of the band that the difference of two groups leaves where they differ."""
        if self.test is None or len(self.test.sample.names) != _TWO:
            return None
        if not math.isfinite(self.test.threshold):
            return None
        return np.asarray(math.sqrt(self.test.threshold) * standard_error(self.test))


def compare(study: Study, plan: StudyPlan, quantity: Quantity) -> Comparison:
    """Compare the groups of a column, with units averaged first."""
    return compare_observed(observe(study, plan, quantity), plan)


def compare_observed(observed: Observations, plan: StudyPlan) -> Comparison:
    """Compare groups of observations."""
    notes = list(observed.notes)
    summaries = tuple(_summary(observed, place) for place in range(len(observed.names)))
    sample = sample_of(observed, plan, notes) if observed.values.size else None
    test = None if sample is None else _tested(sample, plan.level)
    effect = None if test is None else _effect(test)
    return Comparison(plan, observed, summaries, test, effect, tuple(notes))


def _summary(observed: Observations, group: int) -> GroupSummary:
    values = observed.of(group)
    sd = values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1], np.nan)
    return GroupSummary(observed.names[group], len(values), values.mean(axis=0), sd)


def _tested(sample: Sample, level: float) -> GroupTest:
    """Hold the F of each wavelength against the greatest of each arrangement.

    Greatest F (Westfall & Young 1993; Nichols & Holmes 2002, Human Brain Mapping 15: 1-25): the
    chance of one false wavelength or more on the whole curve is at most `level`.
    """
    arranged = arrange(sample.labels, sample.block_size)
    found = variances(sample.values, sample.labels, sample.block_size)
    chance = np.sort(greatest_f(sample.values, arranged.labels, sample.block_size))
    below = np.searchsorted(chance, found.f * _TIE)
    total = len(chance)
    allowed = int(level * total + 1e-9)
    equal = _indistinguishable(sample) if arranged.complete else 1
    return GroupTest(
        sample,
        found,
        (total - below) / total,
        float(chance[-1 - allowed]) if equal / total <= level else math.inf,
        level,
        total,
        arranged.complete,
        equal / total,
    )


def _indistinguishable(sample: Sample) -> int:
    """Return how many arrangements have the F of the real one whatever the values are.

    They exchange whole groups of equal size: among all arrangements they occur for certain.
    """
    ways = (math.factorial(sample.sizes.count(size)) for size in set(sample.sizes))
    return math.prod(ways)


def standard_error(test: GroupTest) -> DoubleArray:
    """Return the standard error of the difference of two groups, shape (n,)."""
    found, sizes = test.found, test.sample.sizes
    # Of differences within units: the residual has half their variance.
    factor = 2 / sizes[0] if test.sample.block_size else 1 / sizes[0] + 1 / sizes[1]
    return np.asarray(np.sqrt(found.within / found.free_within * factor))


def _effect(test: GroupTest) -> Effect | None:
    """Return the effect size where the groups differ most; None where all values are equal."""
    place = slice(test.strongest, test.strongest + 1)
    found = Variances(
        test.found.between[place],
        test.found.within[place],
        test.found.free_between,
        test.found.free_within,
    )
    if not found.between[0] + found.within[0]:
        return None
    if len(test.sample.names) != _TWO:
        return variance_shares(found)
    first, second = test.sample.means
    sign = math.copysign(1, float((first - second)[test.strongest]))
    sizes = test.sample.sizes
    paired = bool(test.sample.block_size)
    factor = math.sqrt(1 / sizes[0] if paired else 1 / sizes[0] + 1 / sizes[1])
    t = sign * math.sqrt(float(found.f[0]))
    return standardised_mean(t, factor, found.free_within, paired)
