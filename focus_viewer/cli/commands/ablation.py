"""`focus-viewer ablation`: the method with each of its parts taken out alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Annotated, Any

import typer

from focus_viewer.cli.research.benchmark_files import check_outputs, write_results
from focus_viewer.cli.support.long_work import Interrupt, interruptible, progress_bar
from focus_viewer.cli.support.options import SpectraOption, WorkersOption, selected
from focus_viewer.core.progress import part

if TYPE_CHECKING:
    from focus_viewer.cli.research.benchmark_files import SensorName
    from focus_viewer.core.progress import Step
    from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
    from focus_viewer.explain.experiments.ablation_run import VariantTrainer
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
    backbone_epochs: int
    prompt_epochs: int
    evaluations: int
    spectra: Path | None
    seeds: int
    workers: int

    @property
    def command(self) -> str:
        """The command that measures the same again."""
        parts = "".join(f" --part {name}" for name in self.parts)
        return (
            f"focus-viewer ablation --model {self.model} --sensors {self.sensors} "
            f"--scenes {self.scenes} --backbone-epochs {self.backbone_epochs} "
            f"--prompt-epochs {self.prompt_epochs} --evaluations {self.evaluations} "
            f"--seeds {self.seeds}{parts}"
            + (f" --spectra {self.spectra.name}" if self.spectra else "")
        )


def ablation(
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="Model whose architecture is trained anew.")
    ] = "focus-leaf",
    part_names: Annotated[
        list[str] | None,
        typer.Option(
            "--part", metavar="NAME", help="Part to take out; may be repeated. [default: all parts]"
        ),
    ] = None,
    sensors: Annotated[
        int, typer.Option(min=1, help="Number of training sensors, 10 scenes each.")
    ] = 120,
    scenes: Annotated[
        int, typer.Option(min=1, help="Number of test scenes per class and sensor.")
    ] = 3,
    backbone_epochs: Annotated[
        int, typer.Option(min=1, help="Epochs of training the backbones.")
    ] = 8,
    prompt_epochs: Annotated[int, typer.Option(min=1, help="Epochs of training the prompts.")] = 12,
    evaluations: Annotated[
        int, typer.Option(min=1, help="Evaluations of each scene's own Shapley values.")
    ] = 400,
    spectra: SpectraOption = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Number of repetitions with another start and order.")
    ] = 1,
    workers: WorkersOption = 2,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
) -> None:
    """Take out each part of the method alone, train anew by a short recipe, and measure the rest.

    All variants learn from the same leaves and are measured on the same others, at 400-2500 nm and
    at 400-1000 nm. Ctrl-C leaves no file.
    """
    check_outputs(json_out, None)
    # Torch is not needed to refuse a path.
    from focus_viewer.cli.research.benchmark_table import ablation_table
    from focus_viewer.explain.experiments.ablation import PARTS

    parts = selected("part", part_names, PARTS)
    order = _Order(
        model, parts, sensors, scenes, backbone_epochs, prompt_epochs, evaluations, spectra, seeds,
        workers,
    )  # fmt: skip
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        result = _result(order, interrupt, step)
        write_results(json_out, [result])
    typer.echo(ablation_table(result))


def _result(order: _Order, interrupt: Interrupt, step: Step) -> dict[str, Any]:
    """Return the figures as the JSON has them."""
    from focus_viewer.cli.research.benchmark_scenes import load_setup

    step(0.0, "loading model")
    setup, _ = load_setup(order.model)
    with interrupt.leaves():
        scenes = _scenes(order, setup)
        trainer = _trainer(order, setup)
    sensors = {sensor: {"scenes": len(scenes[sensor])} for sensor in _SENSORS}
    return {
        "command": order.command, "sensors": sensors, "parts": _parts(order, trainer, scenes, step),
    }  # fmt: skip


def _trainer(order: _Order, setup: BenchmarkSetup) -> VariantTrainer:
    """Simulate training samples for every recipe that the parts need."""
    from focus_viewer.cli.research import simulated_samples as samples
    from focus_viewer.cli.research.simulated_samples import EDGES_NM
    from focus_viewer.explain.experiments.ablation import PARTS, Recipe
    from focus_viewer.explain.experiments.ablation_run import VariantTrainer
    from focus_viewer.explain.model.cards import CARD, model_folder, parse_card
    from focus_viewer.explain.model.checkpoint import build_model
    from focus_viewer.explain.training.config import TrainingPlan
    from focus_viewer.simulate.scene import VARIED

    def simulate(recipe: Recipe) -> list[SampleBatch]:
        variety = VARIED if recipe.distractors else replace(VARIED, distractors=0.0)
        spectra = order.spectra if recipe.measured else None
        sizes = (_SIZE_PX // 2,)
        return samples.simulate_samples(
            samples.TRAINING, 0, order.sensors, sizes, order.workers, spectra, variety
        )

    card, built = parse_card(model_folder(order.model) / CARD)
    usual = TrainingPlan()
    plan = replace(
        usual,
        backbone=replace(usual.backbone, epochs=order.backbone_epochs),
        prompts=replace(usual.prompts, epochs=order.prompt_epochs),
        games=max(1, order.sensors // 3),
    )
    recipes = dict.fromkeys(PARTS[name].recipe for name in order.parts)
    # Recipes that differ in training alone share their scenes.
    scenes: dict[tuple[bool, bool], list[SampleBatch]] = {}
    for recipe in recipes:
        kind = (recipe.measured, recipe.distractors)
        scenes[kind] = scenes.get(kind) or simulate(recipe)
    return VariantTrainer(
        setup,
        lambda: build_model(built, EDGES_NM, len(card.classes)),
        {recipe: scenes[recipe.measured, recipe.distractors] for recipe in recipes},
        plan,
        order.evaluations,
    )


def _scenes(order: _Order, setup: BenchmarkSetup) -> Scenes:
    """Simulate test scenes that no other command uses."""
    from focus_viewer.cli.research import benchmark_scenes
    from focus_viewer.cli.research.benchmark_files import Order
    from focus_viewer.explain.benchmark.measure import Effort

    size = benchmark_scenes.fitting_size_px(setup.model.backbone, None, _SIZE_PX // 2)
    scenes: Scenes = {}
    for sensor in _SENSORS:
        wanted = Order(order.model, sensor, 1, order.scenes, size, 0, 0, Effort())
        scenes[sensor] = benchmark_scenes.simulate_scenes(wanted, setup, _SCENES_SEED)
    return scenes


def _parts(order: _Order, trainer: VariantTrainer, scenes: Scenes, step: Step) -> dict[str, Any]:
    """Train and measure the variants."""
    from focus_viewer.explain.experiments.ablation import PARTS

    runs = [(name, seed) for name in order.parts for seed in range(order.seeds)]
    measured: dict[str, list[dict[SensorName, dict[str, float]]]] = {}
    for index, (name, seed) in enumerate(runs):
        report = _named(part(step, index / len(runs), (index + 1) / len(runs)), name)
        model = trainer.train(name, seed, report)
        figures = {
            sensor: trainer.measure(name, seed, model, scenes[sensor], report)
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
