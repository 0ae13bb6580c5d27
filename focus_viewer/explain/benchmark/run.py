"""The run: seeds by scenes by methods, and the figures over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.progress import Step
from focus_viewer.explain.benchmark.journal import Journal
from focus_viewer.explain.benchmark.measure import Arena, Depth, Effort, Task, measure_cost
from focus_viewer.explain.benchmark.methods import Contestant
from focus_viewer.explain.benchmark.scenes import BenchmarkScene
from focus_viewer.explain.benchmark.workers import Item, measured

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
    arena: Arena,
    rounds: Sequence[Round],
    journal: Journal,
    effort: Effort,
    step: Step,
    workers: int = 1,
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
    workers : int
        Processes that measure scenes. Costs are always measured alone.

    Returns
    -------
    dict
        Method to metric to mean and standard deviation over seeds.
    """
    for place, one in enumerate(rounds):

        def report(fraction: float, text: str, place: int = place) -> None:
            step((place + fraction) / len(rounds), text)

        _run_round(_Meeting(arena, one, effort), journal, report, workers)
    return {method: _summary(journal, rounds, method) for method in rounds[0].methods}


@dataclass(frozen=True, eq=False)
class _Meeting:
    """A round with what all rounds share."""

    arena: Arena
    round: Round
    effort: Effort

    def missing(self, journal: Journal) -> list[Item]:
        """What is not known yet, scene by scene, costs last."""
        wanted = [(method, what) for what in _parts(self.round) for method in self.round.methods]
        return [item for item in wanted if (self.round.seed, *item) not in journal.figures]

    def look(self) -> Looking:
        """Bring the contestants in."""
        by_name = {contestant.name: contestant for contestant in self.round.contestants()}
        return Looking(self.arena, by_name, self.round.scenes, self.round.seed, self.effort)


@dataclass(frozen=True, eq=False)
class Looking:
    """What a method and a scene's number stand for; called by whoever measures it.

    Attributes
    ----------
    arena : Arena
    contestants : mapping of str to Contestant
    scenes : sequence of BenchmarkScene
    seed : int
    effort : Effort
    """

    arena: Arena
    contestants: Mapping[str, Contestant]
    scenes: Sequence[BenchmarkScene]
    seed: int
    effort: Effort

    def __call__(self, item: Item) -> tuple[Task, Depth]:
        """Arguments of `measure_scene`."""
        method, what = item
        contestant, number = self.contestants[method], int(what)
        task = Task(self.arena, contestant, self.scenes[number], self.seed, self.effort)
        leaf = number // len(self.arena.classes)
        faithful = leaf % self.effort.faithful_every == 0
        return task, Depth(faithful, not contestant.costly or number in self._spread())

    def _spread(self) -> set[int]:
        """Scenes for costly methods: each of another class and another leaf, the last class first.

        Scenes come leaf by leaf, each leaf with all classes in turn.
        """
        classes = len(self.arena.classes)
        places = [
            place * classes + classes - 1 - place for place in range(self.effort.costly_scenes)
        ]
        return {place % len(self.scenes) for place in places}


def _run_round(meeting: _Meeting, journal: Journal, step: Step, workers: int) -> None:
    missing = meeting.missing(journal)
    if not missing:
        return
    seed = meeting.round.seed
    look = meeting.look()

    def tick(item: Item, done: int) -> None:
        step(done / len(missing), f"seed {seed}, {item[0]}")

    scenes = [item for item in missing if item[1] != COST]
    for (method, what), figures in measured(look, scenes, workers, tick):
        journal.add((seed, method, what), figures)
    for done, (method, what) in enumerate(missing[len(scenes) :], start=len(scenes)):
        tick((method, what), done)
        task, _ = look((method, "0"))
        journal.add((seed, method, what), measure_cost(task))


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
