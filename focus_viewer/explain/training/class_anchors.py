"""Class anchors, measured on a frozen backbone before the prompts are trained."""

from __future__ import annotations

import torch

from focus_viewer.core.progress import Step
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.localisation import head_patch_weights
from focus_viewer.explain.training.samples import SampleBatch


@torch.inference_mode()
def measure_anchors(model: FocusModel, samples: list[SampleBatch], step: Step) -> None:
    """Measure and store the expected leaf patch, and each class's anchor.

    The expected value is that of leaf patches as the head sees them. A class's anchor is the mean
    log ratio of the patches in which the frozen backbone sees it, over the scenes that show it.

    Parameters
    ----------
    model : FocusModel
        Written to: `expectation` and `prompts.anchor`.
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
