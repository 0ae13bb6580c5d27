"""Occlusion, by the library `captum`: what the logit loses when a block of the cube is blanked.

Blanked means set to zero, which standardised images are where a pixel is just what the training
data have at that wavelength. Source: Zeiler and Fergus, "Visualizing and Understanding
Convolutional Networks", ECCV 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from focus_viewer.core.saliency import Mode
from focus_viewer.explain.backbone import BandPureBackbone
from focus_viewer.explain.baselines.decision import Decision
from focus_viewer.explain.baselines.libraries import load_library
from focus_viewer.explain.baselines.rival import Attribution, Question, sum_over_patches


@dataclass(frozen=True)
class Occlusion:
    """The loss of the class's logit under a sliding block of patches and groups.

    Attributes
    ----------
    cells, groups : int
        The block's side in patches, and its depth in groups. Blocks lie side by side: a smaller
        block sees finer and costs as many more passes.
    at_once : int
        How many blocks share a batch; memory grows with it.
    """

    cells: int = 2
    groups: int = 3
    at_once: int = 8
    name: str = "occlusion"
    mode: Mode = "evidence"

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Run the library; every patch and group gets what its block was found to matter."""
        library = load_library("captum.attr", "captum")
        method = library.Occlusion(Decision(backbone, question.groups))
        sizes = question.images.shape[1:]
        side = self.cells * backbone.patch_px
        wanted = zip((self.groups, side, side), sizes, strict=True)
        block = tuple(min(part, size) for part, size in wanted)
        with torch.inference_mode():
            pixels = method.attribute(
                question.images,
                sliding_window_shapes=block,
                strides=block,
                baselines=0.0,
                target=question.target,
                perturbations_per_eval=self.at_once,
            )
        values = sum_over_patches(pixels.float(), backbone.patch_px) / backbone.patch_px**2
        return Attribution(values)
