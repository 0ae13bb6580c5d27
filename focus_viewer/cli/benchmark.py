"""`focus-viewer benchmark`: FOCUS and its rivals on scenes whose truth is known."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from focus_viewer.core.errors import FocusError

if TYPE_CHECKING:
    from focus_viewer.core.progress import Step
    from focus_viewer.explain.benchmark.contestants import Contestant
    from focus_viewer.explain.benchmark.measure import Arena, Effort
    from focus_viewer.explain.benchmark.run import Round
    from focus_viewer.explain.benchmark.scenes import BenchmarkScene
    from focus_viewer.simulate.sensors import Sensor

SensorName = Literal["full", "vnir"]

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
# Test scenes never share a seed with training, whose seeds are drawn otherwise: see cli.lessons.
_FIRST_SEED = 7_000_000
_COLUMNS = (
    "accuracy", "band_iou", "band_spearman", "spatial_iou", "volume_ap", "pointing",
    "collapse_top1pct", "deletion", "insertion", "stability_30db", "time_ratio",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What is measured.

    Attributes
    ----------
    model : str
    sensor : {"full", "vnir"}
    seeds : int
    scenes : int
        Of each class, for each seed.
    lessons : int
        Sensors that Prompt-CAM is trained on, 10 scenes each.
    epochs : int
        Of Prompt-CAM's training.
    effort : Effort
    """

    model: str
    sensor: SensorName
    seeds: int
    scenes: int
    lessons: int
    epochs: int
    effort: Effort


def benchmark(
    model: Annotated[str, typer.Option(metavar="NAME|DIR", help="Model.")] = "focus-leaf",
    sensor: Annotated[
        SensorName, typer.Option(help="Sensor that the scenes are seen by.")
    ] = "full",
    seeds: Annotated[int, typer.Option(min=1, help="Repetitions with other scenes.")] = 3,
    scenes: Annotated[int, typer.Option(min=1, help="Scenes of each class and seed.")] = 8,
    quick: Annotated[bool, typer.Option("--quick", help="One seed, one scene a class.")] = False,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
) -> None:
    """Compare FOCUS with its rivals on simulated scenes; a run that was broken off goes on."""
    from focus_viewer.cli.interrupt import interruptible
    from focus_viewer.cli.progress import progress_bar
    from focus_viewer.explain.benchmark.measure import Effort

    order = Order(model, sensor, seeds, scenes, lessons=120, epochs=10, effort=Effort())
    if quick:
        least = Effort(compared=2, levels_db=(30,), seconds=0.3)
        order = Order(model, sensor, 1, 1, lessons=6, epochs=2, effort=least)
    _check_folder(json_out)
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        result = run_order(order, _journal_path(json_out), step)
    if json_out is not None:
        _write(json_out, json.dumps(_without_nan(result), indent=2) + "\n")
    typer.echo(table(result))


def _check_folder(out: Path | None) -> None:
    """Refuse before hours of work what could not be written after them."""
    if out is not None and not (out.parent.is_dir() and os.access(out.parent, os.W_OK)):
        raise FocusError(
            f"{out}: its folder does not exist or may not be written: make it, or name another."
        )


def _write(out: Path, text: str) -> None:
    """All of it or nothing."""
    part = out.with_name(f"{out.name}.tmp")
    part.write_text(text, encoding="utf-8")
    part.replace(out)


def _journal_path(out: Path | None) -> Path:
    folder = out.parent if out is not None else Path(gettempdir())
    return folder / f"{out.name if out else 'focus-viewer-benchmark'}.partial"


def run_order(order: Order, journal_path: Path, step: Step) -> dict[str, Any]:
    """Measure, and give the figures as the JSON has them."""
    from focus_viewer.explain.benchmark.journal import Journal
    from focus_viewer.explain.benchmark.measure import Arena
    from focus_viewer.explain.benchmark.run import run
    from focus_viewer.explain.checkpoint import load_model

    step(0.0, "loading model")
    card, model = load_model(order.model)
    arena = Arena(model, card.edges_nm, card.classes)
    rounds = [_round(order, arena, seed, step) for seed in range(order.seeds)]
    journal = Journal(journal_path, f"{order} {card.sha256}")
    methods = run(arena, rounds, journal, order.effort, step)
    journal.close()
    return {
        "sensor": order.sensor,
        "seeds": order.seeds,
        "scenes": sum(len(one.scenes) for one in rounds),
        "backbone": {
            "parameters": sum(weight.numel() for weight in model.backbone.parameters()),
            "accuracy": methods["random"]["accuracy"]["mean"],  # it decides as the backbone does
        },
        "methods": methods,
    }


def _round(order: Order, arena: Arena, seed: int, step: Step) -> Round:
    from focus_viewer.explain.benchmark.run import Round

    step(0.0, f"simulating, seed {seed}")
    return Round(
        seed,
        _scenes(order, arena, seed),
        lambda: _contestants(order, arena, seed, step),
        _METHODS,
    )


def _scenes(order: Order, arena: Arena, seed: int) -> list[BenchmarkScene]:
    first = _FIRST_SEED + seed * 10_000
    return [
        _scene(arena, _sensor(order), first + number, label)
        for number in range(order.scenes)
        for label in range(len(arena.classes))
    ]


def _sensor(order: Order) -> Sensor:
    from focus_viewer.simulate.sensors import FULL, VNIR

    return FULL if order.sensor == "full" else VNIR


def _scene(arena: Arena, sensor: Sensor, seed: int, label: int) -> BenchmarkScene:
    import numpy as np

    from focus_viewer.cli.lessons import group_sensor
    from focus_viewer.explain.benchmark.scenes import BenchmarkScene
    from focus_viewer.explain.grouping import average_bands
    from focus_viewer.explain.metrics.truth import truth_on_grid
    from focus_viewer.simulate.scene import simulate_scene

    side = arena.model.backbone.window_px
    cells = side // arena.model.backbone.patch_px
    scene = simulate_scene(seed, sensor, arena.classes[label], (side, side))
    grouping = group_sensor(sensor)
    truth = truth_on_grid(
        scene.lesion,
        np.asarray(scene.importance, dtype=np.float64),
        sensor.wavelengths_nm,
        grouping.edges_nm,
        (cells, cells),
    )
    return BenchmarkScene(
        average_bands(scene.reflectance, grouping.bands), grouping.groups, label, truth
    )


def _contestants(order: Order, arena: Arena, seed: int, step: Step) -> Sequence[Contestant]:
    from focus_viewer.explain.baselines.methods import untrained_rivals
    from focus_viewer.explain.benchmark.contestants import Focus, Guest

    rivals = (*untrained_rivals(seed), _prompt_cam(order, arena, seed, step))
    guests = [Guest(rival, arena.model) for rival in rivals]
    return [Focus(arena.model, "evidence"), Focus(arena.model, "attention"), *guests]


def _prompt_cam(order: Order, arena: Arena, seed: int, step: Step) -> Any:
    import torch

    from focus_viewer.cli.lessons import TRAINING, simulate_lessons
    from focus_viewer.explain.baselines.prompt_training import (
        LabelledWindows,
        PromptPlan,
        train_prompt_cam,
    )

    model = arena.model
    lessons = simulate_lessons(TRAINING, seed, order.lessons, model.backbone.window_px, workers=2)
    windows = [
        LabelledWindows(
            lesson.tensor(model.statistics(lesson.groups)),
            torch.from_numpy(lesson.groups),
            torch.from_numpy(lesson.labels),
        )
        for lesson in lessons
    ]
    plan = PromptPlan(epochs=order.epochs, seed=seed)
    return train_prompt_cam(model.backbone, windows, len(arena.classes), plan, step)


def _without_nan(value: Any) -> Any:
    """JSON has no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {name: _without_nan(part) for name, part in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def table(result: dict[str, Any]) -> str:
    """The main figures, a line a method."""
    lines = [f"{'':22s}" + "".join(f"{name:>18s}" for name in _COLUMNS)]
    for method, metrics in result["methods"].items():
        cells = [metrics[name] for name in _COLUMNS]
        lines.append(f"{method:22s}" + "".join(f"{_told(cell):>18s}" for cell in cells))
    return "\n".join(lines)


def _told(cell: dict[str, float]) -> str:
    if math.isnan(cell["mean"]):
        return "-"
    spread = "" if math.isnan(cell["sd"]) else f" ± {cell['sd']:.3f}"
    return f"{cell['mean']:.3f}{spread}"
