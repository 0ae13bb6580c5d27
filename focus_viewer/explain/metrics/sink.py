"""Sink at work: noise planted in a window, and what of its attention the sink takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import BoolArray

_SHARE = 0.1
_STRENGTH = 2.0
_TINY = 1e-12


class NoisyWindow(NamedTuple):
    """Window of which some tokens are noise.

    Attributes
    ----------
    images : Tensor, shape (1, groups, height, width)
    noisy : BoolArray, shape (patches, groups)
    """

    images: Tensor
    noisy: BoolArray


def plant_noise(images: Tensor, patch_px: int, rng: np.random.Generator) -> NoisyWindow:
    """Replace a tenth of the groups, and a tenth of the patches, with white noise.

    Parameters
    ----------
    images : Tensor, shape (1, groups, height, width)
        Standardised: the noise has twice the usual spread within a leaf.
    """
    _, groups, height, width = images.shape
    rows, cols = height // patch_px, width // patch_px
    bands = _some(groups, rng)
    spots = _some(rows * cols, rng)
    noisy = spots[:, None] | bands
    pixels = noisy.T.reshape(groups, rows, cols).repeat(patch_px, 1).repeat(patch_px, 2)
    noise = _STRENGTH * rng.standard_normal(images.shape[1:], dtype=np.float32)
    planted = torch.where(torch.from_numpy(pixels), torch.from_numpy(noise), images[0].cpu())
    return NoisyWindow(planted[None].to(images.device), noisy)


def sink_shares(kept: Tensor, whole: Tensor, noisy: BoolArray) -> dict[str, float]:
    """Return the share of attention that the sink takes of noisy and of clean tokens.

    Parameters
    ----------
    kept, whole : Tensor, shape (patches, groups)
        Attention to tokens with the sink, and without.
    """
    mask = torch.from_numpy(noisy).to(kept.device)
    return {
        name: 1 - float(kept[part].sum() / whole[part].sum().clamp_min(_TINY))
        for name, part in (("sink_on_noise", mask), ("sink_on_clean", ~mask))
    }


def _some(count: int, rng: np.random.Generator) -> BoolArray:
    chosen = np.zeros(count, dtype=np.bool_)
    chosen[rng.permutation(count)[: max(1, round(_SHARE * count))]] = True
    return chosen
