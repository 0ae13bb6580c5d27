"""`focus-viewer ablation`: the method with each of its parts taken out alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Annotated, Any

import typer

from focus_viewer.cli.research.benchmark_files import check_outputs, write_results
from focus_viewer.cli.support.interrupt import Interrupt, interruptible
from focus_viewer.cli.support.progress import part, progress_bar
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.errors import FocusError

if TYPE_CHECKING:
    from focus_viewer.cli.research.benchmark_order import SensorName
    from focus_viewer.core.progress import Step
    from focus_viewer.explain.benchmark.measure import Arena
    from focus_viewer.explain.benchmark.scenes import BenchmarkScene
    from focus_viewer.explain.experiments.ablation_run import Workshop
    from focus_viewer.explain.model.focus_model import FocusModel
    from focus_viewer.explain.training.samples import Lesson

    Scenes = dict[SensorName, list[BenchmarkScene]]

_SENSORS: tuple[SensorName, ...] = ("full", "vnir")
_SIZE_PX = 64
# Far from the benchmark's seeds, which count from 0.
_SCENES_SEED = 900


@dataclass(frozen=True)
class _Order:
    """What was asked for on the command line."""

    model: str
    parts: tuple[str, ...]
    sensors: int
    scenes: int
    epochs: int
    seeds: int
    workers: int

    @property
    def command(self) -> str:
        """The command that measures the same again."""
        parts = "".join(f" --part {name}" for name in self.parts)
        return (
            f"focus-viewer ablation --model {self.model} --sensors {self.sensors} "
            f"--scenes {self.scenes} --epochs {self.epochs} --seeds {self.seeds}{parts}"
        )


def ablation(
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="Model whose frozen backbone is read anew.")
    ] = "focus-leaf",
    part_names: Annotated[
        list[str] | None,
        typer.Option("--part", metavar="NAME", help="May be repeated. [default: all parts]"),
    ] = None,
    sensors: Annotated[int, typer.Option(min=1, help="Sensors to train on, 10 scenes each.")] = 48,
    scenes: Annotated[
        int, typer.Option(min=1, help="Scenes of each class and sensor to measure on.")
    ] = 20,
    epochs: Annotated[int, typer.Option(min=1, help="Of the prompts' training.")] = 8,
    seeds: Annotated[
        int, typer.Option(min=1, help="Repetitions with another start and order of training.")
    ] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes that simulate.")] = 2,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
) -> None:
    """Take each part of the method out alone, train prompts anew, and measure what is left.

    All variants read the model's frozen backbone, learn from the same simulated leaves and are
    measured on the same others, at 400-2500 nm and at 400-1000 nm. Ctrl-C leaves no file.
    """
    check_outputs(json_out, None)
    order = _Order(model, _known(part_names), sensors, scenes, epochs, seeds, workers)
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        result = _result(order, interrupt, step)
        if json_out is not None:
            with write_errors(json_out, "--json"):
                write_results(json_out, [result])
    _tell(result)


def _known(names: list[str] | None) -> tuple[str, ...]:
    """The parts asked for, each once."""
    from focus_viewer.explain.experiments.ablation import PARTS

    for name in names or ():
        if name not in PARTS:
            raise FocusError(f"--part: no part {name!r}. Choose from: {', '.join(PARTS)}.")
    return tuple(dict.fromkeys(names or PARTS))


def _tell(result: dict[str, Any]) -> None:
    from focus_viewer.cli.research.ablation_table import table

    typer.echo(table(result))


def _result(order: _Order, interrupt: Interrupt, step: Step) -> dict[str, Any]:
    """Figures as the JSON has them."""
    from focus_viewer.explain.experiments.ablation_run import Workshop

    step(0.0, "loading model")
    arena = _arena(order)
    with interrupt.leaves():
        lessons, scenes = _simulated(order, arena)
    workshop = Workshop(arena, lessons, order.epochs)
    told = {
        sensor: {
            "scenes": len(scenes[sensor]),
            "backbone_accuracy": workshop.backbone_accuracy(scenes[sensor]),
        }
        for sensor in _SENSORS
    }
    parts = _parts(order, workshop, scenes, step)
    return {"command": order.command, "sensors": told, "parts": parts}


def _arena(order: _Order) -> Arena:
    from focus_viewer.cli.research.benchmark_scenes import check_groups
    from focus_viewer.explain.benchmark.measure import Arena
    from focus_viewer.explain.model.checkpoint import load_model

    card, model = load_model(order.model)
    check_groups(card.edges_nm)
    return Arena(model, card.edges_nm, card.classes)


def _simulated(order: _Order, arena: Arena) -> tuple[list[Lesson], Scenes]:
    """Lessons as the model has learned from, and scenes that nothing else is measured on."""
    from focus_viewer.cli.research import benchmark_scenes
    from focus_viewer.cli.research import simulated_samples as lessons
    from focus_viewer.cli.research.benchmark_order import Order
    from focus_viewer.explain.benchmark.measure import Effort

    backbone = arena.model.backbone
    size = benchmark_scenes.fitting_size_px(backbone, None, _SIZE_PX)
    small = size if backbone.vit.patch_embed.strict_img_size else size // 2
    training = lessons.simulate_lessons(
        lessons.TRAINING, 0, order.sensors, (small, small, small, size), order.workers
    )
    scenes: Scenes = {}
    for sensor in _SENSORS:
        wanted = Order(order.model, sensor, 1, order.scenes, size, 0, 0, Effort())
        scenes[sensor] = benchmark_scenes.simulate_scenes(wanted, arena, _SCENES_SEED)
    return training, scenes


def _parts(order: _Order, workshop: Workshop, scenes: Scenes, step: Step) -> dict[str, Any]:
    from focus_viewer.explain.experiments.ablation import PARTS

    bench = _Bench(workshop, scenes)
    runs = [(name, seed) for name in order.parts for seed in range(order.seeds)]
    found: dict[str, list[dict[SensorName, dict[str, float]]]] = {}
    for place, (name, seed) in enumerate(runs):
        report = part(step, place / len(runs), (place + 1) / len(runs))
        found.setdefault(name, []).append(bench.figures(name, seed, report))
    return {
        name: {
            "instead": PARTS[name].instead,
            **{sensor: _summary([one[sensor] for one in found[name]]) for sensor in _SENSORS},
        }
        for name in order.parts
    }


class _Bench:
    """Variants with what is measured of them; those that differ in the reading alone share prompts.

    Parameters
    ----------
    workshop : Workshop
    scenes : dict of {"full", "vnir"} to list of BenchmarkScene
    """

    def __init__(self, workshop: Workshop, scenes: Scenes) -> None:
        self._workshop, self._scenes = workshop, scenes
        self._trained: dict[object, FocusModel] = {}

    def figures(self, name: str, seed: int, step: Step) -> dict[SensorName, dict[str, float]]:
        """Figures of a variant at each sensor."""
        from focus_viewer.explain.experiments.ablation import PARTS

        out = PARTS[name]
        key = (out.learning, seed)
        if key not in self._trained:
            self._trained[key] = self._workshop.train(out, seed, _named(step, name))
        model = self._trained[key]
        return {
            sensor: self._workshop.measure(out, model, scenes, _named(step, name))
            for sensor, scenes in self._scenes.items()
        }


def _named(step: Step, name: str) -> Step:
    """Tell which variant is at work, too."""

    def report(fraction: float, text: str) -> None:
        step(fraction, f"{name}: {text}")

    return report


def _summary(figures: list[dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """Mean and standard deviation of each figure over seeds; a single seed has no deviation."""
    return {name: _mean_and_sd([one[name] for one in figures]) for name in figures[0]}


def _mean_and_sd(values: list[float]) -> dict[str, float | None]:
    return {"mean": fmean(values), "sd": stdev(values) if len(values) > 1 else None}
