"""`focus-viewer train`: simulate leaves, train a model on them, write it with its card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import SpectraOption, WorkersOption, out_folder
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.saliency.metric_names import in_words
from focus_viewer.core.saliency.model_card import ModelCard

if TYPE_CHECKING:
    from focus_viewer.core.progress import Step
    from focus_viewer.explain.model.cards import Recipe
    from focus_viewer.explain.model.focus_model import FocusModel
    from focus_viewer.explain.training.checkpoint import Checkpoint
    from focus_viewer.explain.training.config import TrainingPlan
    from focus_viewer.explain.training.samples import SampleBatch

_WINDOW_PX, _PATCH_PX = 64, 4
# Small scenes teach as much as large ones and take a quarter of the time.
_SIZES_PX = (32, 32, 32, _WINDOW_PX)
_HELD_OUT = 12  # test batches that are scored after every epoch
_LOG, _PLOT = "training.csv", "training.png"
_WARNING = "simulated training data, not validated"


@dataclass(frozen=True)
class _Order:
    """Order from the command line."""

    out: Path
    sensors: int
    test_sensors: int
    backbone_epochs: int
    prompt_epochs: int
    seed: int
    device: str
    spectra: Path | None

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.out.name

    @property
    def command(self) -> str:
        """The command that trains the same model again, in a checkout."""
        return self._command(f"models/{self.name}", self.spectra.name if self.spectra else "")

    @property
    def given(self) -> str:
        """The same with its folders as they were given."""
        return self._command(f"{self.out}", f"{self.spectra}" if self.spectra else "")

    def _command(self, out: str, spectra: str) -> str:
        kind = self.device.split(":")[0]
        return (
            f"focus-viewer train --out {quote(out)} --sensors {self.sensors} "
            f"--test-sensors {self.test_sensors} --backbone-epochs {self.backbone_epochs} "
            f"--prompt-epochs {self.prompt_epochs} --seed {self.seed} --device {kind}"
            + (f" --spectra {quote(spectra)}" if spectra else "")
        )


def train(
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", parser=out_folder, help="Folder of the model, named as the model."
        ),
    ],
    sensors: Annotated[
        int, typer.Option(min=1, help="Number of training sensors, 10 scenes each.")
    ] = 480,
    test_sensors: Annotated[int, typer.Option(min=1, help="Number of test sensors.")] = 40,
    backbone_epochs: Annotated[
        int, typer.Option(min=1, help="Epochs of training the backbone.")
    ] = 30,
    prompt_epochs: Annotated[int, typer.Option(min=1, help="Epochs of training the prompts.")] = 30,
    spectra: SpectraOption = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of scenes, weights and order.")] = 0,
    workers: WorkersOption = 2,
    device: Annotated[
        str, typer.Option(metavar="NAME", help="auto (CUDA, then MPS, then CPU), cpu, cuda, mps.")
    ] = "auto",
    restart: Annotated[
        bool, typer.Option("--restart", help="Delete an interrupted run in DIR.")
    ] = False,
) -> None:
    """Train a model on simulated leaves; write weights, card, training.csv and training.png.

    Until it is done, log and plot are named training.partial.csv and training.partial.png, and a
    model that is in DIR stays. An interrupted run resumes after its last whole epoch when the same
    command is given again (--workers may differ), and ends with the same weights; with other
    options it is refused, unless --restart is given. Of the default size it takes about 9 GB of
    memory.
    """
    # Torch is not needed to print the help.
    from focus_viewer.explain.inference.devices import find_device

    order = _Order(
        out,
        sensors,
        test_sensors,
        backbone_epochs,
        prompt_epochs,
        seed,
        str(find_device(device)),
        spectra,
    )
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        with write_errors(out):
            checkpoint = _checkpoint(out, order, restart)
        with interrupt.leaves():
            samples, tests = _simulate(order, workers)
        with write_errors(out):
            card = _train(out, order, (samples, tests), checkpoint, step)
    for name, value in card.measured.items():
        typer.echo(f"{in_words(name)}: {value}")


def _checkpoint(out: Path, order: _Order, restart: bool) -> Checkpoint:
    """Open the run in the folder; one that cannot be resumed is refused before the simulation."""
    from focus_viewer.explain.training.checkpoint import Checkpoint, Order
    from focus_viewer.simulate.scene import CLASSES

    out.mkdir(parents=True, exist_ok=True)
    settings = f"{_recipe(len(CLASSES))} {_plan(order)}"
    checkpoint = Checkpoint(
        out / _partial("training.pt"), Order(order.command, settings, order.given)
    )
    if restart:
        checkpoint.remove()
    point = checkpoint.load()
    if point is not None:
        typer.echo(f"resuming an interrupted run (done: {point})", err=True)
    return checkpoint


def _simulate(order: _Order, workers: int) -> tuple[list[SampleBatch], list[SampleBatch]]:
    from focus_viewer.cli.research.simulated_samples import TEST, TRAINING, simulate_samples

    return (
        simulate_samples(TRAINING, order.seed, order.sensors, _SIZES_PX, workers, order.spectra),
        simulate_samples(
            TEST, order.seed, order.test_sensors, (_WINDOW_PX,), workers, order.spectra
        ),
    )


def _train(
    out: Path,
    order: _Order,
    samples: tuple[list[SampleBatch], list[SampleBatch]],
    checkpoint: Checkpoint,
    step: Step,
) -> ModelCard:
    """Train, measure and write a model."""
    import torch

    from focus_viewer.cli.research.simulated_samples import EDGES_NM
    from focus_viewer.cli.research.training_plot import TrainingPlot
    from focus_viewer.explain.model.checkpoint import build_model, save_model
    from focus_viewer.explain.training.log import TrainingLog
    from focus_viewer.explain.training.trainer import Trainer
    from focus_viewer.simulate.scene import CLASSES

    torch.manual_seed(order.seed)
    recipe = _recipe(len(CLASSES))
    model = build_model(recipe, EDGES_NM, len(CLASSES)).to(order.device)
    log = TrainingLog(out / _partial(_LOG), TrainingPlot(out / _partial(_PLOT)))
    training, tests = samples
    held_out = tests[:_HELD_OUT]
    Trainer(model, training, _plan(order), held_out, step, log, checkpoint).train()
    card = _card(order, recipe, model, _measure(model.cpu(), tests, step))
    card = save_model(out, model, card, recipe)
    # Only now: until then the folder may hold an earlier model, with its own log.
    for name in (_LOG, _PLOT):
        (out / _partial(name)).replace(out / name)
    checkpoint.remove()
    return card


def _partial(name: str) -> str:
    """Return the name of a file of an unfinished run."""
    path = Path(name)
    return f"{path.stem}.partial{path.suffix}"


def _recipe(classes: int) -> Recipe:
    """Return the recipe of a small ViT that a laptop trains in minutes."""
    from focus_viewer.explain.model.cards import Recipe

    options: dict[str, int | float | str | bool] = {
        "img_size": _WINDOW_PX,
        "patch_size": _PATCH_PX,
        "embed_dim": 64,
        "depth": 3,
        "num_heads": 2,
        "mlp_ratio": 2.0,
        "num_classes": classes,
        # A lesion is a small part of the leaf: a mean over patches would drown it.
        "global_pool": "max",
        # timm's default spread of 0.02 is made for wide models; narrow ones hardly learn with it.
        "weight_init": "jax",
        # A leaf has no upright and no middle: windows of any size will do.
        "pos_embed": "none",
        "dynamic_img_size": True,
    }
    return Recipe("vit_tiny_patch16_224", tap=1, options=options)


def _plan(order: _Order) -> TrainingPlan:
    from focus_viewer.explain.training.config import TrainingPlan

    usual = TrainingPlan(seed=order.seed)
    return replace(
        usual,
        backbone=replace(usual.backbone, epochs=order.backbone_epochs),
        prompts=replace(usual.prompts, epochs=order.prompt_epochs),
    )


def _measure(
    model: FocusModel, tests: list[SampleBatch], step: Step
) -> tuple[dict[str, float], dict[str, float]]:
    """Return figures by name, and temperatures by range of sensors.

    Figures are over all test sensors, and over each range.
    """
    from focus_viewer.cli.research.simulated_samples import EDGES_NM
    from focus_viewer.core.saliency.model_card import sensor_range
    from focus_viewer.explain.training.evaluate import SceneScores, score_scenes, summarise
    from focus_viewer.explain.training.temperature import temperature_of
    from focus_viewer.explain.training.trainer import tissue_pixels
    from focus_viewer.simulate.scene import CLASSES

    ranges: dict[str, list[SceneScores]] = {}
    for done, batch in enumerate(tests):
        step(done / len(tests), "measuring")
        found = score_scenes(model, batch, tissue_pixels(model, batch, strict=True))
        ranges.setdefault(sensor_range(EDGES_NM[batch.groups]), []).extend(found)
    figures = summarise([scene for part in ranges.values() for scene in part], CLASSES)
    for name, part in ranges.items():
        figures |= {f"{key} ({name})": value for key, value in summarise(part, CLASSES).items()}
    return figures, {name: temperature_of(part) for name, part in ranges.items()}


def _card(
    order: _Order,
    recipe: Recipe,
    model: FocusModel,
    measured: tuple[dict[str, float], dict[str, float]],
) -> ModelCard:
    from focus_viewer.cli.research.simulated_samples import EDGES_NM, SCENES_PER_BATCH
    from focus_viewer.explain.model.checkpoint import extra_parameters_percent
    from focus_viewer.simulate.scene import CLASSES

    figures, temperatures = measured
    leaves = " and measured leaves" if order.spectra else ""
    return ModelCard(
        name=order.name,
        version="2",
        backbone=_in_words(recipe, model),
        classes=CLASSES,
        group_edges_nm=(*EDGES_NM[:, 0].tolist(), float(EDGES_NM[-1, 1])),
        training_data=(
            f"{order.sensors * SCENES_PER_BATCH} simulated leaf scenes (PROSPECT-D{leaves}) of "
            f"{_SIZES_PX[0]} and {_SIZES_PX[-1]} px at {order.sensors} sensors within 400-2500 nm; "
            f"measured on {order.test_sensors * SCENES_PER_BATCH} others"
        ),
        validated=False,
        warning=_WARNING,
        extra_parameters_percent=round(extra_parameters_percent(model), 3),
        sha256="",  # known once the weights are written
        command=order.command,
        measured=figures,
        temperatures=temperatures,
    )


def _in_words(recipe: Recipe, model: FocusModel) -> str:
    options = recipe.options
    count = sum(parameter.numel() for parameter in model.backbone.parameters())
    return (
        f"ViT by timm ({recipe.architecture} with dim {options['embed_dim']}, depth "
        f"{options['depth']}, {options['num_heads']} heads, {options['patch_size']} px patches), "
        f"{count:,} parameters, features of block {recipe.tap}"
    )
