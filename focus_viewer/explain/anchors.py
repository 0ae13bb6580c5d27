"""What is measured of a frozen backbone before prompts learn to read it."""

from __future__ import annotations

import torch
from torch import Tensor

from focus_viewer.core.progress import Step
from focus_viewer.explain.focus_model import FocusModel
from focus_viewer.explain.lessons import Lesson
from focus_viewer.explain.whereabouts import whereabouts


class _Means:
    """Means of rows of an array that not every example has."""

    def __init__(self, like: Tensor) -> None:
        self._sums = torch.zeros_like(like)
        self._counts = torch.zeros(like.shape[:2], device=like.device)

    def add(self, rows: Tensor, columns: Tensor, values: Tensor, counts: Tensor | float) -> None:
        self._sums[rows, columns] += values
        self._counts[rows, columns] += counts

    def means(self) -> Tensor:
        counts = self._counts.clamp_min(1)
        return self._sums / counts.reshape(*counts.shape, *[1] * (self._sums.ndim - 2))


@torch.inference_mode()
def measure_anchors(model: FocusModel, lessons: list[Lesson], step: Step) -> None:
    """Store what the backbone expects of a leaf, and each class's anchor.

    The expected value of each group is that over leaf patches. A class's anchor is the mean
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
    expected, anchors = _Means(model.expectation[None]), _Means(model.prompts.anchor)
    for done, lesson in enumerate(lessons):
        step(done / len(lessons), "anchors")
        images = lesson.tensor(model.statistics(lesson.groups)).to(device)
        groups = torch.from_numpy(lesson.groups).to(device)
        labels = torch.from_numpy(lesson.labels).to(device)
        tokens, departures = backbone.tokens(images, groups), model.departures(images)
        leaf = torch.from_numpy(lesson.leaf_patches(backbone.patch_px)).to(images)
        values = torch.einsum("bkphd,bp->khd", backbone.keys_and_values(tokens).values, leaf)
        expected.add(torch.zeros_like(groups), groups, values, leaf.sum())
        seen = whereabouts(backbone, tokens, departures, groups, labels)
        own = torch.einsum("bp,bpk->bk", seen, departures)
        for label, departure in zip(labels, own, strict=True):
            anchors.add(label.expand_as(groups), groups, departure, 1.0)
    model.expectation.copy_(expected.means()[0])
    model.prompts.anchor.copy_(anchors.means())
