"""Teacher: from a data set and a frozen backbone to a model of the user's classes."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import timm
import torch
from torch import nn

from focus_viewer.core.counted import counted
from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.datasets.metrics import balanced_accuracy
from focus_viewer.core.datasets.units import check_group_column, unit_kind
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.model_card import SENSOR_RANGES, ModelCard
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.core.validation.cross_validation import membership, tally
from focus_viewer.explain.model.cards import CARD, Recipe, model_folder, parse_card
from focus_viewer.explain.model.checkpoint import (
    build_model,
    extra_parameters_percent,
    load_to_teach,
)
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching.features import FeatureReader, PatchStore
from focus_viewer.explain.teaching.head import Pool
from focus_viewer.explain.teaching.pixels import LabelledPixels, Opener, collect_pixels
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.teaching.prompts import SPLIT, START, train_prompts
from focus_viewer.explain.teaching.statistics import write_statistics
from focus_viewer.explain.teaching.vit_classifier import TaughtViT, ViTClassifier, frozen_of
from focus_viewer.version import __version__

_HEAD = "backbone.vit.head."
TRAINING_ACCURACY = "training balanced accuracy"
HELD_OUT_ACCURACY = "held-out balanced accuracy"


@dataclass(frozen=True, eq=False)
class Prepared:
    """Data set as a frozen backbone reads it: all that validation and teaching need.

    Attributes
    ----------
    model : FocusModel
        With the statistics of what is taught; head and prompts are those of no class.
    classifier : ViTClassifier
        On the patches of all examples.
    strangest : float
        Of the cubes, as `FeatureReader.read` returns it.
    """

    data_set: DataSet
    plan: TeachingPlan
    model: FocusModel
    card: ModelCard
    recipe: Recipe
    pixels: LabelledPixels
    reader: FeatureReader
    classifier: ViTClassifier
    strangest: float


@dataclass(frozen=True, eq=False)
class TaughtModel:
    """Model of the user's classes, ready to be saved."""

    model: FocusModel
    card: ModelCard
    recipe: Recipe
    taught: TaughtViT


def prepare(
    data_set: DataSet,
    open_sample: Opener,
    plan: TeachingPlan,
    step: Step,
    backbone: str | Path = "focus-leaf",
    cache: Path | None = None,
) -> Prepared:
    """Measure the statistics of a data set and read its examples' patches, each cube once.

    Parameters
    ----------
    open_sample : Opener
        Opens the cube of a sample.
    backbone : str or Path
        Name of a bundled model, or a folder of one, whose backbone is used as it is.
    cache : Path or None
        Folder in which patches are kept.

    Raises
    ------
    DataSetError
        If nothing can be learned from the data set, or an example lacks the group column.
    IncompatibleCube
        If a cube lacks wavelengths, spectral groups or data.
    ModelError
        If there is no such backbone.
    """
    data_set.validate()
    if plan.group is not None:
        check_group_column(data_set, plan.group)
    step(0.0, "loading model")
    card, source = load_to_teach(backbone)
    recipe = parse_card(model_folder(backbone) / CARD)[1]
    pixels = collect_pixels(
        data_set, open_sample, source, card.edges_nm, plan, part(step, 0.0, 0.3)
    )
    model = _with_classes(source, recipe, card.edges_nm, len(data_set.classes), plan.seed)
    write_statistics(model, pixels, card.edges_nm, data_set.classes, plan.seed)
    reader = FeatureReader(model, card.edges_nm, open_sample, cache)
    patches, strangest = reader.read(data_set, part(step, 0.3, 1.0))
    store = PatchStore(patches, reader)
    frozen = frozen_of(model, pixels.groups)
    classifier = ViTClassifier(store, frozen, data_set.several_classes, plan.group)
    return Prepared(data_set, plan, model, card, recipe, pixels, reader, classifier, strangest)


def teach(prepared: Prepared, name: str, command: str, step: Step) -> TaughtModel:
    """Fit the head to all examples, freeze it, and train prompts and sink.

    Parameters
    ----------
    name : str
        Of the model.
    command : str
        That teaches the same model again.
    """
    data_set, plan = prepared.data_set, prepared.plan
    step(0.0, "fitting the head")
    taught = prepared.classifier.taught(data_set.examples, data_set.classes, plan.seed)
    model, pool = prepared.model, taught.head.pool
    _write_head(model, taught)
    train_prompts(model, prepared.reader, data_set, plan, part(step, 0.05, 1.0))
    options = {**prepared.recipe.options, "num_classes": len(data_set.classes), "global_pool": pool}
    recipe = replace(prepared.recipe, options=options, taught=True)
    return TaughtModel(model, _card(prepared, taught, name, command), recipe, taught)


def _with_classes(
    source: FocusModel, recipe: Recipe, edges_nm: DoubleArray, classes: int, seed: int
) -> FocusModel:
    """Return a model of this backbone for so many classes; its sink is that of the source."""
    torch.manual_seed(seed)
    options = {**recipe.options, "num_classes": classes}
    model = build_model(replace(recipe, options=options, taught=True), edges_nm, classes)
    own = model.state_dict()
    kept = {
        name: values
        for name, values in source.state_dict().items()
        if own[name].shape == values.shape and not name.startswith(_HEAD)
    }
    model.load_state_dict({**own, **kept})
    with torch.no_grad():
        model.prompts.prompts.normal_(std=START * float(source.prompts.prompts.std()))
        model.prompts.split.normal_(std=SPLIT)
    return model.requires_grad_(False).eval()


@torch.no_grad()
def _write_head(model: FocusModel, taught: TaughtViT) -> None:
    head = cast(nn.Linear, model.backbone.vit.head)
    head.weight.copy_(taught.head.weight)
    head.bias.copy_(taught.head.bias)
    model.backbone.vit.global_pool = _pool(taught.head.pool)


def _pool(pool: Pool) -> Any:
    return pool  # timm's own type of it lists more


def _card(prepared: Prepared, taught: TaughtViT, name: str, command: str) -> ModelCard:
    data_set, source = prepared.data_set, prepared.card
    examples, groups = len(data_set.examples), prepared.pixels.groups
    cubes = sorted({sample.fingerprint for sample in data_set.samples})
    named = f" of {data_set.name}" if data_set.name else ""
    return ModelCard(
        name=name,
        version="1",
        backbone=source.backbone,
        classes=data_set.classes,
        group_edges_nm=source.group_edges_nm,
        training_data=f"{counted(examples, 'labelled example')} of "
        f"{counted(len(cubes), 'cube')}{named}",
        validated=False,
        warning="taught by a user, see how good it is in report.json",
        extra_parameters_percent=round(extra_parameters_percent(prepared.model), 3),
        sha256="",
        command=command,
        temperatures=dict.fromkeys(SENSOR_RANGES, taught.temperature),
        measured=_measured(prepared, taught),
        several=taught.several,
        teaching={
            **_facts(prepared, taught),
            "data_set": data_set.name,
            "fingerprint": data_set.fingerprint,
            "cubes": len(cubes),
            "fingerprints": cubes,
            "examples": {each: _count(data_set, each) for each in data_set.classes},
            "units": list(prepared.pixels.units),
            "spectral_groups": int(groups.size),
            "read_nm": _spans(source.edges_nm[groups]),
            "strangest": round(prepared.strangest, 3),
            "notes": list(prepared.pixels.notes),
        },
    )


def _facts(prepared: Prepared, taught: TaughtViT) -> Mapping[str, Any]:
    plan, source = prepared.plan, prepared.card
    return {
        "backbone": {"name": source.name, "version": source.version, "sha256": source.sha256},
        "bands_nm": [list(span) for span in plan.bands_nm],
        "group": plan.group or "",
        "held_out_by": unit_kind(prepared.data_set, plan.group),
        "seed": plan.seed,
        "pool": taught.head.pool,
        "strength": taught.head.strength,
        "offset": taught.head.offset,
        "versions": {
            "focus-viewer": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "timm": timm.__version__,
            "numpy": np.__version__,
        },
    }


def _count(data_set: DataSet, name: str) -> int:
    return sum(name in example.classes for example in data_set.examples)


def _measured(prepared: Prepared, taught: TaughtViT) -> dict[str, float]:
    """Return training accuracy, called so, and that of examples while they were held out."""
    examples, several = prepared.data_set.examples, taught.several
    labels = membership(examples, prepared.data_set.classes)
    own = _balanced_accuracy(labels, taught.probabilities(examples), several)
    found = {TRAINING_ACCURACY: own}
    held_out = taught.held_out
    if held_out is not None and held_out.known.any():
        known, logits = held_out.known, held_out.logits.numpy()
        decided = 1 / (1 + np.exp(-logits)) if several else logits
        found[HELD_OUT_ACCURACY] = _balanced_accuracy(labels[known], decided[known], several)
    return found


def _balanced_accuracy(labels: BoolArray, decisions: DoubleArray, several: bool) -> float:
    table = tally(labels, decisions, np.zeros(len(labels), dtype=np.intp), 1, several)[0]
    return round(float(balanced_accuracy(table, several)), 3)


def _spans(edges_nm: DoubleArray) -> list[list[float]]:
    """Return ranges of groups that adjoin, (groups, 2), in nm."""
    spans: list[list[float]] = []
    for low, high in edges_nm.tolist():
        if spans and spans[-1][1] == low:
            spans[-1][1] = high
        else:
            spans.append([low, high])
    return spans
