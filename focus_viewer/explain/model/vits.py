"""Vision Transformers of timm: built, and the projections of their blocks, however laid out."""

from __future__ import annotations

from typing import Any, cast

import timm
import torch
from torch import Tensor, nn

from focus_viewer.core.errors import ModelError

# What timm and torch raise for options that do not fit together.
NOT_BUILT = (
    RuntimeError, OSError, ValueError, TypeError, KeyError, AttributeError, AssertionError,
    ArithmeticError,
)  # fmt: skip


def create_vit(architecture: str, **options: Any) -> nn.Module:
    """Build a model of timm's registry.

    Raises
    ------
    ModelError
        If timm has no such model, or cannot build it so.
    """
    try:
        return timm.create_model(architecture, **options)
    except NOT_BUILT as error:
        raise ModelError(f"timm could not build {architecture!r}: {error}") from error


def project(block: Any, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Project tokens, (..., dim), to queries (scaled), keys, values: (..., heads, head_dim) each.

    Keys are those ahead of any rotation by position.
    """
    attention = block.attn
    shape = (attention.num_heads, attention.head_dim)
    made = _projections(attention, block.norm1(tokens))
    queries, keys, values = (each.reshape(*each.shape[:-1], *shape) for each in made)
    return attention.q_norm(queries) * attention.scale, attention.k_norm(keys), values


def _projections(attention: Any, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return queries, keys and values as attention makes them of normed tokens."""
    if attention.qkv is None:
        return attention.q_proj(tokens), attention.k_proj(tokens), attention.v_proj(tokens)
    made = attention.qkv(tokens)
    if getattr(attention, "q_bias", None) is not None:  # Eva's, which it adds by itself
        made = made + torch.cat([attention.q_bias, attention.k_bias, attention.v_bias])
    return cast("tuple[Tensor, Tensor, Tensor]", made.chunk(3, dim=-1))
