"""Attention of a backbone's blocks, and the tokens that its decision is read off.

Fused attention keeps no matrix, so it is formed again from the queries and keys that a block has
just computed. The backbone never attends from every token to every other: what is formed is one
patches x patches matrix a group, or one groups x groups matrix a patch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple, cast

import torch
from timm.layers.attention import Attention
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.baselines.method import Question
from focus_viewer.explain.model.backbone import BandPureBackbone


class Trace(NamedTuple):
    """Attention of one pass of a window through a backbone, averaged over heads.

    Attributes
    ----------
    before : list of Tensor, shape (groups, tokens, tokens)
        Of the requested blocks before the feature block; rows attend, columns are attended to.
    mixing : Tensor, shape (tokens, groups)
        Of the feature block: what each group gives to the mean of its token's groups.
    behind : list of Tensor, shape (tokens, tokens)
        Of the requested blocks behind the feature block.
    read : Tensor, shape (tokens,)
        Share of each token in what the head reads.
    """

    before: list[Tensor]
    mixing: Tensor
    behind: list[Tensor]
    read: Tensor


def trace(backbone: BandPureBackbone, question: Question, blocks: Iterable[int]) -> Trace:
    """Run the backbone, and record the attention of some blocks and of the feature block.

    Raises
    ------
    ModelError
        If the backbone's decision is not read off its tokens by a class token, mean or maximum.
    """
    tap = backbone.block_index
    wanted = sorted({*blocks, tap})
    attentions = [cast(Attention, backbone.vit.blocks[index].attn) for index in wanted]
    with torch.inference_mode(), recorded(attentions) as maps, outputs_of(backbone.vit.norm) as end:
        backbone.logits(question.images, question.groups)
        read = read_shares(backbone.vit, end[0][0])
    at = wanted.index(tap)
    return Trace(maps[:at], maps[at].mean(dim=1), [m[0] for m in maps[at + 1 :]], read)


@contextmanager
def recorded(attentions: Iterable[Attention]) -> Iterator[list[Tensor]]:
    """Collect the attention of modules, shape (sequences, tokens, tokens), as they run."""
    maps: list[Tensor] = []

    def keep(attention: Attention) -> Any:
        return lambda module, inputs, qkv: maps.append(attention_matrix(attention, qkv))

    with ExitStack() as hooks:
        for attention in attentions:
            hooks.enter_context(attention.qkv.register_forward_hook(keep(attention)))
        yield maps


@contextmanager
def outputs_of(module: nn.Module) -> Iterator[list[Tensor]]:
    """Collect the outputs of a module."""
    seen: list[Tensor] = []
    with module.register_forward_hook(lambda module, inputs, output: seen.append(output)):
        yield seen


@contextmanager
def inputs_of(module: nn.Module) -> Iterator[list[Tensor]]:
    """Collect the inputs of a module."""
    seen: list[Tensor] = []
    with module.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0])):
        yield seen


def attention_matrix(attention: Attention, qkv: Tensor) -> Tensor:
    """Compute attention, shape (sequences, tokens, tokens), averaged over heads.

    Parameters
    ----------
    qkv : Tensor, shape (sequences, tokens, 3 * heads * head_dim)
        Projection of the tokens.
    """
    parts = qkv.reshape(*qkv.shape[:2], 3, attention.num_heads, attention.head_dim)
    queries, keys, _ = parts.transpose(1, 3).unbind(2)  # (sequences, heads, tokens, head_dim)
    scores = (attention.q_norm(queries) * attention.scale) @ attention.k_norm(keys).mT
    matrix: Tensor = scores.softmax(dim=-1).mean(dim=1)
    return matrix


def read_shares(vit: VisionTransformer, tokens: Tensor) -> Tensor:
    """Return the share of each token in the vector that the head reads, shape (tokens,).

    A class token is read alone. A mean reads all patches equally. A maximum takes every channel
    from the patch where it is highest, so a patch has the share of the channels that it wins.

    Parameters
    ----------
    tokens : Tensor, shape (tokens, dim)
        Ahead of the pooling.

    Raises
    ------
    ModelError
        If the ViT pools in another way.
    """
    first = 0 if vit.pool_include_prefix else vit.num_prefix_tokens
    count, channels = tokens.shape
    mean = torch.zeros(count).index_fill(0, torch.arange(first, count), 1 / (count - first))
    winners = tokens[first:].argmax(dim=0).cpu() + first
    most = torch.bincount(winners, minlength=count) / channels
    token = torch.zeros(count).index_fill(0, torch.tensor([0]), 1.0)
    shares = {"token": token, "avg": mean, "max": most, "avgmax": (mean + most) / 2}
    if vit.global_pool not in shares:
        raise ModelError(
            f"the backbone pools its tokens by {vit.global_pool!r}; attention can be followed from "
            f"the decision through {', '.join(map(repr, shares))} only."
        )
    return shares[vit.global_pool].to(tokens.device)
