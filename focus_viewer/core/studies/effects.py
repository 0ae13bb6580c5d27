"""Effect sizes: Hedges' g with its confidence interval, eta and omega squared."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.studies.variance import Variances
from focus_viewer.core.typing import DoubleArray

_STEPS = 501  # of the integral over the spread of the pooled standard deviation
_HALVINGS = 40
_WIDEST_T = 200.0  # searched around t for the limits of an interval
_LEAST_FREE = 1

_FARTHEST = 8.0  # standard deviations
_NORMAL_X = np.linspace(-_FARTHEST, _FARTHEST, 4001)
_NORMAL = np.array([0.5 * (1 + math.erf(x / math.sqrt(2))) for x in _NORMAL_X.tolist()])


@dataclass(frozen=True)
class StandardisedMean:
    """Difference of two groups in standard deviations.

    Attributes
    ----------
    d, g : float
        Cohen's d, and Hedges' g: d without its bias in small groups. First group minus second.
    low, high : float
        Confidence interval of g.
    paired : bool
        Whether the standard deviation is that of the differences within units.
    """

    d: float
    g: float
    low: float
    high: float
    paired: bool


@dataclass(frozen=True)
class VarianceShares:
    """Share of the variance that groups explain; partial where units occur in all groups."""

    eta_squared: float
    omega_squared: float


def standardised_mean(t: float, factor: float, free: int, paired: bool) -> StandardisedMean:
    """Return effect size and 95 % interval for a t value.

    Parameters
    ----------
    t : float
        Student's t with `free` degrees of freedom.
    factor : float
        d over t: sqrt(1/n1 + 1/n2), or sqrt(1/n) for differences within n units.

    References
    ----------
    Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size and related
    estimators. Journal of Educational Statistics 6: 107-128.
    Steiger, J. H., Fouladi, R. T. (1997). Noncentrality interval estimation and the evaluation of
    statistical models. In: What if there were no significance tests?
    """
    correction = hedges_correction(free)
    d = t * factor
    low, high = noncentrality_limits(t, free)
    scale = factor * correction
    return StandardisedMean(d, d * correction, low * scale, high * scale, paired)


def hedges_correction(free: int) -> float:
    """Return J, the bias of d: g = J d."""
    if free <= _LEAST_FREE:
        return math.nan
    logs = math.lgamma(free / 2) - math.lgamma((free - 1) / 2)
    return math.exp(logs) / math.sqrt(free / 2)


def variance_shares(found: Variances) -> VarianceShares:
    """Return eta squared and omega squared of one value."""
    between, within = float(found.between[0]), float(found.within[0])
    total = between + within
    if total <= 0 or found.free_within < 1:
        return VarianceShares(math.nan, math.nan)
    mean_within = within / found.free_within
    omega = (between - found.free_between * mean_within) / (total + mean_within)
    return VarianceShares(between / total, max(0.0, omega))


def noncentrality_limits(t: float, free: int, level: float = 0.05) -> tuple[float, float]:
    """Return the noncentralities under which t is the upper and the lower limit of chance."""
    if not math.isfinite(t) or free < 1:
        return math.nan, math.nan
    return _solve(t, free, 1 - level / 2), _solve(t, free, level / 2)


def _solve(t: float, free: int, share: float) -> float:
    """Return the noncentrality under which `share` of all values are below t."""
    s, weights = _spread(free)
    width = _WIDEST_T + 2 * abs(t)
    low, high = t - width, t + width  # the share falls with the noncentrality
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = np.interp(t * s - middle, _NORMAL_X, _NORMAL)
        low, high = (middle, high) if float(below @ weights) > share else (low, middle)
    return (low + high) / 2


def _spread(free: int) -> tuple[DoubleArray, DoubleArray]:
    """Return values of chi / sqrt(free) and their weights, by the trapezoidal rule."""
    s = np.linspace(0, 1 + 8 / math.sqrt(free), _STEPS)[1:]
    logs = (free - 1) * np.log(s) - free * s**2 / 2
    weights = np.exp(logs - logs.max())
    weights[-1] /= 2
    return s, np.asarray(weights / weights.sum())
