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
    from focus_viewer.explain.benchmark.measure import BenchmarkSetup
    from focus_viewer.explain.benchmark.scenes import BenchmarkScene
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
    order = _Order(model, _known(part_names), sensors, scenes, epochs, seeds, workers)
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        result = _result(order, interrupt, step)
        if json_out is not None:
            with write_errors(json_out, "--json"):
                write_results(json_out, [result])
    _print(result)


def _known(names: list[str] | None) -> tuple[str, ...]:
    """Return the selected parts, each once."""
    from focus_viewer.explain.experiments.ablation import PARTS

    for name in names or ():
        if name not in PARTS:
            raise FocusError(f"--part: no part {name!r}. Choose from: {', '.join(PARTS)}.")
    return tuple(dict.fromkeys(names or PARTS))


def _print(result: dict[str, Any]) -> None:
    from focus_viewer.cli.research.ablation_table import table

    typer.echo(table(result))


def _result(order: _Order, interrupt: Interrupt, step: Step) -> dict[str, Any]:
    """Return the figures as the JSON has them."""
    from focus_viewer.explain.experiments.ablation_run import VariantTrainer

    step(0.0, "loading model")
    setup = _setup(order)
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


def _setup(order: _Order) -> BenchmarkSetup:
    from focus_viewer.cli.research.benchmark_scenes import check_groups
    from focus_viewer.explain.benchmark.measure import BenchmarkSetup
    from focus_viewer.explain.model.checkpoint import load_model

    card, model = load_model(order.model)
    check_groups(card.edges_nm)
    return BenchmarkSetup(model, card.edges_nm, card.classes)


def _simulated(order: _Order, setup: BenchmarkSetup) -> tuple[list[SampleBatch], Scenes]:
    """Simulate training samples as the model's, and test scenes used by no other command."""
    from focus_viewer.cli.research import benchmark_scenes
    from focus_viewer.cli.research import simulated_samples as samples
    from focus_viewer.cli.research.benchmark_order import Order
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
    from focus_viewer.explain.experiments.ablation import PARTS

    bench = _Bench(trainer, scenes)
    runs = [(name, seed) for name in order.parts for seed in range(order.seeds)]
    found: dict[str, list[dict[SensorName, dict[str, float]]]] = {}
    for index, (name, seed) in enumerate(runs):
        report = part(step, index / len(runs), (index + 1) / len(runs))
        found.setdefault(name, []).append(bench.figures(name, seed, report))
    return {
        name: {
            "instead": PARTS[name].instead,
            **{
                sensor: _summary([figures[sensor] for figures in found[name]])
                for sensor in _SENSORS
            },
        }
        for name in order.parts
    }


class _Bench:
    """Variants with what is measured of them; those that differ in the reading alone share prompts.

    Parameters
    ----------
    scenes : dict of {"full", "vnir"} to list of BenchmarkScene
    """

    def __init__(self, trainer: VariantTrainer, scenes: Scenes) -> None:
        self._trainer, self._scenes = trainer, scenes
        self._trained: dict[object, FocusModel] = {}

    def figures(self, name: str, seed: int, step: Step) -> dict[SensorName, dict[str, float]]:
        """Return figures of a variant at each sensor."""
        from focus_viewer.explain.experiments.ablation import PARTS

        out = PARTS[name]
        key = (out.learning, seed)
        if key not in self._trained:
            self._trained[key] = self._trainer.train(out, seed, _named(step, name))
        model = self._trained[key]
        return {
            sensor: self._trainer.measure(out, model, scenes, _named(step, name))
            for sensor, scenes in self._scenes.items()
        }


def _named(step: Step, name: str) -> Step:
    """Prefix progress texts with a variant's name."""

    def report(fraction: float, text: str) -> None:
        step(fraction, f"{name}: {text}")

    return report


def _summary(figures: list[dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """Return mean and standard deviation of each figure over seeds; None for a single seed."""
    return {name: _mean_and_sd([seed[name] for seed in figures]) for name in figures[0]}


def _mean_and_sd(values: list[float]) -> dict[str, float | None]:
    return {"mean": fmean(values), "sd": stdev(values) if len(values) > 1 else None}
