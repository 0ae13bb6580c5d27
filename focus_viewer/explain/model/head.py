"""Head of a frozen ViT taken apart: what it takes of each patch, exactly.

A head pools patches x(i) to one vector, norms it, and multiplies it by a row for each class. What
it takes of patch i is a share s(i) of what the pooled vector y differs by from that of a usual leaf
y0, so that the shares sum to y - y0, and with a class's row to its logit less that of a usual leaf.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from focus_viewer.core.errors import ModelError

_TINY = 1e-9
_POOLED = ("max", "avg")


class Taken(NamedTuple):
    """Decision of a head and what it took of each patch.

    Attributes
    ----------
    logits, baseline : Tensor, shape (batch, classes) and (1, classes)
        Of the image, and of one that is everywhere as the leaf usually is.
    shares : Tensor, shape (batch, patches, dim)
        Behind the head's norm: `baseline + (shares.sum(1) @ rows.T) == logits`.
    """

    logits: Tensor
    baseline: Tensor
    shares: Tensor


def check_head(vit: VisionTransformer) -> None:
    """Refuse heads that cannot be taken apart exactly.

    Raises
    ------
    ModelError
        Unless the head is a maximum or a mean over patches, a norm and one linear map.
    """
    attention = getattr(vit, "attn_pool", None) is not None  # timm types it as never there
    if attention or vit.global_pool not in _POOLED or vit.pool_include_prefix:
        how = "attention pooling" if attention else f"{vit.global_pool!r}"
        raise ModelError(
            f"the ViT pools by {how}: expected 'max' or 'avg' over patches. A class token has "
            "mixed the patches before the head sees them, so that its logit has no exact parts by "
            "patch. Build the model with global_pool='avg' or 'max'."
        )
    if not isinstance(vit.head, nn.Linear):
        raise ModelError(
            f"the ViT's head is a {type(vit.head).__name__}: expected one Linear with a row for "
            "each class. Build the model with num_classes."
        )


def take_apart(
    vit: VisionTransformer,
    patches: Tensor,
    usual: Tensor,
    shown: Tensor | None = None,
    pools_shown: bool = False,
) -> Taken:
    """Decide on patches and share out what the head took.

    Either way of pooling, the shares sum to the whole by construction.

    Parameters
    ----------
    patches : Tensor, shape (batch, patches, dim)
        As `BandPureBackbone.patches` returns them.
    usual : Tensor, shape (1 or patches, dim)
        The same of a usual leaf.
    shown : Tensor of bool, shape (batch or 1, patches), or None
        Patches that can have a share; where there is none, all can.
    pools_shown : bool
        Whether the head pools these patches alone, else all of them.
    """
    hidden = _hidden(shown, patches)
    only = ~hidden[..., 0] if pools_shown else None
    whole, ordinary = pooled(vit, patches, only), pooled(vit, usual[None])
    difference = (whole - ordinary)[:, None]
    if vit.global_pool == "max":
        shares = _of_maximum(patches - usual, hidden) * difference
    else:
        shares = _of_mean(vit, patches, usual, hidden, only)
        shares = shares + _by_distance(patches - usual, hidden) * (
            difference - shares.sum(1, keepdim=True)
        )
    return Taken(vit.head(whole), vit.head(ordinary), shares)


def _of_maximum(own: Tensor, hidden: Tensor) -> Tensor:
    """Return the part of each patch in each channel's maximum, as shares that sum to 1.

    The Shapley value of the maximum itself, where a patch that is absent is as usual: each rise of
    the sorted values is shared equally by all patches that reach it (Littlechild & Owen, A simple
    expression for the Shapley value in a special case, Management Science 20 (1973) 370-372). Where
    no patch is above the usual leaf, all patches together are needed to be below: they share.

    Parameters
    ----------
    own : Tensor, shape (batch, patches, dim)
        Relative to the usual leaf.
    hidden : Tensor of bool, broadcastable to it
    """
    above = own.masked_fill(hidden, 0).clamp_min(0)
    # A sort along the last axis of memory takes a quarter of the time of one across it.
    rising, order = above.mT.contiguous().sort()
    rises = rising.diff(prepend=torch.zeros_like(rising[..., :1]))
    reached = torch.arange(rising.shape[-1], 0, -1, device=own.device)
    parts = torch.zeros_like(rising).scatter(-1, order, (rises / reached).cumsum(-1)).mT
    equal = (~hidden).to(own).expand_as(own)
    parts = torch.where(above.amax(1, keepdim=True) > _TINY, parts, equal)
    return parts / parts.sum(1, keepdim=True)


def _of_mean(
    vit: VisionTransformer, patches: Tensor, usual: Tensor, hidden: Tensor, only: Tensor | None
) -> Tensor:
    """Return what a mean, and a norm behind it, take of each patch linearly.

    A layer norm divides by the spread of the pooled vector: a spread other than a usual leaf's
    belongs to all patches together, and is left over.
    """
    count = patches.shape[1] if only is None else only.sum(1)[:, None, None]
    own = (patches - usual) / count
    norm = vit.fc_norm
    if isinstance(norm, nn.LayerNorm):
        spread = (_mean(patches, only).var(-1, correction=0) + norm.eps).sqrt()
        own = (own - own.mean(-1, keepdim=True)) / spread[:, None, None]
        own = own if norm.weight is None else own * norm.weight
    elif not isinstance(norm, nn.Identity):
        return torch.zeros_like(own)
    return own.masked_fill(hidden, 0)


def _by_distance(own: Tensor, hidden: Tensor) -> Tensor:
    """Return the share of each patch in the squared distance from the usual leaf."""
    distance = (own.square().sum(-1, keepdim=True) + _TINY).masked_fill(hidden, 0)
    return distance / distance.sum(1, keepdim=True)


def pooled(vit: VisionTransformer, patches: Tensor, only: Tensor | None = None) -> Tensor:
    """Return the pooled vector behind the head's norm, shape (batch, dim).

    Parameters
    ----------
    only : Tensor of bool, shape (batch or 1, patches), or None
        Patches that are pooled, all by default; each image has some.
    """
    if vit.global_pool == "max":
        lowest = torch.finfo(patches.dtype).min
        seen = patches if only is None else patches.masked_fill(~only[..., None], lowest)
        found = seen.amax(1)
    else:
        found = _mean(patches, only)
    normed: Tensor = vit.fc_norm(found)
    return normed


def _mean(patches: Tensor, only: Tensor | None) -> Tensor:
    if only is None:
        return patches.mean(1)
    weights = only.to(patches)
    return (patches * weights[..., None]).sum(1) / weights.sum(1, keepdim=True)


def _hidden(shown: Tensor | None, patches: Tensor) -> Tensor:
    if shown is None:
        return torch.zeros(1, 1, 1, dtype=torch.bool, device=patches.device)
    hidden = ~shown & shown.any(1, keepdim=True)
    return hidden[..., None]
