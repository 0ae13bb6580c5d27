"""Class-specific spectral prompts and the sink: what reads the frozen tokens."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from focus_viewer.explain.model.backbone import BandPureBackbone

_SPREAD = 0.02
# Without a limit one patch, or one group, silences others that show the same: attention collapses.
_PATCH_LIMIT = 6.0
_GROUP_LIMIT = 2.0


class PatchReading(NamedTuple):
    """Reading of each patch by each class, before patches are weighed against one another.

    Attributes
    ----------
    score : Tensor, shape (batch, classes, patches)
        How much a patch matters to a class.
    contribution : Tensor, shape (batch, classes, patches, groups)
        What a patch at a group would add to the logit, were it the only patch.
    attention : Tensor, shape (batch, classes, patches, groups)
        Share of the patch's attention; what is missing to 1 went to the sink.
    """

    score: Tensor
    contribution: Tensor
    attention: Tensor


class Tokens(NamedTuple):
    """Input of the prompts.

    Attributes
    ----------
    keys : Tensor, shape (batch, groups, patches, heads, head_dim)
    patches : Tensor, shape (batch, patches, dim)
        What the backbone's head sees of each patch, relative to what it usually sees.
    log_ratios : Tensor, shape (batch, patches, groups)
        Each patch's log ratio to the typical leaf, in the images' units.
    groups, regions : Tensor of int64, shape (groups,)
        Position of each group among the model's, and its spectral region.
    """

    keys: Tensor
    patches: Tensor
    log_ratios: Tensor
    groups: Tensor
    regions: Tensor


class SpectralPrompts(nn.Module):
    """Prompts p[c, r] for each class and region, sink s, readers t[c] and gains g[c, k].

    A class's gains start from its anchor: the mean log ratio of its tissue, measured where the
    frozen backbone sees the class. Training scales the anchor and may leave it only at a price.
    """

    anchor: Tensor

    def __init__(self, classes: int, groups: int, regions: int, dim: int) -> None:
        super().__init__()
        self.prompts = nn.Parameter(torch.randn(classes, regions, dim))
        self.sink = nn.Parameter(torch.randn(dim))
        self.score_reader = nn.Parameter(_SPREAD * torch.randn(classes, dim))
        self.log_scale = nn.Parameter(torch.zeros(classes))
        self.off_anchor = nn.Parameter(torch.zeros(classes, groups))
        self.patch_sink = nn.Parameter(torch.zeros(classes))
        self.bias = nn.Parameter(torch.zeros(classes))
        self.register_buffer("anchor", torch.zeros(classes, groups))

    def read(self, backbone: BandPureBackbone, tokens: Tokens) -> PatchReading:
        """Read tokens and patches for all classes at once.

        Parameters
        ----------
        backbone : BandPureBackbone
            Prompts and sink pass through its feature block's own norm and projection.
        """
        attention = self._attend(backbone, tokens)  # (batch, classes, groups, patches, heads)
        score = soft_limit(self.score_reader @ tokens.patches.mT, _PATCH_LIMIT)
        gate = attention.mean(-1).transpose(2, 3)  # (batch, classes, patches, groups)
        own = without_brightness(tokens.log_ratios, backbone, tokens.groups)
        evidence = gate * self._gains(tokens.groups)[:, None] * own[:, None]
        return PatchReading(score, evidence, gate / len(tokens.groups))

    def _attend(self, backbone: BandPureBackbone, tokens: Tokens) -> Tensor:
        """Return the attention of each prompt to each token of its region, against the sink alone.

        Every token competes with the sink alone, so that bands of a region, which often show the
        same, do not silence one another.
        """
        queries = backbone.project(self.prompts)[0]  # (classes, regions, heads, head_dim)
        sink_key = backbone.project(self.sink)[1]  # (heads, head_dim)
        drain = soft_limit((queries * sink_key).sum(-1), _GROUP_LIMIT)[:, tokens.regions, None]
        match = torch.einsum("bkphd,ckhd->bckph", tokens.keys, queries[:, tokens.regions])
        return (soft_limit(match, _GROUP_LIMIT) - drain).sigmoid()

    def _gains(self, groups: Tensor) -> Tensor:
        """Return the gain of each group's log ratio for each class, shape (classes, groups).

        The root of the anchor, with its sign: the anchor itself would count bands by the square of
        their log ratio, and reduce the curve to its peak.
        """
        start = self.anchor.sign() * self.anchor.abs().sqrt()
        gains: Tensor = self.log_scale.exp()[:, None] * (start + self.off_anchor)[:, groups]
        return gains


def without_brightness(log_ratios: Tensor, backbone: BandPureBackbone, groups: Tensor) -> Tensor:
    """Remove each patch's brightness from log ratios: light that scales all bands is not evidence.

    The result has shape (..., groups).

    Parameters
    ----------
    log_ratios : Tensor, shape (..., groups)
        In the images' units.
    groups : Tensor of int64, shape (groups,)
    """
    log_std = backbone.log_std[groups]
    level = log_ratios @ (backbone.brightness_shares(groups) * log_std)
    return log_ratios - level[..., None] / log_std


def soft_limit(scores: Tensor, limit: float) -> Tensor:
    """Limit scores smoothly to between -limit and limit; small ones stay as they are."""
    return limit * torch.tanh(scores / limit)
