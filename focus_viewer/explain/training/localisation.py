"""Class anchors, and weak localisation targets, from the frozen backbone for the prompts.

Only labels of whole images are needed, and where the leaf is: never masks of lesions.
"""

from __future__ import annotations

import torch
from torch import Tensor

from focus_viewer.core.progress import Step
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.focus_model import FocusModel, contrast
from focus_viewer.explain.model.prompts import without_brightness
from focus_viewer.explain.training.samples import SampleBatch

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

    Shape (batch, patches): sums to 1, or is all 0 where there is no leaf.

    Parameters
    ----------
    tokens : Tensor, shape (batch, groups, prefix + patches, dim)
        Before the feature block.
    labels : Tensor of int64, shape (batch,)
    leaf : Tensor of bool, shape (batch, patches)
        Which patches are looked at.
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
    """Locate an image's own class: the weight of each patch.

    The head alone prefers the edge of a lesion, where it shows best. So what it sees is multiplied
    by its projection on the class's direction: inside and edge then count equally. The weights sum
    to 1, or are all 0 where no leaf has that direction, shape (batch, patches).

    Parameters
    ----------
    backbone, tokens, labels, leaf
        As for `head_patch_weights`.
    log_ratios : Tensor, shape (batch, patches, groups)
    groups : Tensor of int64, shape (groups,)
    anchors : Tensor, shape (classes, all groups)
        Each class's mean log ratios.
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


@torch.inference_mode()
def measure_anchors(model: FocusModel, samples: list[SampleBatch], step: Step) -> None:
    """Measure and store the expected leaf patch, and each class's anchor.

    The expected value is that of leaf patches as the head sees them. A class's anchor is the mean
    log ratio of the patches in which the frozen backbone sees it, over the scenes that show it.

    Writes the model's `expectation` and `prompts.anchor`.
    """
    backbone, device = model.backbone, model.mean.device
    expected, leaves = torch.zeros_like(model.expectation), 0.0
    anchors = torch.zeros_like(model.prompts.anchor)
    scenes = torch.zeros_like(anchors)
    for done, batch in enumerate(samples):
        step(done / len(samples), "anchors")
        images = batch.tensor(model.statistics(batch.groups)).to(device)
        groups = torch.from_numpy(batch.groups).to(device)
        labels = torch.from_numpy(batch.labels).to(device)
        tokens, log_ratios = backbone.tokens(images, groups), model.log_ratios(images)
        leaf = torch.from_numpy(batch.leaf_patches(backbone.patch_px)).to(device)
        expected += backbone.patches(tokens)[leaf].sum(0)
        leaves += leaf.sum().item()
        patch_weights = head_patch_weights(backbone, tokens, labels, leaf)
        own = torch.einsum("bp,bpk->bk", patch_weights, log_ratios)
        for label, log_ratio, share in zip(labels, own, patch_weights.sum(-1), strict=True):
            anchors[label, groups] += log_ratio
            scenes[label, groups] += share
    model.expectation.copy_(expected / max(leaves, 1))
    model.prompts.anchor.copy_(anchors / scenes.clamp_min(1))
