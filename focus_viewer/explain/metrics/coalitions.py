"""Coalition game of a frozen model: its logits where only some tokens are shown.

All other tokens are set to 0, which standardised images are where a pixel is as the leaf usually
is. The value of a coalition for a class is its logit less the mean of the others', as evidence is
shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray
from focus_viewer.explain.metrics.localisation import known_values
from focus_viewer.explain.metrics.shapley import Game
from focus_viewer.explain.model.backbone import BandPureBackbone

COARSE = 4
"""Coarse cells along a window's side: the players in space."""

# Larger batches take a CPU longer: they outgrow its cache.
_BATCH = 2


@dataclass(frozen=True, eq=False)
class FrozenModel:
    """Frozen backbone, and the window that it decides on.

    Attributes
    ----------
    images : Tensor, shape (1, groups, height, width)
        Standardised.
    groups : Tensor of int64, shape (groups,)
    only : Tensor of bool, shape (1, patches), or None
        Patches that the head pools; all by default.
    """

    backbone: BandPureBackbone
    images: Tensor
    groups: Tensor
    only: Tensor | None = None

    @property
    def by_groups(self) -> Game:
        """Game whose players are the groups; each group's tokens are computed once."""
        with torch.inference_mode():
            shown = self.backbone.tokens(self.images, self.groups)
            blank = self.backbone.tokens(torch.zeros_like(self.images), self.groups)

        def decide(joined: BoolArray) -> Tensor:
            mask = torch.from_numpy(joined).to(shown.device)[:, :, None, None]
            return self.backbone.decide(torch.where(mask, shown, blank), self.only)

        return lambda joined: _in_batches(decide, joined)

    @property
    def by_cells(self) -> Game:
        """Game whose players are the coarse cells, row by row."""
        return lambda joined: self.values(joined.reshape(-1, 1, COARSE, COARSE))

    def values(self, shown: BoolArray) -> DoubleArray:
        """Return the values of coalitions, shape (n, classes).

        Parameters
        ----------
        shown : BoolArray, broadcastable to (n, groups, COARSE, COARSE)
        """
        return _in_batches(self._logits, shown)

    def _logits(self, shown: BoolArray) -> Tensor:
        height, width = self.images.shape[-2:]
        rows, cols = (_places(size, self.backbone.patch_px) for size in (height, width))
        whole = np.broadcast_to(shown, (*shown.shape[:2], COARSE, COARSE))
        mask = torch.from_numpy(whole[:, :, rows[:, None], cols]).to(self.images.device)
        return self.backbone.logits(self.images * mask, self.groups, self.only)


@torch.inference_mode()
def _in_batches(decide: Callable[[BoolArray], Tensor], joined: BoolArray) -> DoubleArray:
    found = [decide(part) for part in np.split(joined, range(_BATCH, len(joined), _BATCH))]
    return over_others(torch.cat(found).double().cpu().numpy())


def over_others(logits: DoubleArray) -> DoubleArray:
    """Return each class's logit less the mean of the others, shape (..., classes)."""
    classes = logits.shape[-1]
    centred = logits - logits.mean(axis=-1, keepdims=True)
    return np.asarray(centred * (classes / max(classes - 1, 1)))


def _places(size: int, patch_px: int) -> IntArray:
    """Return the coarse row, or column, of each pixel of a side; patches are never cut."""
    return np.asarray(np.arange(size) // patch_px * COARSE // (size // patch_px))


def coarse_map(volume: SaliencyVolume) -> DoubleArray:
    """Return the saliency of each coarse cell, row by row, shape (COARSE**2,)."""
    cells = known_values(volume).sum(axis=2)
    rows, cols = (_places(count, 1) for count in cells.shape)
    found = np.zeros((COARSE, COARSE))
    np.add.at(found, (rows[:, None], cols), cells)
    return found.ravel()


def draw_coalitions(players: int, count: int, rng: np.random.Generator) -> BoolArray:
    """Draw coalitions whose sizes are all as likely, as in an order's course: (count, players)."""
    ranks = rng.random((count, players)).argsort(axis=1).argsort(axis=1)
    return np.asarray(ranks < rng.integers(1, players, size=count)[:, None])


def coalition_errors(
    parts: DoubleArray, joined: BoolArray, values: DoubleArray, nothing: float
) -> tuple[float, float]:
    """Return the mean square of what sums of parts miss of coalitions, and of what these add.

    One over the other, taken from 1 and over many scenes, is the share that is predicted: of one
    scene in which coalitions add next to nothing it would be noise.

    Parameters
    ----------
    parts : DoubleArray, shape (players,)
        What each player is said to add.
    joined : BoolArray, shape (n, players)
    values : DoubleArray, shape (n,)
    nothing : float
        Value of nobody.
    """
    added = values - nothing
    return float(np.square(added - joined @ parts).mean()), float(np.square(added).mean())


def cosine(first: DoubleArray, second: DoubleArray) -> float:
    """Return the cosine between two vectors; 0 if either is zero."""
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.clip(first @ second / lengths, -1, 1)) if lengths > 0 else 0.0
