"""Attachment of prompts and sink to a frozen model, from its state dict and unlabelled cubes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.errors import ModelError
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.explain.attaching.card import write_card
from focus_viewer.explain.attaching.faithfulness import Faithfulness, measure_faithfulness
from focus_viewer.explain.attaching.games import play_windows
from focus_viewer.explain.attaching.given.cubes import Collected, collect_windows
from focus_viewer.explain.attaching.given.frozen import Frozen, build_frozen
from focus_viewer.explain.attaching.given.frozen import Order as Order
from focus_viewer.explain.attaching.training import train_reader
from focus_viewer.explain.foreign.model import SPECTRA, AttachedModel
from focus_viewer.explain.inference.devices import find_device
from focus_viewer.explain.model.cards import Recipe

_TINY = 1e-6


class Attached(NamedTuple):
    """Attached model, ready to be saved."""

    model: AttachedModel
    card: ModelCard
    recipe: Recipe
    faithfulness: Faithfulness


def attach(order: Order, step: Step) -> Attached:
    """Train prompts and sink on coalitions of a frozen model's own outputs, without labels.

    Raises
    ------
    ModelError
        If the state dict cannot be used, does not fit the facts, there is no such device, or its
        memory ran out.
    FocusError
        If no cube can be read, or all lack bands or data.
    """
    device = find_device(order.plan.device)
    try:
        return _attached(order, device, step)
    except torch.OutOfMemoryError as error:
        raise ModelError(
            f"{device} ran out of memory. Choose another with --device, or fewer --groups."
        ) from error


def _attached(order: Order, device: torch.device, step: Step) -> Attached:
    plan = order.plan
    torch.manual_seed(plan.seed)
    step(0.0, "loading the frozen model")
    frozen = build_frozen(order)
    model = frozen.model
    found = collect_windows(
        order.cubes, model, plan.windows, plan.held_out, plan.seed, part(step, 0.0, 0.1)
    )
    _write_constants(model, found, plan.seed)
    usual = model.adapter.usual[:, None, None]
    train, held_out = (
        torch.cat([torch.where(each.images.isnan(), usual, each.images) for each in side])
        for side in (found.train, found.held_out)
    )
    model.to(device)
    decided = _write_anchors(frozen, train)
    games = play_windows(model, train, plan.pairs, plan.seed, part(step, 0.1, 0.6))
    train_reader(model, games, plan.epochs, plan.seed, part(step, 0.6, 0.8))
    checking = part(step, 0.8, 1.0)
    agreement = measure_faithfulness(model, held_out, plan.evaluations, plan.seed, checking)
    model.cpu()
    card = write_card(order, frozen, found, agreement, decided)
    return Attached(model, card, frozen.recipe, agreement)


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
def _write_anchors(frozen: Frozen, images: Tensor) -> dict[str, int]:
    """Store how windows depart from usual, by the class that the frozen model decides for.

    Returns
    -------
    dict
        Number of windows that it decides for each class; those that have it, where several may.

    Raises
    ------
    ModelError
        If its logits are not finite.
    """
    model, decided = frozen.model, dict.fromkeys(frozen.classes, 0)
    usual, spread = (each[:, None, None] for each in (model.adapter.usual, model.spread))
    for window in images:
        image = window.to(model.device)
        parts = model.adapter.parts(image[None])
        logits = model.adapter.decide(parts).logits[0]
        if not logits.isfinite().all():
            raise ModelError(
                "expected finite logits for windows of these cubes, found NaN or infinity. Check "
                "--mean, --std, --factor, and --scale of the cubes."
            )
        holds = (logits > 0).nonzero()[:, 0].tolist()
        for place in holds if model.several else [int(logits.argmax())]:
            decided[frozen.classes[place]] += 1
        likely = logits.sigmoid() if model.several else logits.softmax(0)
        departure = ((image - usual) / spread).mean((1, 2))
        means = [departure[torch.from_numpy(bands)].mean() for bands in model.groups.members]
        model.anchor.add_(likely[:, None] * torch.stack(means) / len(images))
    return decided
