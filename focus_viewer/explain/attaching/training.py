"""Training of prompts and sink on games of a frozen model, which stays as it is."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from focus_viewer.core.progress import Step
from focus_viewer.explain.attaching.games import PlayedWindow
from focus_viewer.explain.attaching.windows import fold
from focus_viewer.explain.foreign.adapter import Decision
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.training.config import Stage
from focus_viewer.explain.training.losses import Game, LossWeights, coalition_losses, total
from focus_viewer.explain.training.optimisation import Optimisation

_BATCH = 4
_RATE = 1e-2


def train_reader(
    model: AttachedModel, games: Sequence[PlayedWindow], epochs: int, seed: int, step: Step
) -> None:
    """Train what takes the frozen model apart, in place."""
    model.requires_grad_(False).eval()
    model.reader.requires_grad_(True)
    steps = -(-len(games) // _BATCH)
    stage = Stage("prompts", epochs, _RATE, 1, 1)
    optimisation = Optimisation(stage, model.reader, steps, seed)
    for epoch in range(epochs):
        order = optimisation.rng.permutation(len(games))
        for number in range(steps):
            step((epoch + number / steps) / epochs, f"prompts, epoch {epoch + 1}")
            chosen = [games[place] for place in order[number * _BATCH : (number + 1) * _BATCH]]
            optimisation.step(loss_of(model, chosen))
    model.requires_grad_(False)


def loss_of(
    model: AttachedModel, games: Sequence[PlayedWindow], weights: LossWeights | None = None
) -> Tensor:
    """Return the loss on a batch of games."""
    parts = torch.cat([each.parts for each in games]).to(model.device).float()
    found = Decision(*_joined([each.found for each in games], model.device))
    game = Game(*_joined([each.game for each in games], model.device))
    (noisy,) = _joined([(each.noisy,) for each in games], model.device)
    taken = model.take_apart(parts, found, model.usual(parts))
    ones = torch.ones_like(taken.absorbed)
    absorbed = fold(taken.absorbed, model.adapter) / fold(ones, model.adapter)
    evidence = fold(taken.evidence, model.adapter)
    centred = not model.several
    return total(
        coalition_losses(evidence, absorbed, noisy, game, weights or LossWeights(), centred)
    )


def _joined(batch: Sequence[tuple[Tensor, ...]], device: torch.device) -> list[Tensor]:
    return [torch.cat(each).to(device) for each in zip(*batch, strict=True)]
