"""Occlusion, by the library `captum`: what the logit loses when a block of the cube is blanked.

Blanked means set to zero, which standardised images are where a pixel is just what the training
data have at that wavelength. Source: Zeiler and Fergus, "Visualizing and Understanding
Convolutional Networks", ECCV 2014.

The logits of one pass serve all classes, so that explaining all takes no more passes than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.explain.baselines.libraries import Decision, load_library
from focus_viewer.explain.baselines.method import (
    Attribution,
    Question,
    SharedPassBaseline,
    sum_over_patches,
)
from focus_viewer.explain.model.backbone import BandPureBackbone


@dataclass(frozen=True, eq=False)
class Occlusion(SharedPassBaseline):
    """Loss of the class's logit under a sliding block of patches and groups.

    Attributes
    ----------
    cells, groups : int
        The block's side in patches, and its depth in groups. Blocks are side by side: a smaller
        block sees finer and costs as many more passes.
    at_once : int
        How many blocks share a batch: memory grows with it, and on a CPU time does not fall.
    """

    cells: int = 2
    groups: int = 3
    at_once: int = 1
    name: str = "occlusion"
    mode: Mode = "evidence"

    def attribute_all(
        self, backbone: BandPureBackbone, questions: Sequence[Question]
    ) -> list[Attribution]:
        """Run the library once for all classes; every patch and group gets its block's loss."""
        images, groups = questions[0].images, questions[0].groups
        library: Any = load_library("captum.attr", "captum")
        with torch.inference_mode():
            method = library.Occlusion(_RepeatedRows(Decision(backbone, groups), len(questions)))
            block = self._block(images, backbone.patch_px)
            pixels = method.attribute(
                images.expand(len(questions), -1, -1, -1),
                sliding_window_shapes=block,
                strides=block,
                baselines=0.0,
                target=[question.target for question in questions],
                perturbations_per_eval=self.at_once,
            ).float()
        area = backbone.patch_px**2
        return [
            Attribution(sum_over_patches(row[None], backbone.patch_px) / area) for row in pixels
        ]

    def _block(self, images: Tensor, patch_px: int) -> tuple[int, ...]:
        side = self.cells * patch_px
        wanted = zip((self.groups, side, side), images.shape[1:], strict=True)
        return tuple(min(part, size) for part, size in wanted)


class _RepeatedRows(nn.Module):
    """Decision computed once for repeated rows: the library takes a row for each class."""

    def __init__(self, decision: Decision, repeats: int) -> None:
        super().__init__()
        self._decision = decision
        self._repeats = repeats

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self._decision(images[:: self._repeats])
        return logits.repeat_interleave(self._repeats, dim=0)
