"""Class-specific spectral prompts and the sink: what reads the frozen tokens."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import torch
from torch import Tensor, nn

from focus_viewer.explain.backbone import BandPureBackbone, Tap

_SPREAD = 0.02
# Without a limit one patch, or one group, silences others that show the same: attention collapses.
_PATCH_LIMIT = 4.0
_GROUP_LIMIT = 2.0


class PatchReading(NamedTuple):
    """What each class reads in each patch, before patches are weighed against one another.

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


class SpectralPrompts(nn.Module):
    """Prompts p[c, r] for each class and region, sink s, readers t[c, r, h] and u[c, r, h].

    Parameters
    ----------
    classes, regions, dim, heads, head_dim : int
    """

    def __init__(self, classes: int, regions: int, dim: int, heads: int, head_dim: int) -> None:
        super().__init__()
        readers = (classes, regions, heads, head_dim)
        self.prompts = nn.Parameter(torch.randn(classes, regions, dim))
        self.sink = nn.Parameter(torch.randn(dim))
        self.score_reader = nn.Parameter(_SPREAD * torch.randn(readers))
        self.evidence_reader = nn.Parameter(_SPREAD * torch.randn(readers))
        self.patch_sink = nn.Parameter(torch.zeros(classes))
        self.bias = nn.Parameter(torch.zeros(classes))

    def read(self, backbone: BandPureBackbone, tap: Tap, regions: Tensor) -> PatchReading:
        """Read the tapped tokens for all classes at once.

        Parameters
        ----------
        backbone : BandPureBackbone
            Prompts and sink pass through its tapped block's own norm and projection.
        tap : Tap
        regions : Tensor of int64, shape (groups,)
            The region of each group, ascending.
        """
        queries = backbone.project(self.prompts)[0]  # (classes, regions, heads, head_dim)
        sink_key = backbone.project(self.sink)[1]  # (heads, head_dim)
        sink = (queries * sink_key).sum(-1)  # (classes, regions, heads)
        match = torch.einsum("bkphd,ckhd->bckph", tap.keys, queries[:, regions])
        attention = region_softmax(
            soft_limit(match, _GROUP_LIMIT), soft_limit(sink, _GROUP_LIMIT), regions
        )
        score = self._weigh(attention, tap.values, self.score_reader[:, regions])
        contribution = self._weigh(attention, tap.values, self.evidence_reader[:, regions])
        present = len(set(regions.tolist()))
        return PatchReading(
            soft_limit(score.sum(2), _PATCH_LIMIT),
            contribution.transpose(2, 3),
            attention.mean(-1).transpose(2, 3) / present,
        )

    @staticmethod
    def _weigh(attention: Tensor, values: Tensor, reader: Tensor) -> Tensor:
        """Sum over heads of attention times read value, shape (batch, classes, groups, patches)."""
        read = torch.einsum("bkphd,ckhd->bckph", values, reader)
        return (attention * read).sum(-1)


def soft_limit(scores: Tensor, limit: float) -> Tensor:
    """Bend scores smoothly so that they stay between -limit and limit, small ones as they are."""
    return limit * torch.tanh(scores / limit)


def region_softmax(match: Tensor, sink: Tensor, regions: Tensor) -> Tensor:
    """Softmax over the groups of each region and the sink.

    Parameters
    ----------
    match : Tensor, shape (batch, classes, groups, patches, heads)
    sink : Tensor, shape (classes, regions, heads)
    regions : Tensor of int64, shape (groups,), ascending

    Returns
    -------
    Tensor, shape (batch, classes, groups, patches, heads)
        What is missing to 1 within a region is the sink's.
    """
    shares = []
    start = 0
    for region, size in Counter(regions.tolist()).items():
        part = match[:, :, start : start + size]
        start += size
        drain = sink[:, region, None, None].expand_as(part[:, :, :1])
        shares.append(torch.cat([part, drain], dim=2).softmax(dim=2)[:, :, :-1])
    return torch.cat(shares, dim=2)
