"""Grad-CAM, by the library `grad-cam`, on the tokens before the feature block.

These are the deepest tokens that still speak for one patch at one group; behind them the groups
are mixed. Source: Selvaraju et al., "Grad-CAM", ICCV 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.explain.baselines.libraries import Decision, load_library
from focus_viewer.explain.baselines.method import Attribution, Question
from focus_viewer.explain.model.backbone import BandPureBackbone


@dataclass(frozen=True)
class GradCam:
    """Token channels weighted by the mean gradient of the class's logit, cut off below zero."""

    name: str = "grad-cam"
    mode: Mode = "attention"

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Run the library on patches and groups as the three axes of one volume."""
        targets = load_library("pytorch_grad_cam.utils.model_targets", "grad-cam")
        decision = _CutDecision(backbone, question.groups)
        grid = [size // backbone.patch_px for size in question.images.shape[-2:]]
        prefix = backbone.vit.num_prefix_tokens

        def as_volume(tokens: Tensor) -> Tensor:
            patches = tokens[:, :, prefix:]
            return patches.reshape(*patches.shape[:2], *grid, -1).movedim(-1, 1)

        cam = _grid_cam_class()(decision, [decision.cut], as_volume)
        # Not `with cam`: the library's own __exit__ swallows an IndexError. Its hooks are on the
        # cut alone, which goes with it.
        target = targets.ClassifierOutputTarget(question.target)
        with torch.enable_grad():
            found = torch.from_numpy(cam(question.images, [target]))
        return Attribution(found[0].flatten(1).T)  # of (1, groups, rows, cols)


class _CutDecision(Decision):
    """Backbone's decision, with a place for hooks, and the gradient's end at the cut."""

    def __init__(self, backbone: BandPureBackbone, groups: Tensor) -> None:
        super().__init__(backbone, groups)
        self.cut = nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        with torch.no_grad():
            tokens = self.backbone.tokens(images, self.groups)
        return self.backbone.decide(self.cut(tokens.requires_grad_()))


@cache
def _grid_cam_class() -> Any:
    library_class: Any = load_library("pytorch_grad_cam", "grad-cam").GradCAM

    class GridCam(library_class):  # type: ignore[misc]
        """Grad-CAM of the library, on the grid of patches and groups."""

        def get_target_width_height(self, input_tensor: Tensor) -> None:
            """Request no resampling to the input's size."""

    return GridCam
