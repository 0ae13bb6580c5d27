"""List of the baselines that need no training, and chance, which a method must beat."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import torch

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.explain.baselines.cls_attention import ClsAttention
from focus_viewer.explain.baselines.grad_cam import GradCam
from focus_viewer.explain.baselines.integrated_gradients import IntegratedGradients
from focus_viewer.explain.baselines.method import Attribution, Baseline, Question
from focus_viewer.explain.baselines.occlusion import Occlusion
from focus_viewer.explain.baselines.rollout import Rollout
from focus_viewer.explain.model.backbone import BandPureBackbone


def untrained_baselines(seed: int = 0, block_cells: int = 2) -> tuple[Baseline, ...]:
    """Return the baselines that need no training; see `prompt_training` for Prompt-CAM.

    Parameters
    ----------
    seed : int
        Of chance.
    block_cells : int
        Side of occlusion's block in patches.
    """
    return (
        ClsAttention(),
        Rollout(),
        GradCam(),
        IntegratedGradients(),
        Occlusion(cells=block_cells),
        Chance(seed),
    )


@dataclass(frozen=True)
class Chance:
    """Uniform noise, the same for the same window, class and seed in whatever order they come."""

    seed: int = 0
    name: str = "random"
    mode: Mode = "attention"

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Draw a number for each patch and group; the backbone is not used."""
        window = zlib.crc32(question.images.cpu().numpy().tobytes())
        height, width = question.images.shape[-2:]
        patches = (height // backbone.patch_px) * (width // backbone.patch_px)
        rng = np.random.default_rng([self.seed, question.target, window])
        return Attribution(torch.from_numpy(rng.random((patches, len(question.groups)))))
