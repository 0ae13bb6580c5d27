"""`focus-viewer benchmark`: FOCUS and baselines on scenes with known truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from focus_viewer.cli.research.benchmark_files import (
    Order,
    OwnOrder,
    Result,
    SensorName,
    check_outputs,
    main_figures,
    open_journal,
    read_results,
    spectra_checksum,
    write_figures,
    write_results,
)
from focus_viewer.cli.support.options import SpectraOption, WorkersOption

if TYPE_CHECKING:
    from focus_viewer.core.progress import Step
    from focus_viewer.explain.baselines.prompt_cam import PromptCam
    from focus_viewer.explain.benchmark.measure import BenchmarkScene, Known
    from focus_viewer.explain.benchmark.methods import Method
    from focus_viewer.explain.benchmark.run import Journal, Repetition

_METHODS = (
    "focus-evidence",
    "focus-attention",
    "focus-signature",
    "cls-attention",
    "rollout",
    "grad-cam",
    "prompt-cam",
    "integrated-gradients",
    "occlusion",
    "random",
    "spectral-angle",
    "median-departure",
    "rx",
    "matched-filter",
)
_PAINTED: tuple[SensorName, ...] = ("painted", "painted-harder")
_ALL_SENSORS: tuple[SensorName, ...] = ("full", "vnir")
_SIZE_PX, _QUICK_SIZE_PX = 64, 32
_QUICK_SCENES = 2
_QUICK_OWN = OwnOrder(leaves=2, classes=3, evaluations=1000, trials=60)
_OWN_NAME, _OWN_SHARE, _DECIDED = "own-shapley", 0.4, 0.97
_DECISIONS, _QUICK_DECISIONS = 200, 50


class _Choice(StrEnum):
    """Sensor choices, as an enumeration because Typer takes no list of literals."""

    FULL = "full"
    VNIR = "vnir"
    ALL = "all"


_RestartOption = Annotated[
    bool, typer.Option("--restart", help="Delete what an interrupted run left.")
]


@dataclass(frozen=True)
class _Options:
    """Options of the command line, before the model is loaded."""

    model: str
    sensors: tuple[SensorName, ...]
    seeds: int
    scenes: int
    size_px: int | None
    workers: int
    quick: bool
    spectra: Path | None
    restart: bool


def benchmark(
    model: Annotated[str, typer.Option(metavar="NAME|DIR", help="Model.")] = "focus-leaf",
    sensor: Annotated[
        list[_Choice] | None,
        typer.Option(help="Sensor of the scenes (full); may be repeated."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Number of repetitions with other scenes.")] = 3,
    scenes: Annotated[int, typer.Option(min=1, help="Number of scenes per class and seed.")] = 8,
    size_px: Annotated[
        int | None,
        typer.Option(min=8, help="Height and width of the scenes (64, or the model's only size)."),
    ] = None,
    workers: WorkersOption = 2,
    quick: Annotated[
        bool, typer.Option("--quick", help="Minimal run: one seed, two scenes of 32 px per class.")
    ] = False,
    spectra: SpectraOption = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
    figure_out: Annotated[
        Path | None,
        typer.Option("--figure", metavar="OUT", help="Draw the figures as PNG, PDF or SVG."),
    ] = None,
    on_card: Annotated[
        bool, typer.Option("--card", help="Write the main figures on the model's card.")
    ] = False,
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="JSON", help="Show the figures of an earlier run; no new run."
        ),
    ] = None,
    restart: _RestartOption = False,
) -> None:
    """Compare FOCUS with baselines on simulated scenes; an interrupted run is resumed.

    One of other options beside the same OUT is refused, unless --restart is given.
    The JSON is an object for one sensor and a list of them for several; painted scenes count as
    sensors of their own.
    """
    check_outputs(json_out, figure_out)
    if earlier is not None:
        results = read_results(earlier)
        print_results(results, json_out, figure_out)
        _keep(model, results, on_card)
        return
    asked = _sensors(sensor or [_Choice.FULL])
    painted = _PAINTED if spectra is not None else ()
    sensors = (*asked, *painted)
    options = _Options(model, sensors, seeds, scenes, size_px, workers, quick, spectra, restart)
    results, journals = _run(options, json_out)
    print_results(results, json_out, figure_out)
    _keep(model, results, on_card)
    for journal in journals:  # now that the figures are printed
        journal.discard()


def _keep(model: str, results: list[Result], on_card: bool) -> None:
    if on_card:
        from focus_viewer.explain.model.cards import write_benchmark

        typer.echo(f"written to {write_benchmark(model, main_figures(results))}")


def _sensors(choices: Sequence[_Choice]) -> tuple[SensorName, ...]:
    return tuple(name for name in _ALL_SENSORS if name in choices or _Choice.ALL in choices)


def print_results(results: list[Result], json_out: Path | None, figure_out: Path | None) -> None:
    """Print figures, and write and draw them to the given files."""
    from focus_viewer.cli.research.benchmark_table import table
    from focus_viewer.cli.support.result_folder import write_errors

    for result in results:
        typer.echo(table(result) + "\n")
    write_results(json_out, results)
    if figure_out is not None:
        with write_errors(figure_out, "--figure"):
            write_figures(figure_out, results)


def _run(options: _Options, json_out: Path | None) -> tuple[list[Result], list[Journal]]:
    from focus_viewer.cli.support.long_work import interruptible, progress_bar
    from focus_viewer.core.progress import part

    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        bench = _Bench(options, step)
        orders = [bench.order(sensor) for sensor in options.sensors]
        # All of them first: none is refused after hours of work on another sensor.
        journals = [open_journal(json_out, order, options.restart) for order in orders]
        results, count = [], len(orders)
        for index, (order, journal) in enumerate(zip(orders, journals, strict=True)):
            report = part(step, index / count, (index + 1) / count)
            results.append(bench.result(order, journal, report))
    return results, journals


class _Bench:
    """Bench of a model, and of Prompt-CAM on it, for all seeds and sensors."""

    def __init__(self, options: _Options, step: Step) -> None:
        from focus_viewer.cli.research.benchmark_scenes import fitting_size_px, load_setup

        step(0.0, "loading model")
        self._options, self._step = options, step
        self._setup, self._weights = load_setup(options.model)
        usual = _QUICK_SIZE_PX if options.quick else _SIZE_PX
        self._size_px = fitting_size_px(self._setup.model.backbone, options.size_px, usual)
        self._prompt_order = self.order(options.sensors[0])

    def order(self, sensor: SensorName) -> Order:
        """Return the order of a sensor's figures."""
        from focus_viewer.explain.benchmark.measure import Effort

        options, weights, size = self._options, self._weights, self._size_px
        if sensor in _PAINTED:
            return self._painted_order(sensor)
        if options.quick:
            least = Effort(compared=2, levels_db=(30,), steps=5, costly_scenes=1, seconds=0.2)
            return Order(weights, sensor, 1, _QUICK_SCENES, size, 4, 10, least, _QUICK_OWN)
        classes = len(self._setup.classes)
        own = OwnOrder(leaves=2, classes=classes, evaluations=4000, trials=200)
        return Order(weights, sensor, options.seeds, options.scenes, size, 240, 100, Effort(), own)

    def _painted_order(self, sensor: SensorName) -> Order:
        """Return the order of painted scenes, of which own values are not computed."""
        from focus_viewer.explain.benchmark.measure import Effort

        options, weights, size = self._options, self._weights, self._size_px
        spectra = spectra_checksum(options.spectra) if options.spectra else ""
        if options.quick:
            least = Effort(compared=2, levels_db=(), steps=5, costly_scenes=0, seconds=0.2)
            return Order(weights, sensor, 1, 1, size, 4, 10, least, spectra=spectra)
        seeds, scenes, effort = options.seeds, options.scenes, Effort(costly_scenes=0)
        return Order(weights, sensor, seeds, scenes, size, 240, 100, effort, spectra=spectra)

    @cached_property
    def _prompt_cam(self) -> PromptCam:
        from focus_viewer.cli.research.benchmark_methods import trained_prompt_cam

        return trained_prompt_cam(
            self._prompt_order, self._setup, self._options.workers, self._step
        )

    def result(self, order: Order, journal: Journal, step: Step) -> Result:
        """Measure items missing in the journal; return the figures as the JSON has them."""
        from focus_viewer.cli.research.benchmark_own import known_values
        from focus_viewer.core.progress import part
        from focus_viewer.explain.benchmark.run import own_summary, run

        setup, workers = self._setup, self._options.workers
        step(0.0, "simulating")
        scenes = [self._scenes(order, seed) for seed in range(order.seeds)]
        known = known_values(order, setup, scenes, workers, part(step, 0.0, _OWN_SHARE))
        repetitions = [
            self._repetition(order, seed, scenes[seed], known[seed]) for seed in range(order.seeds)
        ]
        report = part(step, _OWN_SHARE, _DECIDED)
        methods = run(setup, repetitions, journal, order.effort, report, workers)
        own = own_summary(repetitions)
        backbone = methods["random"]  # it decides as the backbone
        return {
            **self._no_leaf(order),
            "decisions": self._decisions(order, part(step, _DECIDED, 1.0)),
            "sensor": order.sensor,
            "seeds": order.seeds,
            "scenes": sum(map(len, scenes)),
            "backbone": {
                "parameters": sum(weight.numel() for weight in setup.model.backbone.parameters()),
                "accuracy": backbone["accuracy"]["mean"],
            },
            "methods": {**methods, **({_OWN_NAME: own} if own else {})},
        }

    def _no_leaf(self, order: Order) -> Result:
        from focus_viewer.cli.research.benchmark_no_leaf import measure_no_leaf
        from focus_viewer.cli.research.benchmark_scenes import SENSORS

        sensor = SENSORS.get(order.sensor)
        if sensor is None:
            return {}
        return {"no_leaf": measure_no_leaf(order, self._setup, sensor)}

    def _decisions(self, order: Order, step: Step) -> Result:
        from focus_viewer.cli.research.benchmark_decisions import measure_decisions

        least = _QUICK_DECISIONS if self._options.quick else _DECISIONS
        return measure_decisions(self._setup, lambda seed: self._scenes(order, seed), least, step)

    def _scenes(self, order: Order, seed: int) -> list[BenchmarkScene]:
        from focus_viewer.cli.research.benchmark_painted import paint_scenes
        from focus_viewer.cli.research.benchmark_scenes import simulate_scenes

        if self._options.spectra is not None and order.sensor in _PAINTED:
            return paint_scenes(order, self._setup, seed, self._options.spectra)
        return simulate_scenes(order, self._setup, seed)

    def _repetition(
        self,
        order: Order,
        seed: int,
        scenes: Sequence[BenchmarkScene],
        known: Mapping[int, Known],
    ) -> Repetition:
        from focus_viewer.cli.research.benchmark_methods import build_methods
        from focus_viewer.explain.benchmark.run import Repetition

        def build() -> Sequence[Method]:
            return build_methods(order, self._setup, self._prompt_cam, seed)

        return Repetition(seed, scenes, build, _METHODS, known)
