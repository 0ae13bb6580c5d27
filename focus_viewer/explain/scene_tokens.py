"""Tokens of scenes that are larger than the window the backbone was built for."""

from __future__ import annotations

import torch
from torch import Tensor

from focus_viewer.explain.backbone import BandPureBackbone


def scene_tokens(backbone: BandPureBackbone, images: Tensor, groups: Tensor) -> Tensor:
    """Tokens ahead of the tap; a larger scene is cut into windows side by side.

    Up to the tap each window passes alone, as it does when a large image is explained; the
    patches then come back in the scene's own order, and the windows' prefix tokens as their mean.

    Parameters
    ----------
    backbone : BandPureBackbone
    images : Tensor, shape (batch, groups, height, width)
    groups : Tensor of int64, shape (groups,)

    Returns
    -------
    Tensor, shape (batch, groups, prefix + patches, dim)

    Raises
    ------
    ValueError
        If the scene is not a whole number of windows.
    """
    side, (batch, count, height, width) = backbone.window_px, images.shape
    if height % side or width % side:
        raise ValueError(f"scene of {height} x {width} px: expected whole windows of {side} px")
    rows, cols = height // side, width // side
    cut = images.reshape(batch, count, rows, side, cols, side)
    windows = cut.permute(0, 2, 4, 1, 3, 5).flatten(0, 2)  # (batch * windows, groups, side, side)
    tokens = backbone.tokens(windows, groups)
    return _joined(tokens.reshape(batch, rows, cols, *tokens.shape[1:]), backbone)


def _joined(tokens: Tensor, backbone: BandPureBackbone) -> Tensor:
    """Join (batch, rows, cols, groups, prefix + patches, dim) to one row of tokens a scene."""
    prefix, cells = backbone.vit.num_prefix_tokens, backbone.window_px // backbone.patch_px
    patches = tokens[..., prefix:, :]
    patches = patches.reshape(*patches.shape[:-2], cells, cells, patches.shape[-1])
    ordered = patches.permute(0, 3, 1, 4, 2, 5, 6).flatten(2, 5)  # (batch, groups, patches, dim)
    return torch.cat([tokens[..., :prefix, :].mean((1, 2)), ordered], dim=2)
