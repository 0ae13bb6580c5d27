"""`focus-viewer bank`: accuracy and size of prompts that classes share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from focus_viewer.core.progress import Step
    from focus_viewer.explain.model.prompts import SpectralPrompts

Row = dict[str, Any]
"""The figures of one kind of prompts at one number of classes, as the JSON has them."""

_HEAD = (
    f"{'classes':>7} {'prompts':>8} {'learned':>8} {'measured':>8} {'top-1':>6} {'top-5':>6} "
    f"{'chance':>6} {'band top n':>10} {'chance':>6} {'scenes':>7}"
)


@dataclass(frozen=True)
class _Effort:
    """Numbers of training and test scenes, and of epochs.

    Attributes
    ----------
    training, test : int
        Scenes of all classes together.
    """

    training: int
    test: int
    epochs: int

    def times(self, factor: float) -> _Effort:
        """Scale the numbers; each is at least 1."""
        scaled = (max(1, round(value * factor)) for value in vars(self).values())
        return _Effort(*scaled)


_EFFORTS: Mapping[int, _Effort] = MappingProxyType(
    {
        5: _Effort(training=150, test=100, epochs=20),
        50: _Effort(training=600, test=150, epochs=8),
        500: _Effort(training=2000, test=150, epochs=3),
    }
)
_SIZES = (4, 8, 16)


def bank(
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="Model whose backbone is used.")
    ] = "focus-leaf",
    classes: Annotated[
        list[int] | None, typer.Option(help="Numbers of classes: 5, 50, 500 (all three).")
    ] = None,
    size: Annotated[
        list[int] | None, typer.Option(min=1, help="Prompts in a bank (4, 8, 16).")
    ] = None,
    effort: Annotated[
        float,
        typer.Option(min=0.001, help="Factor of scenes and epochs; 1 takes 15 min on a core."),
    ] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of scenes and training.")] = 0,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON.")
    ] = None,
) -> None:
    """Compare separate prompts for each class with prompts mixed from a shared bank.

    Both learn anew on the model's frozen backbone, from the same simulated scenes.
    """
    from focus_viewer.cli.research.benchmark_files import check_outputs, write_results

    counts = _known(classes or sorted(_EFFORTS))
    check_outputs(json_out, None)
    typer.echo(_HEAD)
    rows: list[Row] = []
    for count in counts:
        found = _measured(model, count, size or _SIZES, _EFFORTS[count].times(effort), seed)
        typer.echo("\n".join(map(_line, found)))
        rows += found
    write_results(json_out, [{"seed": seed, "effort": effort, "rows": rows}])


def _known(counts: Sequence[int]) -> Sequence[int]:
    for count in counts:
        if count not in _EFFORTS:
            known = ", ".join(map(str, _EFFORTS))
            raise typer.BadParameter(f"{count}: expected {known}", param_hint="--classes")
    return counts


def _measured(
    name: str, classes: int, sizes: Sequence[int], effort: _Effort, seed: int
) -> list[Row]:
    """Measure plain prompts, and banks with fewer prompts than classes."""
    from focus_viewer.cli.support.long_work import interruptible, progress_bar

    kinds = [None, *(size for size in sizes if size < classes)]
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        bench = _Bench(name, classes, effort, seed, step)
        return [bench.row(size) for size in kinds]


class _Bench:
    """Bench of a number of classes, whose scenes are read once for all kinds of prompts."""

    def __init__(self, name: str, classes: int, effort: _Effort, seed: int, step: Step) -> None:
        from focus_viewer.cli.research.bank_scenes import (
            TEST,
            TRAINING,
            SceneSeed,
            make_cases,
            simulate_samples,
        )
        from focus_viewer.cli.research.benchmark_scenes import load_setup
        from focus_viewer.explain.experiments.many_classes import prepare_training_data

        step(0.0, "loading model")
        self._model = load_setup(name)[0].model
        self._classes, self._effort, self._seed, self._step = classes, effort, seed, step
        step(0.0, f"truth, {classes} classes")
        cases = make_cases(classes)
        shown = SceneSeed(seed, TRAINING, classes)
        samples = simulate_samples(cases, shown, effort.training, step)
        self._data = prepare_training_data(self._model, samples, classes, step)
        unseen = SceneSeed(seed, TEST, classes)
        self._test = simulate_samples(cases, unseen, effort.test, step)

    def row(self, size: int | None) -> Row:
        """Train and measure a bank of this size, or plain prompts."""
        from focus_viewer.explain.experiments.many_classes import Plan, PromptTrainer, measure
        from focus_viewer.explain.experiments.prompt_bank import (
            learned_parameters,
            measured_numbers,
        )

        prompts = self._prompts(size)
        trainer = PromptTrainer(self._model, prompts)
        trainer.learn(self._data, Plan(self._effort.epochs, seed=self._seed), self._step)
        figures = measure(self._model, trainer, self._test, self._classes, self._step)
        return {
            "classes": self._classes,
            "bank": size,
            "learned_parameters": learned_parameters(prompts),
            "measured_numbers": measured_numbers(prompts),
            **asdict(figures),
            "chance_accuracy": 1 / self._classes,
            "training_scenes": self._effort.training,
            "test_scenes": self._effort.test,
            "epochs": self._effort.epochs,
        }

    def _prompts(self, size: int | None) -> SpectralPrompts:
        import torch

        from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS
        from focus_viewer.explain.experiments.prompt_bank import BankedPrompts
        from focus_viewer.explain.model.prompts import SpectralPrompts

        torch.manual_seed(self._seed)
        anchors = self._data.anchors
        groups, dim = anchors.shape[1], self._model.backbone.vit.embed_dim
        shape = (self._classes, groups, len(SPECTRAL_REGIONS), dim)
        if size is None:
            plain = SpectralPrompts(*shape)
            plain.anchor.copy_(anchors)
            return plain
        banked = BankedPrompts(*shape, size=size)
        banked.share_anchors(anchors)
        return banked


def _line(row: Row) -> str:
    kind = "own" if row["bank"] is None else f"bank {row['bank']}"
    return (
        f"{row['classes']:>7} {kind:>8} {row['learned_parameters']:>8,} "
        f"{row['measured_numbers']:>8,} {row['accuracy']:>6.3f} {row['among_five']:>6.3f} "
        f"{row['chance_accuracy']:>6.3f} {row['band_iou_top_n']:>10.3f} {row['chance_iou']:>6.3f} "
        f"{row['test_scenes']:>7}"
    )
