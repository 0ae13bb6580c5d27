"""Class-specific spectral prompts and the sink: what reads the frozen tokens.

Both pass through the feature block's own norm and projection, and read its frozen keys and values.
All that knows a class's bands is its prompts; where they apply is what the frozen head took of each
patch (`head.take_apart`).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from focus_viewer.explain.model.backbone import BandPureBackbone

PARTS = 3
"""Prompts of a class in each region: parts of opposite sign let a group speak against it."""

_SINKS = 4
_SPREAD = 0.02
_SHARPNESS = 1.5
# Without a limit one group of a region silences others that show the same.
_LIMIT = 6.0
# Tokens pass the untrained sink: with a probability of 0.95.
_OPEN = -3.0


class Attention(NamedTuple):
    """Attention of the prompts in each patch.

    Attributes
    ----------
    shares : Tensor, shape (batch, classes, parts, patches, groups)
        Of a patch's groups, summing to 1.
    absorbed : Tensor, shape (batch, patches, groups)
        What the sink takes of a token's share, 0 to 1.
    """

    shares: Tensor
    absorbed: Tensor


class SpectralPrompts(nn.Module):
    """Prompts p[c, q, r] for each class, part and region, sink prompts, and the head's parts.

    Parameters
    ----------
    dim : int
        Of the backbone's tokens.
    width : int
        Of its keys and values.
    """

    def __init__(self, classes: int, regions: int, dim: int, width: int) -> None:
        super().__init__()
        self.prompts = nn.Parameter(torch.randn(classes, PARTS, regions, dim))
        self.split = nn.Parameter(_SPREAD * torch.randn(classes, PARTS, dim))
        self.sink = nn.Parameter(torch.randn(_SINKS, dim))
        self.sink_bias = nn.Parameter(torch.tensor(_OPEN))
        self.value_map = nn.Parameter(_SPREAD * torch.randn(dim, width))
        self.log_temperature = nn.Parameter(torch.zeros(()))
        self.log_sharpness = nn.Parameter(torch.tensor(_SHARPNESS))

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.prompts)

    @property
    def sharpness(self) -> Tensor:
        """Sharpness of the shares of a maximum; see `head.take_apart`."""
        return self.log_sharpness.exp()

    def rows(self, head: Tensor) -> Tensor:
        """Split the head's rows, (classes, dim), in parts that sum to them: (classes, parts, dim)."""
        split = self.split - self.split.mean(1, keepdim=True)
        return head[:, None] / PARTS + split

    def attend(
        self, backbone: BandPureBackbone, keys: Tensor, values: Tensor, regions: Tensor
    ) -> Attention:
        """Attend to every token of a window.

        Parameters
        ----------
        keys, values : Tensor, shape (batch, groups, patches, width)
            Values are relative to those of a usual leaf.
        regions : Tensor of int64, shape (groups,)
            Spectral region of each group.
        """
        asked, read = self._queries(backbone, self.prompts)
        scores = _match(keys, asked[:, :, regions]) + _match(values, read[:, :, regions])
        shares = soft_limit(self.log_temperature.exp() * scores, _LIMIT).softmax(dim=-1)
        asked, read = self._queries(backbone, self.sink)
        drawn = keys @ asked.T + values @ read.T  # (batch, groups, patches, sinks)
        absorbed = soft_limit(drawn.logsumexp(-1) + self.sink_bias, _LIMIT).sigmoid()
        return Attention(shares, absorbed.mT)

    def _queries(self, backbone: BandPureBackbone, prompts: Tensor) -> tuple[Tensor, Tensor]:
        """Return what prompts ask keys and values, each of shape (..., width)."""
        return backbone.project(prompts)[0].flatten(-2), prompts @ self.value_map


def _match(tokens: Tensor, queries: Tensor) -> Tensor:
    """Multiply (batch, groups, patches, width) by (classes, parts, groups, width).

    The result has shape (batch, classes, parts, patches, groups).
    """
    return torch.einsum("bkid,cqkd->bcqik", tokens, queries)


def soft_limit(scores: Tensor, limit: float) -> Tensor:
    """Limit scores smoothly to between -limit and limit; small ones stay as they are."""
    return limit * torch.tanh(scores / limit)
