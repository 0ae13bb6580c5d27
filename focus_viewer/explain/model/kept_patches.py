"""Patches of windows that a model reads: all blank ones of a window are one, which counts for all.

Without position embeddings, patches of equal pixels have equal tokens in every layer. What attends
to n of them takes the same of one whose score is higher by log n.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class KeptPatches(NamedTuple):
    """Patches that are kept of each window.

    Attributes
    ----------
    sources : Tensor of int64, shape (windows, kept)
        Which of the window's patches each one is.
    places : Tensor of int64, shape (windows, patches)
        Which of the kept ones each patch of the window is.
    counts : Tensor, shape (windows, kept), or None
        For how many patches each one stands: 0 where a window has fewer than others. None where
        all are kept.
    """

    sources: Tensor
    places: Tensor
    counts: Tensor | None

    def spread(self, window: int, values: Tensor) -> Tensor:
        """Return a window's values, (..., kept, channels), at all its patches."""
        return values if self.counts is None else values.index_select(-2, self.places[window])


def keep_patches(occupied: Tensor) -> KeptPatches:
    """Keep the patches of windows that are not blank, and one of those that are.

    Parameters
    ----------
    occupied : Tensor of bool, shape (windows, patches)
    """
    blank = occupied.sum(1, keepdim=True)  # the place behind the others
    places = torch.where(occupied, occupied.cumsum(1) - 1, blank)
    kept = int(places.max()) + 1
    every = torch.arange(occupied.shape[1]).expand_as(places)
    sources = places.new_zeros(len(places), kept).scatter_(1, places, every)
    counts = torch.zeros(sources.shape).scatter_add_(1, places, torch.ones(places.shape))
    return KeptPatches(sources, places, None if occupied.all() else counts)
