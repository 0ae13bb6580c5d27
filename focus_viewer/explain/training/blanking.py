"""Blanking: tokens set to "as the leaf usually is", in training and in coalitions.

What a frozen model says of a coalition of tokens is only worth explaining if it has seen images of
which parts were blank: so the backbone is trained on such.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.typing import BoolArray, IntArray

COARSE = 4
"""Coarse cells along a window's side: the players in space."""

# Shares of the training scenes that lose groups, or cells, and how much of them at most.
_GROUPED, _CELLED, _MOST = 0.5, 0.3, 1.0
_RUN_SHARE = 0.5


def random_blanks(rng: np.random.Generator, scenes: int, groups: int) -> Tensor:
    """Draw which tokens a training scene keeps, shape (scenes, groups, COARSE, COARSE)."""
    kept = np.ones((scenes, groups, COARSE, COARSE), dtype=np.bool_)
    for scene in kept:
        if rng.random() < _GROUPED:
            scene &= ~_some_groups(rng, groups)[:, None, None]
        if rng.random() < _CELLED:
            scene &= rng.random((COARSE, COARSE)) >= rng.uniform(0, _MOST)
    return torch.from_numpy(kept)


def _some_groups(rng: np.random.Generator, groups: int) -> BoolArray:
    """Draw groups to blank, apart from one another or in runs."""
    share = rng.uniform(0, _MOST)
    if rng.random() < _RUN_SHARE:
        return np.asarray(rng.random(groups) < share)
    runs = np.repeat(rng.random(groups) < share, 4)[rng.integers(4) :]
    return np.asarray(runs[:groups])


def blank(images: Tensor, kept: Tensor) -> Tensor:
    """Blank what is not kept.

    Parameters
    ----------
    images : Tensor, shape (scenes, groups, height, width)
    kept : Tensor of bool, shape (scenes, groups, cells, cells)
    """
    return images * functional.interpolate(kept.float(), images.shape[-2:], mode="nearest")


def coalitions(rng: np.random.Generator, groups: int, pairs: int) -> Tensor:
    """Draw coalitions in pairs with their complements, shape (6 * pairs, groups, COARSE, COARSE).

    A third are of groups alone, a third of cells alone, a third of both. Sizes are drawn as
    Shapley's kernel weighs them (Lundberg & Lee, NeurIPS 2017), by which the fit of sums to a
    game's values is its Shapley values.
    """
    cells = COARSE**2
    drawn = []
    for number in range(pairs):
        drawn.append(np.broadcast_to(_subset(rng, groups)[:, None], (groups, cells)))
        drawn.append(np.broadcast_to(_subset(rng, cells), (groups, cells)))
        drawn.append(_product(rng, groups) if number % 2 else _blocks(rng, groups))
    whole = np.stack([part for kept in drawn for part in (kept, ~kept)])
    return torch.from_numpy(whole.reshape(-1, groups, COARSE, COARSE))


def _product(rng: np.random.Generator, groups: int) -> BoolArray:
    return _subset(rng, groups)[:, None] & _subset(rng, COARSE**2)


def _blocks(rng: np.random.Generator, groups: int) -> BoolArray:
    """Draw any of the blocks that runs of groups make with cells."""
    cuts = rng.choice(np.arange(1, groups), min(int(rng.integers(2, 8)), groups - 1), replace=False)
    run = np.searchsorted(np.sort(cuts), np.arange(groups), side="right")
    return _subset(rng, (int(run.max()) + 1) * COARSE**2).reshape(-1, COARSE**2)[run]


def _subset(rng: np.random.Generator, players: int) -> BoolArray:
    if players == 1:  # there is the whole, and its complement
        return np.ones(1, dtype=np.bool_)
    sizes: IntArray = np.arange(1, players)
    weight = 1 / (sizes * (players - sizes))
    chosen = np.zeros(players, dtype=np.bool_)
    chosen[rng.permutation(players)[: rng.choice(sizes, p=weight / weight.sum())]] = True
    return chosen
