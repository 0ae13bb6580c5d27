"""`focus-viewer make-backbone`: make a backbone for teaching, without classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import out_folder
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.saliency.model_card import BACKBONE, ModelCard

if TYPE_CHECKING:
    from focus_viewer.core.progress import Step
    from focus_viewer.core.typing import FloatArray
    from focus_viewer.explain.model.cards import Recipe
    from focus_viewer.explain.model.focus_model import FocusModel
    from focus_viewer.explain.pretraining.steps import PretrainingPlan
    from focus_viewer.explain.training.checkpoint import Checkpoint

_LOG, _UNFINISHED = "training.csv", "training.partial.csv"
_WARNING = "a backbone for teaching: it decides nothing by itself"
_TISSUE_OF = "focus-leaf"
_DATA_SETS = 60


@dataclass(frozen=True)
class _Order:
    """Order from the command line."""

    out: Path
    epochs: int
    steps: int
    seed: int

    @property
    def command(self) -> str:
        """The command that trains the same backbone again, in a checkout."""
        return self._command(f"models/{self.out.name}")

    @property
    def given(self) -> str:
        """The same with its folder as it was given."""
        return self._command(f"{self.out}")

    def _command(self, out: str) -> str:
        return f"focus-viewer make-backbone --out {quote(out)} --seed {self.seed}" + (
            f" --epochs {self.epochs} --steps {self.steps}" if self.epochs else ""
        )


def make_backbone(
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", parser=out_folder, help="Folder of the backbone, named as it."),
    ],
    epochs: Annotated[int, typer.Option(min=0, help="Epochs of training its blocks.")] = 0,
    steps: Annotated[int, typer.Option(min=1, help="Data sets that are drawn in an epoch.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Seed of spectra, weights and order.")] = 0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Delete an interrupted run in DIR.")
    ] = False,
) -> None:
    """Make a backbone for `fit` that passes each patch's spectrum on; write weights and card.

    Its weights are set, not learned. With --epochs its blocks are trained as well, without labels,
    to let linear heads read random data sets: small differences of spectra, and which material is
    where; training.csv is the log. An interrupted run resumes after its last whole epoch when the
    same command is given again, and ends with the same weights on the same number of threads.
    """
    order = _Order(out, epochs, steps, seed)
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        with write_errors(out):
            checkpoint = _checkpoint(order, restart)
        with interrupt.leaves():
            libraries = _libraries(order)
        with write_errors(out):
            card = _make(order, libraries, checkpoint, step)
    for name, value in card.measured.items():
        typer.echo(f"{name}: {value}")


def _checkpoint(order: _Order, restart: bool) -> Checkpoint:
    """Open the run in the folder."""
    from focus_viewer.explain.training.checkpoint import Checkpoint, Order

    order.out.mkdir(parents=True, exist_ok=True)
    settings = f"{_recipe()} {_plan(order)}"
    path = order.out / "training.partial.pt"
    checkpoint = Checkpoint(path, Order(order.command, settings, order.given))
    if restart:
        checkpoint.remove()
    point = checkpoint.load()
    if point is not None:
        typer.echo(f"resuming an interrupted run (done: {point})", err=True)
    return checkpoint


def _libraries(order: _Order) -> tuple[FloatArray, FloatArray]:
    """Return spectra for training and others for measuring.

    Measured materials are among them where the extra `soils` is installed.
    """
    from focus_viewer.cli.research.spectra import grouped_library

    return grouped_library(order.seed, testing=False), grouped_library(order.seed, testing=True)


def _make(
    order: _Order,
    libraries: tuple[FloatArray, FloatArray],
    checkpoint: Checkpoint,
    step: Step,
) -> ModelCard:
    """Set the weights of a backbone, train it where that is wanted, measure and write it."""
    import torch

    from focus_viewer.cli.research.simulated_samples import EDGES_NM
    from focus_viewer.explain.model.checkpoint import build_model, load_model, save_model
    from focus_viewer.explain.pretraining.start import start_linear, take_tissue
    from focus_viewer.explain.pretraining.steps import SpectraSteps
    from focus_viewer.explain.training.config import TrainingPlan
    from focus_viewer.explain.training.log import TrainingLog
    from focus_viewer.explain.training.trainer import Trainer

    torch.manual_seed(order.seed)
    recipe = _recipe()
    model = build_model(recipe, EDGES_NM, 0)
    start_linear(model.backbone)
    take_tissue(model, load_model(_TISSUE_OF).model)
    training, testing = libraries
    if order.epochs:
        steps = SpectraSteps(model, training, _plan(order), order.steps)
        log = TrainingLog(order.out / _UNFINISHED)
        plan = TrainingPlan(seed=order.seed)
        Trainer(model, [], plan, step=step, log=log, checkpoint=checkpoint).train_stage(steps)
    model.requires_grad_(False).eval()
    card = _card(order, recipe, model, _measured(model, testing, order.seed))
    card = save_model(order.out, model, card, recipe)
    if order.epochs:
        (order.out / _UNFINISHED).replace(order.out / _LOG)
    checkpoint.remove()
    return card


def _recipe() -> Recipe:
    """Return the recipe of a ViT whose head is linear in what patches say."""
    from focus_viewer.explain.model.cards import Recipe

    options: dict[str, int | float | str | bool] = {
        "img_size": 64,
        "patch_size": 4,
        "embed_dim": 64,
        "depth": 2,
        "num_heads": 2,
        "mlp_ratio": 2.0,
        "num_classes": 1,
        "global_pool": "avg",
        # A norm would divide by what a patch says in all: heads are linear in patches without it.
        "final_norm": False,
        "weight_init": "jax",
        "pos_embed": "none",
        "dynamic_img_size": True,
    }
    return Recipe("vit_tiny_patch16_224", tap=0, options=options)


def _plan(order: _Order) -> PretrainingPlan:
    from focus_viewer.explain.pretraining.steps import PretrainingPlan

    return PretrainingPlan(epochs=order.epochs, seed=order.seed)


def _measured(model: FocusModel, testing: FloatArray, seed: int) -> dict[str, float]:
    """Measure the backbone on other spectra, beside plain means of bands and the leaf model."""
    from focus_viewer.explain.model.checkpoint import load_model
    from focus_viewer.explain.pretraining.steps import measure_reading

    readers = {"": model, " (group means)": None, " (focus-leaf)": load_model(_TISSUE_OF).model}
    return {
        f"{figure}{name}": value
        for name, reader in readers.items()
        for figure, value in measure_reading(reader, testing, _DATA_SETS, seed).items()
    }


def _card(
    order: _Order, recipe: Recipe, model: FocusModel, measured: dict[str, float]
) -> ModelCard:
    from focus_viewer.cli.research.simulated_samples import EDGES_NM
    from focus_viewer.explain.model.checkpoint import extra_parameters_percent

    options = recipe.options
    count = sum(parameter.numel() for parameter in model.backbone.parameters())
    return ModelCard(
        name=order.out.name,
        version="1",
        backbone=(
            f"ViT by timm ({recipe.architecture} with dim {options['embed_dim']}, depth "
            f"{options['depth']}, {options['num_heads']} heads, {options['patch_size']} px "
            f"patches, no norm behind the blocks), {count:,} parameters, features of block "
            f"{recipe.tap}"
        ),
        classes=(),
        group_edges_nm=(*EDGES_NM[:, 0].tolist(), float(EDGES_NM[-1, 1])),
        training_data=_training_data(order),
        validated=False,
        warning=_WARNING,
        extra_parameters_percent=round(extra_parameters_percent(model), 3),
        sha256="",  # known once the weights are written
        command=order.command,
        measured=measured,
        role=BACKBONE,
    )


def _training_data(order: _Order) -> str:
    """Return what the weights come from, in words."""
    from focus_viewer.simulate.measured import measured_materials

    tissue = f"the test for tissue is that of {_TISSUE_OF}"
    if not order.epochs:
        return f"none: weights are set so that a patch says its mean spectrum; {tissue}"
    known = measured_materials(testing=False) is not None
    materials = ", measured materials (earthlib)" if known else ""
    return (
        f"blocks on {order.epochs * order.steps} random data sets of windows of 16 px, without "
        f"classes: leaves (PROSPECT-D){materials}, smooth random spectra; {tissue}"
    )
