"""What is measured of a frozen backbone before prompts learn to read it."""

from __future__ import annotations

import torch

from focus_viewer.core.progress import Step
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.localisation import seen_by_head
from focus_viewer.explain.training.samples import Lesson


@torch.inference_mode()
def measure_anchors(model: FocusModel, lessons: list[Lesson], step: Step) -> None:
    """Store what the backbone expects of a leaf, and each class's anchor.

    The expected value is that of leaf patches as the head sees them. A class's anchor is the mean
    departure of the patches in which the frozen backbone sees it, over the scenes that show it.

    Parameters
    ----------
    model : FocusModel
        Written to: `expectation` and `prompts.anchor`.
    lessons : list of Lesson
    step : Step

    Raises
    ------
    Cancelled
        From `step`.
    """
    backbone, device = model.backbone, model.mean.device
    expected, leaves = torch.zeros_like(model.expectation), 0.0
    anchors = torch.zeros_like(model.prompts.anchor)
    scenes = torch.zeros_like(anchors)
    for done, lesson in enumerate(lessons):
        step(done / len(lessons), "anchors")
        images = lesson.tensor(model.statistics(lesson.groups)).to(device)
        groups = torch.from_numpy(lesson.groups).to(device)
        labels = torch.from_numpy(lesson.labels).to(device)
        tokens, departures = backbone.tokens(images, groups), model.departures(images)
        leaf = torch.from_numpy(lesson.leaf_patches(backbone.patch_px)).to(device)
        expected += backbone.patches(tokens)[leaf].sum(0)
        leaves += leaf.sum().item()
        seen = seen_by_head(backbone, tokens, labels, leaf)
        own = torch.einsum("bp,bpk->bk", seen, departures)
        for label, departure, share in zip(labels, own, seen.sum(-1), strict=True):
            anchors[label, groups] += departure
            scenes[label, groups] += share
    model.expectation.copy_(expected / max(leaves, 1))
    model.prompts.anchor.copy_(anchors / scenes.clamp_min(1))
