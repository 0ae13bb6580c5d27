"""Attached models on disk: a model folder like any other, whose recipe names its adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from focus_viewer.core.errors import ModelError
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.foreign.adapter import Adapter, Described, Option
from focus_viewer.explain.foreign.bands import SpectralGroups
from focus_viewer.explain.foreign.dofa import build_dofa, describe_dofa
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.foreign.spectf import build_spectf, describe_spectf
from focus_viewer.explain.foreign.timm_adapter import build_timm, describe_timm
from focus_viewer.explain.model.cards import CARD, WEIGHTS, Recipe, model_folder, parse_card
from focus_viewer.explain.model.checkpoint import check_sum, load_model
from focus_viewer.explain.model.focus_model import FocusModel


class Kind(NamedTuple):
    """Kind of frozen models: how a state dict is described, and how its model is built."""

    describe: Callable[[str, Mapping[str, Tensor], Mapping[str, Option]], Described]
    build: Callable[[Recipe, DoubleArray, SpectralGroups], Adapter]


_KINDS: Mapping[str, Kind] = {
    "timm": Kind(describe_timm, build_timm),
    "spectf": Kind(describe_spectf, build_spectf),
    "dofa": Kind(describe_dofa, build_dofa),
}


def kind_of(architecture: str) -> Kind:
    """Return the kind of an architecture by its name; those of timm otherwise."""
    return _KINDS.get(architecture.split("_")[0], _KINDS["timm"])


class Loaded(NamedTuple):
    """Model of either kind and its card."""

    card: ModelCard
    model: FocusModel | AttachedModel


def load_any(name_or_folder: str | Path) -> Loaded:
    """Load a bundled model by its name, or any model, attached ones too, by its folder.

    Raises
    ------
    ModelError
        If files are missing, broken, or not the ones that the card was written for.
    """
    folder = model_folder(name_or_folder)
    card, recipe = parse_card(folder / CARD)
    if not recipe.adapter:
        return Loaded(*load_model(folder))
    weights = folder / WEIGHTS
    check_sum(weights, card.sha256)
    try:
        state = load_file(weights)
        model = _built(recipe, state, card.several)
        model.load_state_dict(state)
    except (SafetensorError, RuntimeError, KeyError) as error:
        raise ModelError(
            f"{weights}: the weights do not fit the architecture in {CARD} ({error}). "
            "Take both files from the same model."
        ) from error
    return Loaded(card, model.requires_grad_(False).eval())


def _built(recipe: Recipe, state: Mapping[str, Tensor], several: bool) -> AttachedModel:
    bands_nm = state["bands_nm"].numpy().astype(np.float64)
    edges_nm = state["edges_nm"].numpy().astype(np.float64)
    groups = SpectralGroups(state["group_of_bands"].numpy().astype(np.intp), edges_nm)
    return AttachedModel(build_adapter(recipe, bands_nm, groups), groups, several)


def build_adapter(recipe: Recipe, bands_nm: DoubleArray, groups: SpectralGroups) -> Adapter:
    """Build a frozen model with random weights, and its adapter.

    Raises
    ------
    ModelError
        If there is no such adapter, or it cannot read such a model.
    """
    if recipe.adapter not in _KINDS:
        raise ModelError(
            f"no adapter {recipe.adapter!r}: expected one of {', '.join(_KINDS)}. The model may "
            "have been attached by a newer version."
        )
    return _KINDS[recipe.adapter].build(recipe, bands_nm, groups)
