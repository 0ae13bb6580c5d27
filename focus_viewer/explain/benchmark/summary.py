"""Summary of scenes' figures: means over the scenes of a seed, then mean and spread over seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from focus_viewer.explain.metrics.calibration import expected_calibration_error

Figures = dict[str, float]
Summary = dict[str, dict[str, float]]

# Where a single scene may well be off, or none may be, a mean says the wrong thing.
_REDUCED: Mapping[str, Callable[[list[float]], float]] = {
    "sink_remainder": lambda values: float(np.median(values)),
    "sum_error": max,
}
_PLAYERS = ("groups", "cells")
_RATIOS = {"prompt_swap_ratio": "swap_curve", "prompt_shuffle_ratio": "shuffle_curve"}


def summarise(parts_by_seed: Sequence[Sequence[Figures]]) -> Summary:
    """Return mean and sd over seeds of each metric; the sd is NaN for a single seed."""
    means = [_seed_figures(parts) for parts in parts_by_seed]
    metrics = dict.fromkeys(metric for figures in means for metric in figures)
    return {
        metric: _mean_and_sd([figures.get(metric, math.nan) for figures in means])
        for metric in metrics
    }


def _seed_figures(parts: Sequence[Figures]) -> Figures:
    """Return each metric over the scenes of a seed that have it, and what only all scenes give."""
    metrics = dict.fromkeys(metric for figures in parts for metric in figures)
    found = {metric: _reduced(metric, _known(parts, metric)) for metric in metrics}
    if "coalition_missed_groups" in metrics:
        found |= _predicted(found)
    if "confidence" in metrics:
        found["ece"] = expected_calibration_error(*_together(parts, "confidence", "accuracy"))
    for name, changed in _RATIOS.items():
        if changed in metrics:
            # Ratio of means: a scene whose own curve is all noise must not count by its inverse.
            after, before = _together(parts, changed, "shapley_curve")
            found[name] = _mean(after) / _mean(before) if _mean(before) else math.nan
    return found


def _predicted(found: Figures) -> Figures:
    """Return the share of what coalitions add that parts predict, over all scenes together."""
    shares = {
        f"coalition_r2_{players}": 1
        - found.pop(f"coalition_missed_{players}") / found.pop(f"coalition_added_{players}")
        for players in _PLAYERS
    }
    return {"coalition_r2": _mean(list(shares.values())), **shares}


def _known(parts: Sequence[Figures], metric: str) -> list[float]:
    values = [figures.get(metric, math.nan) for figures in parts]
    return [value for value in values if not math.isnan(value)]


def _together(parts: Sequence[Figures], first: str, second: str) -> tuple[list[float], list[float]]:
    """Return two metrics over the scenes that have both."""
    both = [part for part in parts if all(_known([part], name) for name in (first, second))]
    return _known(both, first), _known(both, second)


def _reduced(metric: str, values: list[float]) -> float:
    return _REDUCED.get(metric, _mean)(values) if values else math.nan


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan


def _mean_and_sd(values: Sequence[float]) -> dict[str, float]:
    known = [value for value in values if not math.isnan(value)]
    sd = float(np.std(known, ddof=1)) if len(known) > 1 else math.nan
    return {"mean": _mean(known), "sd": sd}
