"""Training of prompts and sink on games of a frozen model, which stays as it is.

From some starts training ends where curves are poor, even those of windows that were learned. Of
several starts that is kept which explains windows best that none of them learned from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from focus_viewer.core.progress import Step, part
from focus_viewer.explain.attaching.games import PlayedWindow
from focus_viewer.explain.attaching.windows import fold
from focus_viewer.explain.foreign.adapter import Decision
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.training.config import Stage
from focus_viewer.explain.training.losses import Game, LossWeights, coalition_losses, total
from focus_viewer.explain.training.optimisation import Optimisation

_RATE = 7e-3
_START = 0.3
"""Size of prompts at the start: large ones explain the windows that they learn, and not others."""

# Windows of a batch, and numbers in the tokens of all its groups: a tenth of a gigabyte.
_BATCH, _NUMBERS = 16, 30_000_000

# Of so many starts one is kept, by one window in so many; of fewer windows all are learned, once.
_STARTS, _HELD_OUT, _FEWEST = 5, 4, 16
_SHAPLEY_ALONE = LossWeights(coalitions=0, efficiency=0, attraction=0)


def train_reader(
    model: AttachedModel, games: Sequence[PlayedWindow], epochs: int, seed: int, step: Step
) -> None:
    """Train what takes the frozen model apart, in place: the best of several starts."""
    model.requires_grad_(False).eval()
    several = len(games) >= _FEWEST
    held_out = games[::_HELD_OUT] if several else ()
    learned = [game for n, game in enumerate(games) if not several or n % _HELD_OUT]
    starts = _STARTS if several else 1
    best, least = model.reader, math.inf
    for number in range(starts):
        model.reader = model.reader.anew() if number else model.reader
        own_step = part(step, number / starts, (number + 1) / starts)
        _train(model, learned, epochs, seed, own_step)
        missed = _missed(model, held_out)
        if missed < least:
            best, least = model.reader, missed
    model.reader = best


@torch.inference_mode()
def _missed(model: AttachedModel, games: Sequence[PlayedWindow]) -> float:
    """Return by how much evidence misses Shapley values of windows, 0 without any.

    Windows are taken together: one that is as usual has next to nothing to explain, and what is
    missed of it, relative to that, is noise. Infinite where it is not a number.
    """
    if not games:
        return 0.0
    size = _batch_size(games)
    some = [games[first : first + size] for first in range(0, len(games), size)]
    found = sum(float(loss_of(model, own, _SHAPLEY_ALONE)) * len(own) for own in some) / len(games)
    return found if math.isfinite(found) else math.inf


def _batch_size(games: Sequence[PlayedWindow]) -> int:
    return max(1, min(_BATCH, _NUMBERS // games[0].parts.numel()))


def _train(
    model: AttachedModel, games: Sequence[PlayedWindow], epochs: int, seed: int, step: Step
) -> None:
    with torch.no_grad():
        model.reader.prompts.prompts.mul_(_START)
    model.reader.requires_grad_(True)
    batch = _batch_size(games)
    steps = -(-len(games) // batch)
    stage = Stage("prompts", epochs, _RATE * (batch / _BATCH) ** 0.5, 1, 1)
    optimisation = Optimisation(stage, model.reader, steps, seed)
    for epoch in range(epochs):
        order = optimisation.rng.permutation(len(games))
        for number in range(steps):
            step((epoch + number / steps) / epochs, f"prompts, epoch {epoch + 1}")
            chosen = [games[place] for place in order[number * batch : (number + 1) * batch]]
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
