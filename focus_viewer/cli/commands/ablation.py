"""`focus-viewer ablation`: the method with each of its parts taken out alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Annotated, Any

import typer

from focus_viewer.cli.research.benchmark_files import check_outputs, write_results
from focus_viewer.cli.support.long_work import Interrupt, interruptible, progress_bar
from focus_viewer.cli.support.options import selected
from focus_viewer.core.progress import part

if TYPE_CHECKING:
    from focus_viewer.cli.research.benchmark_files import SensorName
    from focus_viewer.core.progress import Step
    from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
    from focus_viewer.explain.experiments.ablation_run import VariantTrainer
    from focus_viewer.explain.model.focus_model import FocusModel
    from focus_viewer.explain.training.samples import SampleBatch

    Scenes = dict[SensorName, list[BenchmarkScene]]

_SENSORS: tuple[SensorName, ...] = ("full", "vnir")
_SIZE_PX = 64
# Far from the benchmark's seeds, which count from 0.
_SCENES_SEED = 900


@dataclass(frozen=True)
class _Order:
    """Order from the command line."""

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
        str, typer.Option(metavar="NAME|DIR", help="Model whose frozen backbone is used.")
    ] = "focus-leaf",
    part_names: Annotated[
        list[str] | None,
        typer.Option(
            "--part", metavar="NAME", help="Part to take out; may be repeated. [default: all parts]"
        ),
    ] = None,
    sensors: Annotated[
        int, typer.Option(min=1, help="Number of training sensors, 10 scenes each.")
    ] = 48,
    scenes: Annotated[
        int, typer.Option(min=1, help="Number of test scenes per class and sensor.")
    ] = 20,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of training the prompts.")] = 8,
    seeds: Annotated[
        int, typer.Option(min=1, help="Number of repetitions with another start and order.")
    ] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Number of processes that simulate.")] = 2,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
) -> None:
    """Take out each part of the method alone, retrain the prompts, and measure the rest.

    All variants read the model's frozen backbone, learn from the same simulated leaves and are
    measured on the same others, at 400-2500 nm and at 400-1000 nm. Ctrl-C leaves no file.
    """
    check_outputs(json_out, None)
    # Torch is not needed to refuse a path.
    from focus_viewer.cli.research.benchmark_table import ablation_table
    from focus_viewer.explain.experiments.ablation import PARTS

    parts = selected("part", part_names, PARTS)
    order = _Order(model, parts, sensors, scenes, epochs, seeds, workers)
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        result = _result(order, interrupt, step)
        write_results(json_out, [result])
    typer.echo(ablation_table(result))


def _result(order: _Order, interrupt: Interrupt, step: Step) -> dict[str, Any]:
    """Return the figures as the JSON has them."""
    from focus_viewer.cli.research.benchmark_scenes import load_setup
    from focus_viewer.explain.experiments.ablation_run import VariantTrainer

    step(0.0, "loading model")
    setup, _ = load_setup(order.model)
    with interrupt.leaves():
        samples, scenes = _simulated(order, setup)
    trainer = VariantTrainer(setup, samples, order.epochs)
    sensors = {
        sensor: {
            "scenes": len(scenes[sensor]),
            "backbone_accuracy": trainer.backbone_accuracy(scenes[sensor]),
        }
        for sensor in _SENSORS
    }
    parts = _parts(order, trainer, scenes, step)
    return {"command": order.command, "sensors": sensors, "parts": parts}


def _simulated(order: _Order, setup: BenchmarkSetup) -> tuple[list[SampleBatch], Scenes]:
    """Simulate training samples as the model's, and test scenes used by no other command."""
    from focus_viewer.cli.research import benchmark_scenes
    from focus_viewer.cli.research import simulated_samples as samples
    from focus_viewer.cli.research.benchmark_files import Order
    from focus_viewer.explain.benchmark.measure import Effort

    backbone = setup.model.backbone
    size = benchmark_scenes.fitting_size_px(backbone, None, _SIZE_PX)
    small = size if backbone.vit.patch_embed.strict_img_size else size // 2
    training = samples.simulate_samples(
        samples.TRAINING, 0, order.sensors, (small, small, small, size), order.workers
    )
    scenes: Scenes = {}
    for sensor in _SENSORS:
        wanted = Order(order.model, sensor, 1, order.scenes, size, 0, 0, Effort())
        scenes[sensor] = benchmark_scenes.simulate_scenes(wanted, setup, _SCENES_SEED)
    return training, scenes


def _parts(order: _Order, trainer: VariantTrainer, scenes: Scenes, step: Step) -> dict[str, Any]:
    """Train and measure the variants; those that differ in the reading alone share prompts."""
    from focus_viewer.explain.experiments.ablation import PARTS

    runs = [(name, seed) for name in order.parts for seed in range(order.seeds)]
    trained: dict[tuple[object, int], FocusModel] = {}
    measured: dict[str, list[dict[SensorName, dict[str, float]]]] = {}
    for index, (name, seed) in enumerate(runs):
        report = _named(part(step, index / len(runs), (index + 1) / len(runs)), name)
        without = PARTS[name]
        key = (without.learning, seed)
        if key not in trained:
            trained[key] = trainer.train(without, seed, report)
        figures = {
            sensor: trainer.measure(without, trained[key], scenes[sensor], report)
            for sensor in _SENSORS
        }
        measured.setdefault(name, []).append(figures)
    return {
        name: {
            "instead": PARTS[name].instead,
            **{sensor: _summary([run[sensor] for run in measured[name]]) for sensor in _SENSORS},
        }
        for name in order.parts
    }


def _named(step: Step, name: str) -> Step:
    """Add a variant's name to progress texts."""

    def report(fraction: float, text: str) -> None:
        step(fraction, f"{name}: {text}")

    return report


def _summary(figures: list[dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """Return mean and standard deviation of each figure over seeds; None for a single seed."""
    return {name: _mean_and_sd([seed[name] for seed in figures]) for name in figures[0]}


def _mean_and_sd(values: list[float]) -> dict[str, float | None]:
    return {"mean": fmean(values), "sd": stdev(values) if len(values) > 1 else None}
