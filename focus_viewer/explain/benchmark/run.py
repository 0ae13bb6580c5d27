"""Benchmark run over seeds, scenes and methods, its summary, and its journal on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.metric_names import with_current_names
from focus_viewer.explain.benchmark.measure import (
    BenchmarkScene,
    BenchmarkSetup,
    Depth,
    Effort,
    Known,
    Task,
    measure_cost,
)
from focus_viewer.explain.benchmark.methods import Method
from focus_viewer.explain.benchmark.summary import Summary, summarise
from focus_viewer.explain.benchmark.workers import Item, measure_items
from focus_viewer.explain.metrics.fidelity import own_fidelity

COST = "cost"


@dataclass(frozen=True, eq=False)
class Repetition:
    """Repetition of the benchmark with one seed.

    Attributes
    ----------
    scenes : sequence of BenchmarkScene
        Unseen in training.
    build_methods : callable
        Makes the methods; not called where all figures of the repetition are known.
    names : tuple of str
        Names of the methods.
    known : mapping of int to Known
        The frozen model's own values, by number of the scene, where they were computed.
    """

    seed: int
    scenes: Sequence[BenchmarkScene]
    build_methods: Callable[[], Sequence[Method]]
    names: tuple[str, ...]
    known: Mapping[int, Known] = field(default_factory=dict)


def run(
    setup: BenchmarkSetup,
    repetitions: Sequence[Repetition],
    journal: Journal,
    effort: Effort,
    step: Step,
    workers: int = 1,
) -> dict[str, Summary]:
    """Measure what the journal lacks; return mean and sd over seeds, by method and metric.

    Parameters
    ----------
    step : Step
        Raises `Cancelled` to stop; what was measured is in the journal.
    workers : int
        Processes that measure scenes. Costs are always measured alone.
    """
    count = len(repetitions)
    for index, repetition in enumerate(repetitions):
        wanted = [(name, what) for what in _parts(repetition) for name in repetition.names]
        missing = [item for item in wanted if (repetition.seed, *item) not in journal.figures]
        if missing:
            methods = {method.name: method for method in repetition.build_methods()}
            tasks = TaskFactory(
                setup, methods, repetition.scenes, repetition.seed, effort, repetition.known
            )
            report = part(step, index / count, (index + 1) / count)
            _measure_missing(tasks, missing, journal, report, workers)
    return {
        name: summarise(
            [
                [journal.figures[repetition.seed, name, what] for what in _parts(repetition)]
                for repetition in repetitions
            ]
        )
        for name in repetitions[0].names
    }


@dataclass(frozen=True, eq=False)
class TaskFactory:
    """Factory of measurement tasks from a method's name and a scene's number."""

    setup: BenchmarkSetup
    methods: Mapping[str, Method]
    scenes: Sequence[BenchmarkScene]
    seed: int
    effort: Effort
    known: Mapping[int, Known] = field(default_factory=dict)

    def __call__(self, item: Item) -> tuple[Task, Depth]:
        """Return the arguments of `measure_scene`."""
        name, what = item
        method, number = self.methods[name], int(what)
        known = self.known.get(number)
        task = Task(self.setup, method, self.scenes[number], self.seed, self.effort, known)
        leaf = number // len(self.setup.classes)
        faithful = leaf % self.effort.faithful_every == 0
        return task, Depth(faithful, not method.costly or number in self._spread())

    def _spread(self) -> set[int]:
        """Return scenes for costly methods: each of another class and leaf, the last class first.

        Scenes come leaf by leaf, each leaf with all classes in turn.
        """
        classes = len(self.setup.classes)
        scenes = [leaf * classes + classes - 1 - leaf for leaf in range(self.effort.costly_scenes)]
        return {scene % len(self.scenes) for scene in scenes}


def _measure_missing(
    make_task: TaskFactory, missing: Sequence[Item], journal: Journal, step: Step, workers: int
) -> None:
    """Measure items of a repetition: scene by scene, costs last."""
    seed = make_task.seed

    def tick(item: Item, done: int) -> None:
        step(done / len(missing), f"seed {seed}, {item[0]}")

    scenes = [item for item in missing if item[1] != COST]
    for (name, what), figures in measure_items(make_task, scenes, workers, tick):
        journal.add((seed, name, what), figures)
    for done, (name, what) in enumerate(missing[len(scenes) :], start=len(scenes)):
        tick((name, what), done)
        task, _ = make_task((name, "0"))
        journal.add((seed, name, what), measure_cost(task))


def _parts(repetition: Repetition) -> list[str]:
    return [*map(str, range(len(repetition.scenes))), COST]


def own_summary(repetitions: Sequence[Repetition]) -> Summary:
    """Return the figures of the frozen model's own Shapley values; empty where none are known."""
    return summarise(
        [
            [
                own_fidelity(known.own, scene.truth, scene.label, known.others)
                for number, known in repetition.known.items()
                for scene in (repetition.scenes[number],)
            ]
            for repetition in repetitions
        ]
    )


Key = tuple[int, str, str]
"""Seed, method, and scene or "cost"."""


class Journal:
    """Measured figures, from which an interrupted run resumes: a line a method and scene.

    The file is first written when there is something new to keep.

    Parameters
    ----------
    order : str
        What was asked for.
    restart : bool
        Delete what an interrupted run left.

    Raises
    ------
    FocusError
        If the file has the figures of another order.
    """

    def __init__(self, path: Path, order: str, restart: bool = False) -> None:
        self._path = path
        self._head = json.dumps(order)
        self._opened = False
        self.figures: dict[Key, dict[str, float]] = {}
        if restart:
            path.unlink(missing_ok=True)
        if path.exists():
            self.figures = self._read()

    def _read(self) -> dict[Key, dict[str, float]]:
        """Read the figures of all lines that are whole."""
        head, *lines = self._path.read_text(encoding="utf-8", errors="replace").split("\n")
        if head != self._head:
            raise FocusError(
                f"{self._path}: contains an interrupted benchmark of other options, weights or "
                "spectra. Give these to resume it, or --restart to delete it."
            )
        return dict(filter(None, map(_parsed, lines)))

    def add(self, key: Key, figures: dict[str, float]) -> None:
        """Store figures."""
        self.figures[key] = figures
        if not self._opened:
            # Written anew: what comes next must not be added to a line that was cut short.
            lines = [self._head, *(_line(*item) for item in self.figures.items())]
            write_atomically(self._path, "".join(f"{line}\n" for line in lines))
            self._opened = True
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(key, figures) + "\n")

    def discard(self) -> None:
        """Delete the file, once the run is complete and its figures are printed."""
        self._path.unlink(missing_ok=True)


def _line(key: Key, figures: dict[str, float]) -> str:
    return json.dumps([*key, figures])


def _parsed(line: str) -> tuple[Key, dict[str, float]] | None:
    """Return the figures of a line, or None where it is damaged: they are measured again."""
    try:
        seed, method, what, figures = json.loads(line)
        whole = type(seed) is int and isinstance(method, str) and isinstance(what, str)
        known = {name: float(value) for name, value in figures.items()}
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    return ((seed, method, what), with_current_names(known)) if whole and known else None
