"""Losses of the backbone, and of prompts and sink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

_LEAST_SCALE = 1.0
_LEAST_SQUARES = 1e-2

LossParts = dict[str, Tensor]
"""Scalars by name, each times its weight already: the loss is their sum."""


@dataclass(frozen=True)
class LossWeights:
    """Weights of the parts of the losses.

    Attributes
    ----------
    traits : float
        Of the backbone: traits of each patch, beside the cross-entropy of the classes.
    coalitions : float
        Of the prompts: evidence of a coalition against what the frozen model makes of it.
    shapley : float
        Evidence by group and by cell against sampled Shapley values. Coalitions alone are mostly a
        matter of how much is shown, and hardly say which groups.
    efficiency : float
        All evidence against all that clean tokens add: what is left to the sink is noise.
    attraction : float
        Planted noise into the sink, clean tokens past it.
    """

    traits: float = 0.5
    coalitions: float = 1.0
    shapley: float = 4.0
    efficiency: float = 4.0
    attraction: float = 1.0


def total(parts: LossParts) -> Tensor:
    """Return the sum of the parts."""
    return torch.stack(list(parts.values())).sum()


def trait_loss(found: Tensor, wanted: Tensor) -> Tensor:
    """Return the mean loss of traits, (batch, patches, traits), where they are known.

    The last is a logit of tissue, wanted as 0 or 1; the others are numbers.
    """
    known = torch.isfinite(wanted)
    filled = torch.where(known, wanted, torch.zeros(()))
    numbers = functional.smooth_l1_loss(found[..., :-1], filled[..., :-1], reduction="none")
    tissue = functional.binary_cross_entropy_with_logits(
        found[..., -1:], filled[..., -1:], reduction="none"
    )
    each = torch.cat([numbers, tissue], dim=-1) * known
    return (each.sum((0, 1)) / known.sum((0, 1)).clamp_min(1)).mean()


class Game(NamedTuple):
    """Values of a frozen model under coalitions of tokens, mostly centred over the classes.

    Attributes
    ----------
    coalitions : Tensor of bool, shape (batch, coalitions, groups, COARSE, COARSE)
    values : Tensor, shape (batch, coalitions, classes)
        What each adds to the logits of an image where all is as usual.
    clean : Tensor, shape (batch, classes)
        What all tokens add but those of planted noise.
    by_groups : Tensor, shape (batch, groups, classes)
    by_cells : Tensor, shape (batch, COARSE**2, classes)
        Shapley values of the groups and of the cells, from a few orders each: noisy, but right on
        average, so that what is trained on them learns their mean.
    """

    coalitions: Tensor
    values: Tensor
    clean: Tensor
    by_groups: Tensor
    by_cells: Tensor


def coalition_losses(
    evidence: Tensor,
    absorbed: Tensor,
    noisy: Tensor,
    game: Game,
    weights: LossWeights,
    centred: bool = True,
) -> LossParts:
    """Return the losses of prompts and sink, by the names of their weights.

    Training adds the parts up, logs each under its name and draws it: a new part needs a weight
    and a line here, and nothing elsewhere.

    Parameters
    ----------
    evidence : Tensor, shape (batch, classes, patches, groups)
    absorbed : Tensor, shape (batch, patches, groups)
        What the sink takes of each token.
    noisy : Tensor of bool, shape (batch, patches, groups)
        Tokens of planted noise.
    centred : bool
        Whether the game's values are relative to their mean over classes.
    """
    own = evidence - evidence.mean(1, keepdim=True) if centred else evidence
    clean = own * ~noisy[:, None]
    found = coalition_sums(clean, game.coalitions)
    scale = game.clean.square().mean().clamp_min(_LEAST_SCALE)
    missed = (own.sum((2, 3)) - game.clean).square().mean()
    return {
        "coalitions": weights.coalitions * (found - game.values).square().mean() / scale,
        "shapley": weights.shapley * shapley_loss(clean, game),
        "efficiency": weights.efficiency * missed / scale,
        "attraction": weights.attraction * attraction(absorbed, noisy),
    }


def shapley_loss(evidence: Tensor, game: Game) -> Tensor:
    """Return the squared error of evidence by group and by cell, relative to the values' squares.

    Evidence has shape (batch, classes, patches, groups), of a square window.
    """
    pairs = (
        (evidence.sum(2).mT, game.by_groups),
        (_by_cells(evidence, game.coalitions.shape[-1]).sum(-1).mT, game.by_cells),
    )
    missed = [
        (found - wanted).square().sum(1).mean()
        / wanted.square().sum(1).mean().clamp_min(_LEAST_SQUARES)
        for found, wanted in pairs
    ]
    return torch.stack(missed).mean()


def _by_cells(evidence: Tensor, cells: int) -> Tensor:
    """Sum evidence over the patches of each coarse cell: (batch, classes, cells**2, groups)."""
    batch, classes, patches, groups = evidence.shape
    within = round(patches**0.5) // cells
    folded = evidence.reshape(batch, classes, cells, within, cells, within, groups)
    return folded.sum((3, 5)).flatten(2, 3)


@torch.no_grad()
def coalition_r2(evidence: Tensor, noisy: Tensor, game: Game) -> Tensor:
    """Return the share of what coalitions add to the logits that evidence explains."""
    clean = (evidence - evidence.mean(1, keepdim=True)) * ~noisy[:, None]
    missed = (coalition_sums(clean, game.coalitions) - game.values).square().sum()
    return 1 - missed / game.values.square().sum().clamp_min(1e-9)


def coalition_sums(evidence: Tensor, coalitions: Tensor) -> Tensor:
    """Return the evidence in each coalition, shape (batch, coalitions, classes).

    Evidence has shape (batch, classes, patches, groups), of a square window.
    """
    coarse = _by_cells(evidence, coalitions.shape[-1])
    return torch.einsum("bmkr,bcrk->bmc", coalitions.flatten(-2).to(evidence), coarse)


def attraction(absorbed: Tensor, noisy: Tensor) -> Tensor:
    """Return the mean cross-entropy of what the sink takes of noise and of clean tokens.

    Noise weighs as much as all that is clean. Both have shape (batch, patches, groups).
    """
    each = functional.binary_cross_entropy(absorbed, noisy.to(absorbed), reduction="none")
    shares = [each[mask].mean() for mask in (noisy, ~noisy) if mask.any()]
    return torch.stack(shares).mean()
