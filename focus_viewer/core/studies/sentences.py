"""Sentences that say the result of a comparison."""

from __future__ import annotations

import math

from focus_viewer.core.counted import counted
from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.core.studies.comparison import Comparison, GroupTest
from focus_viewer.core.studies.effects import StandardisedMean, VarianceShares
from focus_viewer.core.studies.words import number_text, p_text, runs
from focus_viewer.core.typing import BoolArray, DoubleArray

_FEW_UNITS = 6  # in a group: below, the spread itself is hardly known
_MOST_RANGES = 4


def result_sentence(found: Comparison) -> str:
    """Return the result: groups, units, effect, p and the test that was made."""
    if not found.summaries:
        return f"{_heading(found)}: nothing to compare by {found.plan.column}."
    if not found.observed.values.size:
        return f"{_heading(found)}: not compared, without a wavelength in common."
    if found.test is None:
        return f"{_heading(found)}: too few units to test. {_groups(found)}."
    return " ".join(
        part
        for part in (
            f"{_heading(found)}: {_outcome(found, found.test)}.",
            f"{_groups(found)}.",
            f"{test_words(found)}.",
            warning(found),
        )
        if part
    )


def test_words(found: Comparison) -> str:
    """Return which test was made, with what as units."""
    test = found.test
    if test is None:
        return "No test"
    unit, sample = found.plan.unit, test.sample
    tried = (
        f"all {counted(test.arrangements, 'arrangement')}"
        if test.complete
        else "the real and 9,999 random ones, seed 0, of all arrangements"
    )
    moved = {
        "independent": f"of {counted(sample.units, unit)} between independent groups",
        "paired": f"within {counted(sample.units, unit)} that occur in both groups (paired)",
        "blocked": f"within {counted(sample.units, unit)} that occur in every group (blocked)",
    }
    name = "t" if len(sample.names) == 2 else "F"
    greatest = f", greatest {name} over the curve" if sample.values.shape[1] > 1 else ""
    return f"Permutation test {moved[sample.design]}: {tried}{greatest}"


def warning(found: Comparison) -> str:
    """Return what few units mean for the result; empty where there are enough."""
    test, unit = found.test, found.plan.unit
    if test is None:
        return ""
    if test.hopeless:
        return (
            f"With so few units ({unit}) the smallest p that can come out is "
            f"{test.smallest_p:.2g}: no difference can be shown at {100 * test.level:g} %."
        )
    fewest = min(test.sample.sizes)
    if fewest < _FEW_UNITS:
        return f"Few units ({fewest} in a group): only large differences can be found."
    return ""


def effect_words(found: Comparison) -> str:
    """Return the effect size with its name; empty without a test."""
    effect = found.effect
    if found.test is not None and effect is None:
        return "all values are equal"
    if isinstance(effect, StandardisedMean):
        kind = " of the differences" if effect.paired else ""
        names = " − ".join(found.test.sample.names) if found.test else ""
        known = math.isfinite(effect.low) and math.isfinite(effect.high)
        limits = f"{_signed(effect.low)} to {_signed(effect.high)}" if known else "not known"
        return f"Hedges' g{kind} {_signed(effect.g)} ({names}; 95 % CI {limits})"
    if isinstance(effect, VarianceShares):
        partial = "partial " if found.test and found.test.sample.block_size else ""
        eta, omega = number_text(effect.eta_squared), number_text(effect.omega_squared)
        return f"{partial}eta squared {eta}, {partial}omega squared {omega}"
    return ""


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−") if math.isfinite(value) else "not known"


def ranges_text(edges_nm: DoubleArray, inside: BoolArray) -> str:
    """Return "520-560 nm, 700-735 nm" for runs of wavelengths: the four longest."""
    found = [(edges_nm[start, 0], edges_nm[end, 1]) for start, end in runs(inside)]
    shown = sorted(sorted(found, key=lambda run: run[0] - run[1])[:_MOST_RANGES])
    text = ", ".join(f"{nm_number(low)}-{nm_number(high)} nm" for low, high in shown)
    more = len(found) - len(shown)
    return f"{text} and {more} more" if more else text


def _heading(found: Comparison) -> str:
    title = found.quantity.title
    return title[:1].upper() + title[1:]


def _outcome(found: Comparison, test: GroupTest) -> str:
    differs = bool(test.different.any())
    words = "groups differ" if differs else "no difference shown"
    if found.observed.values.shape[1] == 1:
        return f"{words}, {effect_words(found)}, {p_text(test.p)}"
    low, high = found.observed.edges_nm[test.strongest]
    where = f" at {ranges_text(found.observed.edges_nm, test.different)}" if differs else ""
    peak = f"{nm_number((low + high) / 2)} nm"
    return (
        f"{words}{where}, p = {test.p:.2g} for the curve; largest at {peak}, {effect_words(found)}"
    )


def _groups(found: Comparison) -> str:
    unit, single = found.plan.unit, found.observed.values.shape[1] == 1
    parts = []
    for each in found.summaries:
        mean = f", mean {number_text(float(each.mean[0]))}" if single else ""
        sd = f" (sd {number_text(float(each.sd[0]))})" if single and each.units > 1 else ""
        parts.append(f"{each.name}: {counted(each.units, unit)}{mean}{sd}")
    return "; ".join(parts)
