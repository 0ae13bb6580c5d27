"""The run: seeds by scenes by methods, and the figures over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.progress import Step
from focus_viewer.explain.benchmark.contestants import Contestant
from focus_viewer.explain.benchmark.journal import Journal
from focus_viewer.explain.benchmark.measure import Arena, Effort, measure_cost, measure_scene
from focus_viewer.explain.benchmark.scenes import BenchmarkScene

COST = "cost"

Figures = dict[str, float]
Summary = dict[str, dict[str, float]]


@dataclass(frozen=True, eq=False)
class Round:
    """All that one seed decides.

    Attributes
    ----------
    seed : int
    scenes : sequence of BenchmarkScene
        Unseen in training.
    contestants : callable
        Makes the methods; not called where all of the round's figures are known.
    methods : tuple of str
        Their names.
    """

    seed: int
    scenes: Sequence[BenchmarkScene]
    contestants: Callable[[], Sequence[Contestant]]
    methods: tuple[str, ...]


def run(
    arena: Arena, rounds: Sequence[Round], journal: Journal, effort: Effort, step: Step
) -> dict[str, Summary]:
    """Measure what the journal does not know yet.

    Parameters
    ----------
    arena : Arena
    rounds : sequence of Round
    journal : Journal
    effort : Effort
    step : Step
        Raises `Cancelled` to stop; what was measured is in the journal.

    Returns
    -------
    dict
        Method to metric to mean and standard deviation over seeds.
    """
    for place, one in enumerate(rounds):
        share = (place / len(rounds), 1 / len(rounds))
        _run_round(arena, one, journal, effort, step, share)
    return {method: _summary(journal, rounds, method) for method in rounds[0].methods}


def _run_round(
    arena: Arena,
    one: Round,
    journal: Journal,
    effort: Effort,
    step: Step,
    share: tuple[float, float],
) -> None:
    wanted = [(method, what) for method in one.methods for what in _parts(one)]
    missing = [key for key in wanted if (one.seed, *key) not in journal.figures]
    if not missing:
        return
    by_name = {contestant.name: contestant for contestant in one.contestants()}
    for done, (method, what) in enumerate(missing):
        step(share[0] + share[1] * done / len(missing), f"seed {one.seed}, {method}")
        contestant = by_name[method]
        if what == COST:
            figures = measure_cost(arena, contestant, one.scenes[0], effort)
        else:
            figures = measure_scene(arena, contestant, one.scenes[int(what)], one.seed, effort)
        journal.add((one.seed, method, what), figures)


def _parts(one: Round) -> list[str]:
    return [*map(str, range(len(one.scenes))), COST]


def _summary(journal: Journal, rounds: Sequence[Round], method: str) -> Summary:
    means = [_round_means(journal, one, method) for one in rounds]
    metrics = dict.fromkeys(name for figures in means for name in figures)
    return {
        name: _mean_and_sd([figures.get(name, math.nan) for figures in means]) for name in metrics
    }


def _round_means(journal: Journal, one: Round, method: str) -> Figures:
    """Mean of each metric over the scenes of a seed that have it."""
    parts = [journal.figures[one.seed, method, what] for what in _parts(one)]
    metrics = dict.fromkeys(name for figures in parts for name in figures)
    return {name: _mean([figures.get(name, math.nan) for figures in parts]) for name in metrics}


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def _mean_and_sd(values: Sequence[float]) -> dict[str, float]:
    """Mean and standard deviation over seeds; the latter is NaN for a single seed."""
    known = [value for value in values if not math.isnan(value)]
    sd = float(np.std(known, ddof=1)) if len(known) > 1 else math.nan
    return {"mean": _mean(values), "sd": sd}
