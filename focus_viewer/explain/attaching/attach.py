"""Attachment of prompts and sink to a frozen model, from its state dict and unlabelled cubes."""

from __future__ import annotations

import hashlib
import math
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import timm
import torch
from torch import Tensor

from focus_viewer.core.errors import ModelError
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.attaching.cubes import Collected, Opener, collect_windows
from focus_viewer.explain.attaching.faithfulness import Faithfulness, measure_faithfulness
from focus_viewer.explain.attaching.games import play_windows
from focus_viewer.explain.attaching.plan import AttachPlan, FrozenModelFacts
from focus_viewer.explain.attaching.training import train_reader
from focus_viewer.explain.foreign.adapter import Described
from focus_viewer.explain.foreign.bands import group_neighbours
from focus_viewer.explain.foreign.model import SPECTRA, AttachedModel
from focus_viewer.explain.foreign.state_files import fill, read_state
from focus_viewer.explain.foreign.storage import build_adapter, kind_of
from focus_viewer.explain.inference.attached_applicability import CELLS, CURVE
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.version import __version__

_TINY = 1e-6
_ORIGIN = "a frozen model of another origin: how good its decisions are was not checked here"
_AS_THEY_ARE = "; no mean and std were stated: it meets the cubes' values as they are"


class Attached(NamedTuple):
    """Attached model, ready to be saved."""

    model: AttachedModel
    card: ModelCard
    recipe: Recipe
    faithfulness: Faithfulness


class Order(NamedTuple):
    """What is to be attached.

    Attributes
    ----------
    checkpoint : Path
        State dict.
    cubes : sequence of Opener
        Each opens a cube.
    name, command : str
        Of the model, and what makes it again.
    """

    checkpoint: Path
    facts: FrozenModelFacts
    cubes: Sequence[Opener]
    plan: AttachPlan
    name: str
    command: str = ""


def attach(order: Order, step: Step) -> Attached:
    """Train prompts and sink on coalitions of a frozen model's own outputs, without labels.

    Raises
    ------
    ModelError
        If the state dict cannot be used, or does not fit the facts.
    FocusError
        If a cube cannot be read, or lacks bands or data.
    """
    plan = order.plan
    torch.manual_seed(plan.seed)
    step(0.0, "loading the frozen model")
    model, recipe = _frozen(order)
    found = collect_windows(
        order.cubes, model, plan.windows, plan.held_out, plan.seed, part(step, 0.0, 0.1)
    )
    _write_constants(model, found, plan.seed)
    usual = model.adapter.usual[:, None, None]
    train, held_out = (
        torch.cat([torch.where(each.images.isnan(), usual, each.images) for each in side])
        for side in (found.train, found.held_out)
    )
    count = len(model.groups.edges_nm)
    _write_anchors(model, train)
    playing = part(step, 0.1, 0.6)
    games = play_windows(model.adapter, count, train, model.spread, plan.pairs, plan.seed, playing)
    train_reader(model, games, plan.epochs, plan.seed, part(step, 0.6, 0.8))
    checking = part(step, 0.8, 1.0)
    agreement = measure_faithfulness(model, held_out, plan.evaluations, plan.seed, checking)
    return Attached(model, _card(order, model, recipe, found, agreement), recipe, agreement)


def _frozen(order: Order) -> tuple[AttachedModel, Recipe]:
    """Build the frozen model with its own weights, and prompts that know nothing yet."""
    facts, state = order.facts, read_state(order.checkpoint)
    _check_normalisation(facts)
    sides = {} if facts.image_size is None else {"img_size": facts.image_size}
    described = kind_of(facts.architecture).describe(
        facts.architecture, state, {**facts.options, **sides}
    )
    bands_nm = _bands_nm(order, described)
    groups = group_neighbours(bands_nm, order.plan.groups)
    adapter = build_adapter(described.recipe, bands_nm, groups)
    fill(adapter.frozen, state, order.checkpoint, facts.architecture)
    model = AttachedModel(adapter, groups).requires_grad_(False).eval()
    _class_names(facts, len(model.anchor))  # refused now, not after an hour
    model.bands_nm.copy_(torch.from_numpy(bands_nm))
    # As (value * scale - mean) / std.
    for name, values in (("mean", facts.mean), ("std", facts.std)):
        if len(values) not in (1, len(bands_nm)):
            raise ModelError(
                f"--{name}: expected one number, or one for each of {len(bands_nm)} bands; found "
                f"{len(values)}."
            )
        getattr(model, name).copy_(torch.tensor(values, dtype=torch.float64) / facts.scale)
    return model, described.recipe


def _check_normalisation(facts: FrozenModelFacts) -> None:
    """Refuse numbers that leave nothing of a spectrum."""
    for name, values in (("mean", facts.mean), ("std", facts.std), ("factor", (facts.scale,))):
        least = -math.inf if name == "mean" else 0.0
        wrong = [each for each in values if not least < each < math.inf]
        if wrong:
            wanted = "finite numbers" if name == "mean" else "numbers above 0"
            raise ModelError(f"--{name}: expected {wanted}, found {wrong[0]:g}.")


def _bands_nm(order: Order, described: Described) -> DoubleArray:
    """Return the wavelengths of the model's bands: stated, its own, or those of the first cube."""
    count, stated = described.bands, np.array(order.facts.bands_nm, dtype=np.float64)
    found, source = (stated, "stated") if stated.size else (described.bands_nm, "known")
    if found is None:
        found, source = order.cubes[0]().wavelengths_nm, "of the first cube"
    if found is None or (count is not None and len(found) != count):
        wanted = "its bands" if count is None else f"its {count} bands"
        have = "none" if found is None else f"{len(found)} {source}"
        raise ModelError(
            f"{order.checkpoint}: expected a wavelength for each of {wanted}, found {have}. State "
            "them with --bands-nm, in the model's order, or a sensor with --sensor."
        )
    return found


@torch.no_grad()
def _write_constants(model: AttachedModel, found: Collected, seed: int) -> None:
    """Store the usual spectrum, the spread about it, and some spectra; each cube counts equally."""
    rng = np.random.default_rng(seed)
    pixels = np.concatenate([each.pixels for each in found.train])
    normalised = torch.from_numpy((pixels - model.mean.numpy()) / model.std.numpy())
    known = normalised.isfinite()
    count = known.sum(0).clamp_min(1)
    filled = torch.where(known, normalised, 0)
    usual = filled.sum(0) / count
    squares = torch.where(known, normalised - usual, 0).square().sum(0) / count
    model.adapter.usual.copy_(usual)
    model.spread.copy_(squares.sqrt().clamp_min(_TINY))
    # As in a decision, bands that a cube lacks are as usual.
    filled_in = np.where(known, pixels, usual.numpy() * model.std.numpy() + model.mean.numpy())
    means = [filled_in[:, bands].mean(axis=1) for bands in model.groups.members]
    spectra = np.stack(means, axis=1).astype(np.float32)
    chosen = rng.integers(len(spectra), size=SPECTRA)
    model.spectra.copy_(torch.from_numpy(spectra[chosen]))


@torch.no_grad()
def _write_anchors(model: AttachedModel, images: Tensor) -> None:
    """Store how windows depart from usual, by the class that the frozen model decides for."""
    usual, spread = (each[:, None, None] for each in (model.adapter.usual, model.spread))
    for image in images:
        parts = model.adapter.parts(image[None])
        likely = model.adapter.decide(parts).logits.softmax(1)[0]
        departure = ((image - usual) / spread).mean((1, 2))
        means = [departure[torch.from_numpy(bands)].mean() for bands in model.groups.members]
        model.anchor.add_(likely[:, None] * torch.stack(means) / len(images))


def _card(
    order: Order, model: AttachedModel, recipe: Recipe, found: Collected, agreement: Faithfulness
) -> ModelCard:
    facts, frozen = order.facts, model.adapter.frozen
    extra = sum(each.numel() for each in model.reader.parameters())
    edges = model.groups.edges_nm
    cubes = len(found.train) + (len(found.held_out) if found.how == "cubes" else 0)
    return ModelCard(
        name=order.name,
        version="1",
        backbone=f"{facts.architecture}, trained elsewhere",
        classes=_class_names(facts, len(model.anchor)),
        group_edges_nm=(*edges[:, 0].tolist(), float(edges[-1, 1])),
        training_data=f"attached without labels, with {cubes} cube{'' if cubes == 1 else 's'}",
        validated=False,
        warning=_ORIGIN if facts.normalises or recipe.adapter != "timm" else _ORIGIN + _AS_THEY_ARE,
        extra_parameters_percent=round(
            100 * extra / sum(each.numel() for each in frozen.parameters()), 3
        ),
        sha256="",
        command=order.command,
        measured=_measured(agreement),
        attached=_facts(order, model, found),
    )


def _class_names(facts: FrozenModelFacts, count: int) -> tuple[str, ...]:
    """Return the names of a model's outputs: those stated, else numbers."""
    classes = facts.classes or tuple(f"class {n + 1}" for n in range(count))
    if len(classes) != count or len(set(classes)) != len(classes):
        raise ModelError(
            f"--classes: expected a different name for each of the model's {count} outputs, in "
            f"their order; found {', '.join(classes)}."
        )
    return classes


def _measured(agreement: Faithfulness) -> dict[str, float]:
    found = {
        CURVE: agreement.curve,
        CELLS: agreement.cells,
        "curve, brute force with itself": agreement.curve_noise,
        "map, brute force with itself": agreement.cells_noise,
        "sink_remainder": agreement.remainder,
    }
    return {name: round(value, 3) for name, value in found.items()}


def _facts(order: Order, model: AttachedModel, found: Collected) -> Mapping[str, Any]:
    return {
        "checkpoint": order.checkpoint.name,
        "checkpoint_sha256": hashlib.sha256(order.checkpoint.read_bytes()).hexdigest(),
        "cubes": len(found.train),
        "held_out": found.how,
        "windows": sum(len(each.images) for each in found.train),
        "held_out_windows": sum(len(each.images) for each in found.held_out),
        "units": sorted({each.units for each in found.train}),
        "window_px": model.adapter.window_px,
        "nothing_shown": "the mean spectrum of these cubes",
        "image_logit": "the mean over its windows",
        "seed": order.plan.seed,
        "versions": {
            "focus-viewer": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "timm": timm.__version__,
            "numpy": np.__version__,
        },
    }
