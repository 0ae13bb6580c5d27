"""Models on disk: a folder with `weights.safetensors` and `card.json`."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import ModelError
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.cards import (
    CARD,
    WEIGHTS,
    Recipe,
    model_folder,
    parse_card,
    refuse_backbone,
    write_card,
)
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.vit_layout import load_backbone


class LoadedModel(NamedTuple):
    """Model and its card."""

    card: ModelCard
    model: FocusModel


def build_model(recipe: Recipe, edges_nm: DoubleArray, classes: int) -> FocusModel:
    """Build a model with random weights.

    One without classes has a head and prompts for one, of which nothing is ever shown.

    Parameters
    ----------
    edges_nm : DoubleArray, shape (groups, 2)

    Raises
    ------
    ModelError
        If timm cannot build the backbone or its layout cannot be read.
    """
    vit = load_backbone(recipe.architecture, pretrained=False, **recipe.options)
    backbone = BandPureBackbone(vit, edges_nm.mean(axis=1), recipe.tap)
    model = FocusModel(backbone, edges_nm, max(1, classes))
    model.taught = recipe.taught
    return model


def load_model(name_or_folder: str | Path) -> LoadedModel:
    """Load a model that decides: a bundled one by its name, or any by its folder.

    Raises
    ------
    ModelError
        If it is a backbone without classes, or files are missing, broken, or not the ones that the
        card was written for.
    """
    name = model_folder(name_or_folder).name
    loaded = load_to_teach(name_or_folder)
    refuse_backbone(loaded.card, name)
    return loaded


def load_to_teach(name_or_folder: str | Path) -> LoadedModel:
    """Load a model whose backbone is to be taught, with classes of its own or without.

    Raises
    ------
    ModelError
        If files are missing, broken, or not the ones that the card was written for.
    """
    folder = model_folder(name_or_folder)
    card, recipe = parse_card(folder / CARD)
    weights = folder / WEIGHTS
    if recipe.adapter:
        raise ModelError(
            f"{folder}: an attached model. It explains cubes; it cannot be taught, put to the test "
            "or benchmarked."
        )
    check_sum(weights, card.sha256)
    try:
        model = build_model(recipe, card.edges_nm, len(card.classes))
    except ModelError as error:
        raise ModelError(f"{folder / CARD}, recipe: {error}") from error
    try:
        # Models that know no other materials have zeros.
        model.load_state_dict({"background": model.background, **load_file(weights)})
    except (SafetensorError, RuntimeError) as error:
        raise ModelError(
            f"{weights}: the weights do not fit the architecture in {CARD} ({error}). "
            "Take both files from the same model."
        ) from error
    return LoadedModel(card, model.requires_grad_(False).eval())


def save_model(folder: Path, model: nn.Module, card: ModelCard, recipe: Recipe) -> ModelCard:
    """Write weights and card; returns the card with the weights' checksum in it."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / WEIGHTS
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    write_atomically(weights, save(state))
    card = replace(card, sha256=_sha256(weights))
    write_card(folder / CARD, card, recipe)
    return card


def extra_parameters_percent(model: FocusModel) -> float:
    """Return parameters of prompts and sink as a percentage of the backbone's own."""
    extra = sum(p.numel() for p in model.prompts.parameters())
    return 100 * extra / sum(p.numel() for p in model.backbone.parameters())


def check_sum(weights: Path, expected: str) -> None:
    """Refuse weights that are missing, or not those that a card was written for.

    Raises
    ------
    ModelError
    """
    if not weights.is_file():
        raise ModelError(f"{weights}: the weights are missing beside the card. Copy both files.")
    found = _sha256(weights)
    if found != expected:
        raise ModelError(
            f"{weights}: not the file that {CARD} was written for: expected sha256 {expected}, "
            f"found {found}. Get the model's folder again from its source."
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
