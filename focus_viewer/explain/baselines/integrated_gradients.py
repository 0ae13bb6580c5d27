"""Integrated gradients, by the library `captum`.

The path starts at zero: standardised images are zero where a pixel is just what the training data
have at that wavelength. Source: Sundararajan et al., "Axiomatic Attribution for Deep Networks",
ICML 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.explain.baselines.libraries import Decision, load_library
from focus_viewer.explain.baselines.method import Attribution, Question, sum_over_patches
from focus_viewer.explain.model.backbone import BandPureBackbone


@dataclass(frozen=True)
class IntegratedGradients:
    """Gradients of the class's logit along the way from the mean image to this one.

    Attributes
    ----------
    steps : int
        Points on the way: as many forward and backward passes.
    at_once : int
        How many of them share a batch: memory grows with it, and on a CPU time does not fall.
    """

    steps: int = 32
    at_once: int = 1
    name: str = "integrated-gradients"
    mode: Mode = "evidence"

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Run the library, and sum the attributions of each patch's pixels."""
        library = load_library("captum.attr", "captum")
        method = library.IntegratedGradients(Decision(backbone, question.groups))
        with torch.enable_grad():
            pixels = method.attribute(
                question.images.detach().clone(),
                baselines=0.0,
                target=question.target,
                n_steps=self.steps,
                internal_batch_size=self.at_once,
            )
        return Attribution(sum_over_patches(pixels.float(), backbone.patch_px))
