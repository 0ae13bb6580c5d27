"""`focus-viewer benchmark`: FOCUS and its rivals on scenes whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from focus_viewer.cli.research.benchmark_files import (
    Result,
    check_outputs,
    open_journal,
    read_results,
    write_figures,
    write_results,
)
from focus_viewer.cli.research.benchmark_order import Order, SensorName

if TYPE_CHECKING:
    from focus_viewer.core.progress import Step
    from focus_viewer.explain.baselines.prompt_cam import PromptCam
    from focus_viewer.explain.benchmark.journal import Journal
    from focus_viewer.explain.benchmark.measure import Arena
    from focus_viewer.explain.benchmark.methods import Contestant
    from focus_viewer.explain.benchmark.run import Round, Summary

_METHODS = (
    "focus-evidence",
    "focus-attention",
    "cls-attention",
    "rollout",
    "grad-cam",
    "prompt-cam",
    "integrated-gradients",
    "occlusion",
    "random",
)
_ALL_SENSORS: tuple[SensorName, ...] = ("full", "vnir")
_SIZE_PX, _QUICK_SIZE_PX = 64, 32


class _Choice(StrEnum):
    """Typer takes no list of literals."""

    FULL = "full"
    VNIR = "vnir"
    ALL = "all"


@dataclass(frozen=True)
class _Wish:
    """What was asked for on the command line, before the model is known.

    Attributes
    ----------
    model : str
    sensors : tuple of {"full", "vnir"}
    seeds, scenes : int
    size_px : int or None
    workers : int
    quick : bool
    """

    model: str
    sensors: tuple[SensorName, ...]
    seeds: int
    scenes: int
    size_px: int | None
    workers: int
    quick: bool


def benchmark(
    model: Annotated[str, typer.Option(metavar="NAME|DIR", help="Model.")] = "focus-leaf",
    sensor: Annotated[
        list[_Choice] | None,
        typer.Option(help="Sensor that the scenes are seen by (full); may be given twice."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Repetitions with other scenes.")] = 3,
    scenes: Annotated[int, typer.Option(min=1, help="Scenes of each class and seed.")] = 8,
    size_px: Annotated[
        int | None,
        typer.Option(min=8, help="Height and width of the scenes (64, or the model's only size)."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that measure scenes.")] = 2,
    quick: Annotated[
        bool, typer.Option("--quick", help="One seed, one scene a class, of 32 px, little else.")
    ] = False,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
    figure_out: Annotated[
        Path | None,
        typer.Option("--figure", metavar="OUT", help="Draw the figures as PNG, PDF or SVG."),
    ] = None,
    on_card: Annotated[
        bool, typer.Option("--card", help="Keep the main figures on the model's card.")
    ] = False,
    earlier: Annotated[
        Path | None,
        typer.Option("--from", metavar="JSON", help="Tell an earlier run's figures; no new run."),
    ] = None,
) -> None:
    """Compare FOCUS with its rivals on simulated scenes; a run that was broken off goes on.

    The JSON is an object for one sensor and a list of them for both.
    """
    check_outputs(json_out, figure_out)
    if earlier is not None:
        results = read_results(earlier)
        tell(results, json_out, figure_out)
        _keep(model, results, on_card)
        return
    wish = _Wish(model, _sensors(sensor or [_Choice.FULL]), seeds, scenes, size_px, workers, quick)
    results, journals = _run(wish, json_out)
    tell(results, json_out, figure_out)
    _keep(model, results, on_card)
    for journal in journals:  # now that the figures are told
        journal.discard()


def _keep(model: str, results: list[Result], on_card: bool) -> None:
    if on_card:
        from focus_viewer.cli.research.benchmark_card import main_figures
        from focus_viewer.explain.model.cards import write_benchmark

        typer.echo(f"kept on {write_benchmark(model, main_figures(results))}")


def _sensors(asked: Sequence[_Choice]) -> tuple[SensorName, ...]:
    return tuple(name for name in _ALL_SENSORS if name in asked or _Choice.ALL in asked)


def tell(results: list[Result], json_out: Path | None, figure_out: Path | None) -> None:
    """Print figures, and write and draw them where that was asked for."""
    from focus_viewer.cli.research.benchmark_table import table
    from focus_viewer.cli.support.result_folder import write_errors

    for result in results:
        typer.echo(table(result) + "\n")
    if json_out is not None:
        with write_errors(json_out, "--json"):
            write_results(json_out, results)
    if figure_out is not None:
        with write_errors(figure_out, "--figure"):
            write_figures(figure_out, results)


def _run(wish: _Wish, json_out: Path | None) -> tuple[list[Result], list[Journal]]:
    from focus_viewer.cli.support.interrupt import interruptible
    from focus_viewer.cli.support.progress import part, progress_bar

    results, journals = [], []
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        bench = _Bench(wish, step)
        for place, sensor in enumerate(wish.sensors):
            order = bench.order(sensor)
            journals.append(open_journal(json_out, sensor, f"{order}"))
            count = len(wish.sensors)
            report = part(step, place / count, (place + 1) / count)
            results.append(bench.result(order, journals[-1], report))
    return results, journals


class _Bench:
    """The model, and Prompt-CAM on it, which serve all seeds and sensors."""

    def __init__(self, wish: _Wish, step: Step) -> None:
        from focus_viewer.cli.research.benchmark_scenes import check_groups, fitting_size_px
        from focus_viewer.explain.benchmark.measure import Arena
        from focus_viewer.explain.model.checkpoint import load_model

        step(0.0, "loading model")
        card, model = load_model(wish.model)
        check_groups(card.edges_nm)
        usual = _QUICK_SIZE_PX if wish.quick else _SIZE_PX
        self._size_px = fitting_size_px(model.backbone, wish.size_px, usual)
        self._wish, self._step, self._weights = wish, step, card.sha256
        self._arena = Arena(model, card.edges_nm, card.classes)
        self._prompt_order = self.order(wish.sensors[0])

    def order(self, sensor: SensorName) -> Order:
        """Everything that decides a sensor's figures."""
        from focus_viewer.explain.benchmark.measure import Effort

        if self._wish.quick:
            least = Effort(compared=2, levels_db=(30,), steps=5, costly_scenes=1, seconds=0.2)
            return Order(self._weights, sensor, 1, 1, self._size_px, 4, 10, least)
        seeds, scenes = self._wish.seeds, self._wish.scenes
        return Order(self._weights, sensor, seeds, scenes, self._size_px, 240, 100, Effort())

    @cached_property
    def _prompt_cam(self) -> PromptCam:
        from focus_viewer.cli.research.benchmark_scenes import trained_prompt_cam

        return trained_prompt_cam(self._prompt_order, self._arena, self._wish.workers, self._step)

    def result(self, order: Order, journal: Journal, step: Step) -> Result:
        """Measure what the journal does not know, and give the figures as the JSON has them."""
        from focus_viewer.explain.benchmark.run import run

        rounds = [self._round(order, seed) for seed in range(order.seeds)]
        arena, workers = self._arena, self._wish.workers
        methods = run(arena, rounds, journal, order.effort, step, workers)
        return _told(order, arena, rounds, methods)

    def _round(self, order: Order, seed: int) -> Round:
        from focus_viewer.cli.research.benchmark_scenes import contestants, simulate_scenes
        from focus_viewer.explain.benchmark.run import Round

        self._step(0.0, f"simulating, seed {seed}")
        scenes = simulate_scenes(order, self._arena, seed)

        def enter() -> Sequence[Contestant]:
            return contestants(order, self._arena, self._prompt_cam, seed)

        return Round(seed, scenes, enter, _METHODS)


def _told(
    order: Order, arena: Arena, rounds: Sequence[Round], methods: dict[str, Summary]
) -> dict[str, Any]:
    return {
        "sensor": order.sensor,
        "seeds": order.seeds,
        "scenes": sum(len(one.scenes) for one in rounds),
        "backbone": {
            "parameters": sum(weight.numel() for weight in arena.model.backbone.parameters()),
            "accuracy": methods["random"]["accuracy"]["mean"],  # it decides as the backbone does
        },
        "methods": methods,
    }
