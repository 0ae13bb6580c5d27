"""Cards of models on disk, read without torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from focus_viewer.assets import folder
from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import ModelError
from focus_viewer.core.saliency.metric_names import with_current_names
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.explain.model.card_entries import check_entries

WEIGHTS, CARD = "weights.safetensors", "card.json"
READING = "shares of the frozen head"
"""The reading of this version; models of version 1 explained a decision of their own."""


@dataclass(frozen=True)
class Recipe:
    """Recipe to rebuild a model's backbone.

    Attributes
    ----------
    architecture : str
        Name in timm's registry.
    tap : int
        Number of the feature block.
    options : mapping
        Passed to timm: img_size, patch_size, embed_dim, depth, num_heads, num_classes, ...
    reading : str
        How the weights take the decision apart.
    taught : bool
        Whether a user taught it, see `FocusModel`.
    adapter : str
        Reader of a model that was trained elsewhere, see `explain.foreign`; empty for others.
    """

    architecture: str
    tap: int
    options: Mapping[str, int | float | str | bool]
    reading: str = READING
    taught: bool = False
    adapter: str = ""


def models_folder() -> Path:
    """Return the folder of the bundled models."""
    return folder("models")


def available_models() -> tuple[str, ...]:
    """Return names of the bundled models that decide."""
    return tuple(name for name in available_backbones() if read_card(name).decides)


def available_backbones() -> tuple[str, ...]:
    """Return names of all bundled models, each of which can be taught."""
    return tuple(sorted(card.parent.name for card in models_folder().glob(f"*/{CARD}")))


def read_card(name_or_folder: str | Path) -> ModelCard:
    """Read a model's card without its weights.

    Raises
    ------
    ModelError
        If there is no such model or its card is broken.
    """
    return parse_card(model_folder(name_or_folder) / CARD)[0]


def read_deciding_card(name_or_folder: str | Path) -> ModelCard:
    """Read the card of a model that decides, whose weights are there; they are not read.

    Raises
    ------
    ModelError
        If there is no such model, it is a backbone without classes, or its weights are missing.
    """
    folder = model_folder(name_or_folder)
    card = read_card(name_or_folder)
    refuse_backbone(card, folder.name)
    if not (folder / WEIGHTS).is_file():
        raise ModelError(
            f"{folder / WEIGHTS}: the weights are missing beside the card. Copy both files."
        )
    return card


def refuse_backbone(card: ModelCard, name: str) -> None:
    """Refuse what has no classes of its own."""
    if not card.decides:
        raise ModelError(
            f"{name} is a backbone for teaching: it has no classes of its own and decides nothing. "
            f"Teach it yours, `focus-viewer fit DATASET --backbone {name} --out DIR`, and take the "
            "model in DIR."
        )


def write_benchmark(
    name_or_folder: str | Path, benchmark: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> Path:
    """Write a benchmark's main figures on a model's card; returns the card's path.

    The figures map sensor to method to metric to mean; other sensors stay as they are.

    Raises
    ------
    ModelError
        If there is no such model or its card is broken.
    """
    path = model_folder(name_or_folder) / CARD
    card, recipe = parse_card(path)
    card = replace(card, benchmark={**card.benchmark, **benchmark})
    write_card(path, card, recipe)
    return path


def write_card(path: Path, card: ModelCard, recipe: Recipe) -> None:
    """Write a card, all of it or nothing."""
    text = json.dumps({**asdict(card), "recipe": asdict(recipe)}, indent=2, ensure_ascii=False)
    write_atomically(path, text + "\n")


def model_folder(name_or_folder: str | Path) -> Path:
    """Return the folder of a bundled model by its name, or of any model by its folder.

    Raises
    ------
    ModelError
        If there is no such model.
    """
    for path in (models_folder() / name_or_folder, Path(name_or_folder)):
        if (path / CARD).is_file():
            return path
    names = ", ".join(available_backbones()) or "none"
    raise ModelError(
        f"no model {str(name_or_folder)!r}: expected the name of a bundled model ({names}) or a "
        f"folder with {WEIGHTS} and {CARD}."
    )


def parse_card(path: Path) -> tuple[ModelCard, Recipe]:
    """Parse a card and the recipe of its model.

    Raises
    ------
    ModelError
        If the file is not a card, or that of a model of an earlier version.
    """
    card, recipe = _parse(path)
    if recipe.reading != READING:
        raise ModelError(
            f"{path}: a model of an earlier version, which explained a decision of its own and not "
            f"the frozen ViT's. Train it again: `{card.command}`."
        )
    return card, recipe


def _parse(path: Path) -> tuple[ModelCard, Recipe]:
    try:
        entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        built = {"reading": "", **entries.pop("recipe")}
        check_entries(entries, built)
        recipe = Recipe(**built)
        for part in ("measured", "benchmark"):
            entries[part] = with_current_names(entries.get(part, {}))
        entries["classes"] = tuple(entries["classes"])
        entries["group_edges_nm"] = tuple(float(edge) for edge in entries["group_edges_nm"])
        return ModelCard(**entries), recipe
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        wanted = ", ".join([*(field.name for field in fields(ModelCard)), "recipe"])
        raise ModelError(
            f"{path}: not a model card ({error}). Expected JSON with {wanted}. Get the model's "
            "folder again from its source."
        ) from error
