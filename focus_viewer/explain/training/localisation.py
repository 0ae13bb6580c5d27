"""Weak localisation targets from the frozen backbone, used to train the prompts.

Only labels of whole images are needed, and where the leaf is: never masks of lesions.
"""

from __future__ import annotations

import torch
from torch import Tensor

from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.focus_model import contrast
from focus_viewer.explain.model.prompts import without_brightness

# The sharper, the fewer patches an anchor is measured on, and the surer they show the class.
_SHARPNESS = 2.0
# A class whose anchor is below this (in units of log std) has no tissue of its own.
_SLIGHT = 0.5
_TINY = 1e-9


def head_patch_weights(
    backbone: BandPureBackbone,
    tokens: Tensor,
    labels: Tensor,
    leaf: Tensor,
    sharpness: float = _SHARPNESS,
) -> Tensor:
    """Return the share of each patch in the head's evidence for an image's own class.

    Parameters
    ----------
    tokens : Tensor, shape (batch, groups, prefix + patches, dim)
        Before the feature block.
    labels : Tensor of int64, shape (batch,)
    leaf : Tensor of bool, shape (batch, patches)
        Which patches are looked at.

    Returns
    -------
    Tensor, shape (batch, patches)
        Sums to 1, or is all 0 where there is no leaf.
    """
    decisions = contrast(backbone.decide_patches(tokens).mT)  # (batch, classes, patches)
    own = sharpness * decisions[range(len(labels)), labels]
    # A finite floor, so that an image without leaf gives zeros and not NaN.
    return own.masked_fill(~leaf, torch.finfo(own.dtype).min).softmax(-1) * leaf


def localise(
    backbone: BandPureBackbone,
    tokens: Tensor,
    log_ratios: Tensor,
    groups: Tensor,
    labels: Tensor,
    leaf: Tensor,
    anchors: Tensor,
) -> Tensor:
    """Localise an image's own class: the weight of each patch.

    The head alone prefers the edge of a lesion, where it shows best. So what it sees is multiplied
    by its projection on the class's direction: inside and edge then count equally.

    Parameters
    ----------
    backbone, tokens, labels, leaf
        As for `head_patch_weights`.
    log_ratios : Tensor, shape (batch, patches, groups)
    groups : Tensor of int64, shape (groups,)
    anchors : Tensor, shape (classes, all groups)
        Each class's mean log ratios.

    Returns
    -------
    Tensor, shape (batch, patches)
        Sums to 1, or is all 0 where no leaf has that direction.
    """
    patch_weights = head_patch_weights(backbone, tokens, labels, leaf, sharpness=1.0)
    patch_weights = (
        patch_weights * _severity(backbone, log_ratios, groups, anchors[labels][:, groups]).square()
    )
    return patch_weights / patch_weights.sum(-1, keepdim=True).clamp_min(_TINY)


def _severity(
    backbone: BandPureBackbone, log_ratios: Tensor, groups: Tensor, anchors: Tensor
) -> Tensor:
    """Project patches on an anchor's direction, 0 to 1 (all of it), shape (batch, patches).

    1 everywhere for a class that has no tissue of its own.
    """
    direction = without_brightness(anchors, backbone, groups)  # (batch, groups)
    projected = torch.einsum(
        "bpk,bk->bp", without_brightness(log_ratios, backbone, groups), direction
    )
    share = projected / direction.square().sum(-1, keepdim=True).clamp_min(_TINY)
    none = anchors.abs().amax(-1, keepdim=True) < _SLIGHT
    return share.clamp(0, 1).masked_fill(none, 1)
