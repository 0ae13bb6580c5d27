"""Random saliency: what a method must beat to be worth anything."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import torch

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.explain.baselines.method import Attribution, Question
from focus_viewer.explain.model.backbone import BandPureBackbone


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
