"""Class anchors: how a class's tissue departs from the usual leaf, for the tissue signature.

Labels of whole images and what is tissue are all that is needed: never masks of lesions.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import BoolArray
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.focus_model import FocusModel, contrast
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.stages import standardised

# The sharper, the fewer patches an anchor is measured on, and the surer they show the class.
_SHARPNESS = 2.0


def head_patch_weights(
    backbone: BandPureBackbone, patches: Tensor, labels: Tensor, shown: Tensor
) -> Tensor:
    """Return the share of each patch in the head's evidence for an image's own class.

    Shape (batch, patches): sums to 1, or is all 0 where nothing is shown.

    Parameters
    ----------
    patches : Tensor, shape (batch, patches, dim)
        What the head pools.
    labels : Tensor of int64, shape (batch,)
    shown : Tensor of bool, shape (batch, patches)
        Which patches are looked at.
    """
    decisions = contrast(backbone.decide_patches(patches).mT)  # (batch, classes, patches)
    own = _SHARPNESS * decisions[range(len(labels)), labels]
    # A finite floor, so that an image without tissue gives zeros and not NaN.
    return own.masked_fill(~shown, torch.finfo(own.dtype).min).softmax(-1) * shown


@torch.inference_mode()
def measure_anchors(
    model: FocusModel, samples: list[SampleBatch], tissue: list[BoolArray], step: Step
) -> None:
    """Measure and store each class's anchor.

    It is the mean contrast of the patches in which the frozen backbone sees the class, over the
    scenes that show it. Writes the model's `anchor`.

    Parameters
    ----------
    tissue : list of BoolArray
        For each batch, its pixels that pass the tissue test.
    """
    backbone = model.backbone
    anchors, scenes = torch.zeros_like(model.anchor), torch.zeros_like(model.anchor)
    for done, (batch, pixels) in enumerate(zip(samples, tissue, strict=True)):
        step(done / len(samples), "anchors")
        images, groups = standardised(model, batch, pixels)
        labels = torch.from_numpy(batch.labels).to(images.device)
        mask = torch.from_numpy(pixels & batch.tissue).to(images)[:, None]
        shown = functional.avg_pool2d(mask, backbone.patch_px).flatten(1) > 0.5
        patches = backbone(images, groups)
        weights = head_patch_weights(backbone, patches, labels, shown)
        own = torch.einsum("bp,bpk->bk", weights, model.own_contrasts(images, groups))
        for label, values, share in zip(labels, own, weights.sum(-1), strict=True):
            anchors[label, groups] += values
            scenes[label, groups] += share
    model.anchor.copy_(anchors / scenes.clamp_min(1))
