"""FOCUS model: frozen backbone, prompts, sink, and constants measured in training."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS, region_of
from focus_viewer.core.typing import DoubleArray, IntArray
from focus_viewer.explain.model.backbone import BandPureBackbone, Reading
from focus_viewer.explain.model.preprocessing import GroupStatistics
from focus_viewer.explain.model.prompts import PatchReading, SpectralPrompts, Tokens


class FocusOutput(NamedTuple):
    """Decision with its parts.

    Attributes
    ----------
    logits : Tensor, shape (batch, classes)
    attention, evidence : Tensor, shape (batch, classes, patches, groups)
    sink : Tensor, shape (batch, classes)
        `attention.sum((2, 3)) + sink == 1` and `bias + evidence.sum((2, 3)) == logits`.
    weight : Tensor, shape (batch, classes, patches)
        Share of each patch in a class's evidence; what is missing to 1 is the patches' sink's.
    """

    logits: Tensor
    attention: Tensor
    evidence: Tensor
    sink: Tensor
    weight: Tensor


class FocusModel(nn.Module):
    """Model that decides for every class in one pass over a stack of group images.

    Parameters
    ----------
    edges_nm : DoubleArray, shape (groups, 2)
    """

    mean: Tensor
    expectation: Tensor
    regions: Tensor

    def __init__(self, backbone: BandPureBackbone, edges_nm: DoubleArray, classes: int) -> None:
        super().__init__()
        groups, dim = len(edges_nm), backbone.vit.embed_dim
        self.backbone = backbone
        self.prompts = SpectralPrompts(classes, groups, len(SPECTRAL_REGIONS), dim)
        self.register_buffer("mean", torch.ones(groups))
        self.register_buffer("expectation", torch.zeros(dim))
        regions = torch.from_numpy(region_of(edges_nm.mean(axis=1)))
        self.register_buffer("regions", regions, persistent=False)

    def statistics(self, groups: IntArray) -> GroupStatistics:
        """Return the mean and deviation of the training data for these groups."""
        return GroupStatistics(
            self.mean.cpu().numpy().astype(np.float64)[groups],
            self.backbone.log_std.cpu().numpy().astype(np.float64)[groups],
        )

    def read(self, images: Tensor, groups: Tensor) -> PatchReading:
        """Read windows patch by patch.

        Parameters
        ----------
        images : Tensor, shape (batch, groups, height, width)
        groups : Tensor of int64, shape (groups,)
        """
        return self.weigh(self.backbone(images, groups), self.log_ratios(images), groups)

    def log_ratios(self, images: Tensor) -> Tensor:
        """Return the mean of each patch at each group, shape (batch, patches, groups)."""
        return functional.avg_pool2d(images, self.backbone.patch_px).flatten(2).mT

    def weigh(self, found: Reading, log_ratios: Tensor, groups: Tensor) -> PatchReading:
        """Read features that the backbone has computed already.

        Patches are taken relative to their expected value, so that a patch's score shows what
        departs from the ordinary leaf.
        """
        patches = found.patches - self.expectation
        return self.prompts.read(
            self.backbone, Tokens(found.keys, patches, log_ratios, groups, self.regions[groups])
        )

    def forward(self, images: Tensor, groups: Tensor) -> FocusOutput:
        """Decide on windows, each an image of its own; parameters as for `read`."""
        return self.decide(self.read(images, groups))

    def decide(
        self, reading: PatchReading, known: Tensor | None = None, in_place: bool = False
    ) -> FocusOutput:
        """Weigh the patches of an image against one another and the sink.

        The sink grows with the number of patches, so that a large image and the windows that it
        is made of are decided in the same way. Before training it weighs as much as all patches
        together.

        Parameters
        ----------
        known : Tensor of bool, shape (patches,), or None
            Patches without data get no weight.
        in_place : bool
            Overwrite the reading with evidence and attention: those of a large image take
            gigabytes.
        """
        weigh = torch.Tensor.mul_ if in_place else torch.mul
        score = reading.score
        count = score.shape[-1]
        if known is not None:
            score = score.masked_fill(~known, -torch.inf)
            count = int(known.sum())
        drain = self.prompts.patch_sink.to(score.device) + math.log(count)
        drain = drain[:, None].expand_as(score[:, :, :1])
        weight = torch.cat([score, drain], dim=-1).softmax(dim=-1)[:, :, :-1, None]
        evidence = weigh(reading.contribution, weight)
        attention = weigh(reading.attention, weight)
        logits = self.prompts.bias.to(score.device) + evidence.sum((2, 3))
        sink = 1 - attention.sum((2, 3))
        return FocusOutput(logits, attention, evidence, sink, weight[..., 0])


def contrast(evidence: Tensor) -> Tensor:
    """Return the evidence for each class, (batch, classes, ...), less the mean of the others."""
    classes = evidence.shape[1]
    total = evidence.sum(dim=1, keepdim=True)
    return evidence - (total - evidence) / max(classes - 1, 1)
