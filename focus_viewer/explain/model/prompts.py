"""Class-specific spectral prompts and the sink: what reads the frozen tokens.

Both pass through the feature block's own norm and projection, and read its frozen keys and values.
All that knows a class's bands is its prompts; where they apply is what the frozen head took of each
patch (`head.take_apart`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn

PARTS = 3
"""Prompts of a class in each region: parts of opposite sign let a group speak against it."""

_SINKS = 4
_SPREAD = 0.02
# Without a limit one group of a region silences others that show the same.
_LIMIT = 6.0
# Tokens pass the untrained sink: with a probability of 0.95.
_OPEN = -3.0


class Projecting(Protocol):
    """Frozen model whose block projects tokens."""

    def project(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Project tokens, (..., dim), to queries (scaled), keys, values: (..., heads, head_dim)."""
        ...


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

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.prompts)

    def rows(self, head: Tensor) -> Tensor:
        """Split the head's rows, (classes, dim), in (classes, parts, dim) that sum to them."""
        split = self.split - self.split.mean(1, keepdim=True)
        return head[:, None] / PARTS + split

    def attend(
        self,
        backbone: Projecting,
        tokens: tuple[Tensor, Tensor],
        usual: Tensor,
        regions: Tensor,
    ) -> Attention:
        """Attend to every token of a window.

        Parameters
        ----------
        tokens : tuple of Tensor, shape (batch, groups, patches, width)
            Keys and values.
        usual : Tensor, shape (groups, 1 or patches, width)
            Values of a usual leaf: those of the tokens are taken relative to them.
        regions : Tensor of int64, shape (groups,)
            Spectral region of each group.
        """
        of_prompts = self._queries(backbone, self.prompts)
        of_sink = self._queries(backbone, self.sink)
        count = len(regions)
        asked = [
            torch.cat([own[:, :, regions].flatten(0, 1), sink[:, None].expand(-1, count, -1)])
            for own, sink in zip(of_prompts, of_sink, strict=True)
        ]
        found = _match(tokens, usual, [each.permute(1, 2, 0) for each in asked])
        scores, drawn = found[..., :-_SINKS], found[..., -_SINKS:]
        shares = soft_limit(scores * self.log_temperature.exp(), _LIMIT).softmax(dim=1)
        shares = shares.reshape(*shares.shape[:3], self.classes, PARTS)
        absorbed = soft_limit(drawn.logsumexp(-1) + self.sink_bias, _LIMIT).sigmoid()
        return Attention(shares.permute(0, 3, 4, 2, 1), absorbed.mT)

    def _queries(self, backbone: Projecting, prompts: Tensor) -> tuple[Tensor, Tensor]:
        """Return what prompts ask keys and values, each of shape (..., width)."""
        return backbone.project(prompts)[0].flatten(-2), prompts @ self.value_map


def _match(tokens: tuple[Tensor, Tensor], usual: Tensor, queries: Sequence[Tensor]) -> Tensor:
    """Multiply keys and values by what prompts ask of each: (batch, groups, patches, prompts).

    Queries have shape (groups, width, prompts). The usual values are taken off the products, which
    is the same as off the values and copies none of these.
    """
    of_keys, of_values = queries
    return tokens[0] @ of_keys + (tokens[1] @ of_values - usual @ of_values)


def soft_limit(scores: Tensor, limit: float) -> Tensor:
    """Limit scores smoothly to between -limit and limit; small ones stay as they are."""
    return limit * torch.tanh(scores / limit)
