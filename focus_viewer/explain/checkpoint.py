"""Models on disk: a folder with `weights.safetensors` and `card.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import SafetensorError
from safetensors.torch import load_file, save

from focus_viewer.assets import folder
from focus_viewer.core.errors import ModelError
from focus_viewer.core.model_card import ModelCard
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.backbone import BandPureBackbone, load_backbone
from focus_viewer.explain.focus_model import FocusModel

WEIGHTS, CARD = "weights.safetensors", "card.json"


@dataclass(frozen=True)
class Recipe:
    """What is needed to build a model's backbone again.

    Attributes
    ----------
    architecture : str
        Name in timm's registry.
    tap : int
        Number of the tapped block.
    options : mapping
        Passed to timm: img_size, patch_size, embed_dim, depth, num_heads, num_classes, ...
    """

    architecture: str
    tap: int
    options: Mapping[str, int | float | str | bool]


class LoadedModel(NamedTuple):
    """A model and its card."""

    card: ModelCard
    model: FocusModel


def build_model(recipe: Recipe, edges_nm: DoubleArray, classes: int) -> FocusModel:
    """Build a model with random weights.

    Parameters
    ----------
    recipe : Recipe
    edges_nm : DoubleArray, shape (groups, 2)
    classes : int

    Raises
    ------
    ModelError
        If timm cannot build the backbone or its layout cannot be read.
    """
    vit = load_backbone(recipe.architecture, pretrained=False, **recipe.options)
    return FocusModel(BandPureBackbone(vit, edges_nm.mean(axis=1), recipe.tap), edges_nm, classes)


def models_folder() -> Path:
    """Folder of the bundled models."""
    return folder("models")


def available_models() -> tuple[str, ...]:
    """Names of the bundled models."""
    return tuple(sorted(card.parent.name for card in models_folder().glob(f"*/{CARD}")))


def read_card(name_or_folder: str | Path) -> ModelCard:
    """Read a model's card without its weights.

    Raises
    ------
    ModelError
        If there is no such model or its card is broken.
    """
    return _parse(_folder(name_or_folder) / CARD)[0]


def load_model(name_or_folder: str | Path) -> LoadedModel:
    """Load a bundled model by its name, or any model by its folder.

    Raises
    ------
    ModelError
        If files are missing, broken, or not the ones that the card was written for.
    """
    place = _folder(name_or_folder)
    card, recipe = _parse(place / CARD)
    weights = place / WEIGHTS
    _check_sum(weights, card.sha256)
    model = build_model(recipe, card.edges_nm, len(card.classes))
    try:
        model.load_state_dict(load_file(weights))
    except (SafetensorError, RuntimeError) as error:
        raise ModelError(
            f"{weights}: the weights do not fit the architecture in {CARD} ({error}). "
            "Take both files from the same model."
        ) from error
    return LoadedModel(card, model.requires_grad_(False).eval())


def save_model(place: Path, model: FocusModel, card: ModelCard, recipe: Recipe) -> ModelCard:
    """Write weights and card; returns the card with the weights' checksum in it."""
    place.mkdir(parents=True, exist_ok=True)
    weights = place / WEIGHTS
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    weights.write_bytes(save(state))
    card = replace(card, sha256=_sha256(weights))
    _write_card(place / CARD, card, recipe)
    return card


def write_benchmark(
    name_or_folder: str | Path, benchmark: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> Path:
    """Write a benchmark's main figures on a model's card; returns the card's path.

    Parameters
    ----------
    name_or_folder : str or Path
    benchmark : mapping
        Sensor to method to metric to mean; sensors that are not told stay as they are.

    Raises
    ------
    ModelError
        If there is no such model or its card is broken.
    """
    path = _folder(name_or_folder) / CARD
    card, recipe = _parse(path)
    card = replace(card, benchmark={**card.benchmark, **benchmark})
    _write_card(path, card, recipe)
    return path


def _write_card(path: Path, card: ModelCard, recipe: Recipe) -> None:
    text = json.dumps({**asdict(card), "recipe": asdict(recipe)}, indent=2, ensure_ascii=False)
    draft = path.with_name(f"{path.name}.tmp")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


def extra_parameters_percent(model: FocusModel) -> float:
    """Parameters of prompts and sink as a percentage of the backbone's own."""
    extra = sum(p.numel() for p in model.prompts.parameters())
    return 100 * extra / sum(p.numel() for p in model.backbone.parameters())


def _folder(name_or_folder: str | Path) -> Path:
    for place in (models_folder() / name_or_folder, Path(name_or_folder)):
        if (place / CARD).is_file():
            return place
    names = ", ".join(available_models()) or "none"
    raise ModelError(
        f"no model {str(name_or_folder)!r}: expected the name of a bundled model ({names}) or a "
        f"folder with {WEIGHTS} and {CARD}."
    )


def _parse(path: Path) -> tuple[ModelCard, Recipe]:
    try:
        entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        recipe = Recipe(**entries.pop("recipe"))
        entries["classes"] = tuple(entries["classes"])
        entries["group_edges_nm"] = tuple(float(edge) for edge in entries["group_edges_nm"])
        return ModelCard(**entries), recipe
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        wanted = ", ".join([*(field.name for field in fields(ModelCard)), "recipe"])
        raise ModelError(
            f"{path}: not a model card ({error}). Expected JSON with {wanted}. Get the model's "
            "folder again from where it came."
        ) from error


def _check_sum(weights: Path, expected: str) -> None:
    if not weights.is_file():
        raise ModelError(f"{weights}: the card is there and the weights are not. Copy both files.")
    found = _sha256(weights)
    if found != expected:
        raise ModelError(
            f"{weights}: not the file that {CARD} was written for: expected sha256 {expected}, "
            f"found {found}. Get the model's folder again from where it came."
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
