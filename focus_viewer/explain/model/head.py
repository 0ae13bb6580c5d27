"""Head of a frozen ViT taken apart: what it takes of each patch, exactly.

A head pools patches x(i) to one vector, norms it, and multiplies it by a row for each class. What
it takes of patch i is a share s(i) of what the pooled vector y differs by from that of a usual leaf
y0, so that the shares sum to y - y0, and with a class's row to its logit less that of a usual leaf.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor

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
    pooled = vit.attn_pool is None and vit.global_pool in _POOLED and not vit.pool_include_prefix
    if not pooled:
        how = "attention pooling" if vit.attn_pool is not None else f"{vit.global_pool!r}"
        raise ModelError(
            f"the ViT pools by {how}: expected 'max' or 'avg' over patches. A class token has mixed "
            "the patches before the head sees them, so that its logit has no exact parts by patch. "
            "Build the model with global_pool='avg' or 'max'."
        )
    if not isinstance(vit.head, torch.nn.Linear):
        raise ModelError(
            f"the ViT's head is a {type(vit.head).__name__}: expected one Linear with a row for "
            "each class. Build the model with num_classes."
        )


def take_apart(
    vit: VisionTransformer,
    patches: Tensor,
    usual: Tensor,
    sharpness: Tensor,
    shown: Tensor | None = None,
) -> Taken:
    """Decide on patches and share out what the head took.

    A maximum takes each channel of the patches that come near it: by a softmax, whose sharpness
    says how near. A mean takes of each patch in proportion to how far it is from the usual leaf.
    Either way the shares sum to the whole by construction.

    Parameters
    ----------
    patches : Tensor, shape (batch, patches, dim)
        As `BandPureBackbone.patches` returns them.
    usual : Tensor, shape (1 or patches, dim)
        The same of a usual leaf.
    sharpness : Tensor, scalar
    shown : Tensor of bool, shape (batch or 1, patches), or None
        Patches that can have a share; where there is none, all can.
    """
    whole, ordinary = pooled(vit, patches), pooled(vit, usual[None])
    logits, baseline = vit.head(whole), vit.head(ordinary)
    if vit.global_pool == "max":
        weights = (sharpness * (patches - usual)).masked_fill(_hidden(shown, patches), -torch.inf)
        weights = weights.softmax(dim=1)
    else:
        distance = (patches - usual).square().sum(-1, keepdim=True) + _TINY
        distance = distance.masked_fill(_hidden(shown, patches), 0)
        weights = distance / distance.sum(1, keepdim=True)
    return Taken(logits, baseline, weights * (whole - ordinary)[:, None])


def pooled(vit: VisionTransformer, patches: Tensor) -> Tensor:
    """Return the pooled vector behind the head's norm, shape (batch, dim)."""
    pooled = patches.amax(1) if vit.global_pool == "max" else patches.mean(1)
    normed: Tensor = vit.fc_norm(pooled)
    return normed


def _hidden(shown: Tensor | None, patches: Tensor) -> Tensor:
    if shown is None:
        return torch.zeros(1, 1, 1, dtype=torch.bool, device=patches.device)
    hidden = ~shown & shown.any(1, keepdim=True)
    return hidden[..., None]
