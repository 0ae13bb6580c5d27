"""Variants of the method, each with one part taken out.

Each variant is the method with a class or a loss weight exchanged; all read the same frozen
backbone. `PARTS` says which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor, nn

from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.benchmark.measure import BenchmarkScene
from focus_viewer.explain.benchmark.methods import Answer, Focus, Window
from focus_viewer.explain.model.backbone import BandPureBackbone, Reading
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.preprocessing import GroupStatistics, standardise, typical_leaf
from focus_viewer.explain.model.prompts import PatchReading, SpectralPrompts, Tokens
from focus_viewer.explain.training.losses import LossWeights
from focus_viewer.explain.training.samples import SampleBatch

_SPREAD = 0.02
_START = 0.1  # of free gains


class OneRegion(SpectralPrompts):
    """Prompts without spectral regions: one for each class."""

    def __init__(self, classes: int, groups: int, regions: int, dim: int) -> None:
        super().__init__(classes, groups, 1, dim)

    def read(self, backbone: BandPureBackbone, tokens: Tokens) -> PatchReading:
        """Read as usual, all groups in one region."""
        everywhere = torch.zeros_like(tokens.regions)
        return super().read(backbone, tokens._replace(regions=everywhere))


class NoSink(SpectralPrompts):
    """Prompts without sinks for tokens and patches: all attention stays on the image.

    The gate is 1 then, and the prompts have nothing left to choose.
    """

    def __init__(self, classes: int, groups: int, regions: int, dim: int) -> None:
        super().__init__(classes, groups, regions, dim)
        del self.patch_sink
        self.register_buffer("patch_sink", torch.full((classes,), -torch.inf))

    def _attend(self, backbone: BandPureBackbone, tokens: Tokens) -> Tensor:
        return torch.ones_like(super()._attend(backbone, tokens))


class OneSoftmax(SpectralPrompts):
    """One softmax over all tokens of an image and the sink: patch and band are not separated.

    Before training the sink weighs as much as all tokens together.
    """

    def read(self, backbone: BandPureBackbone, tokens: Tokens) -> PatchReading:
        """Read so that weighing the patches makes one softmax over tokens of it.

        A softmax over all tokens is one over patches, each with the logarithm of the mean over its
        tokens' exponentials for its score, times one over the groups within each patch.
        """
        usual, groups = super().read(backbone, tokens), len(tokens.groups)
        # The gate is a sigmoid: its logit is by how much a token matches better than the sink.
        match = torch.logit(usual.attention * groups)
        score = usual.score[..., None] + match  # (batch, classes, patches, groups)
        share = score.softmax(-1)
        evidence = usual.contribution / usual.attention * share
        return PatchReading(score.logsumexp(-1) - math.log(groups), evidence, share)


class FreeGains(SpectralPrompts):
    """Prompts with free gains that start near 0.

    Anchors are still measured: they also localise the class, which is not
    the part that is out.
    """

    def __init__(self, classes: int, groups: int, regions: int, dim: int) -> None:
        super().__init__(classes, groups, regions, dim)
        nn.init.normal_(self.off_anchor, std=_START)

    def _gains(self, groups: Tensor) -> Tensor:
        gains: Tensor = self.log_scale.exp()[:, None] * self.off_anchor[:, groups]
        return gains


class MixedPrompts(SpectralPrompts):
    """Prompts that read evidence from the tokens: a mixed token has no log ratio of its own.

    Keys are a linear map of the mixed tokens, and so is a linear read of the keys. They are taken
    relative to the scene's typical token of the same group, as log ratios are to its leaf. Gains
    and anchors, which belong to log ratios, are left out too.
    """

    def __init__(self, classes: int, groups: int, regions: int, dim: int) -> None:
        super().__init__(classes, groups, regions, dim)
        self.reader = nn.Parameter(_SPREAD * torch.randn(classes, regions, dim))

    def read(self, backbone: BandPureBackbone, tokens: Tokens) -> PatchReading:
        """Read scores and attention as usual, and the evidence from the keys."""
        usual = super().read(backbone, tokens)
        typical = tokens.keys.median(dim=2, keepdim=True).values  # over the patches
        own = (tokens.keys - typical).flatten(3)  # (batch, groups, patches, dim)
        said = torch.einsum("bkpd,ckd->bcpk", own, self.reader[:, tokens.regions])
        gate = usual.attention * len(tokens.groups)
        return usual._replace(contribution=gate * said)


class MixedBackbone(BandPureBackbone):
    """Backbone whose keys are those of tokens mixed in the feature block."""

    def read(self, tokens: Tensor) -> Reading:
        """Read tokens before the feature block, shape (batch, groups, prefix + patches, dim)."""
        x = tokens[:, :, self.vit.num_prefix_tokens :].transpose(1, 2)
        mixed = self.feature_block(x.flatten(0, 1)).unflatten(
            0, x.shape[:2]
        )  # (batch, patches, ...)
        return Reading(self.project(mixed.transpose(1, 2))[1], self.patches(tokens))


def with_own_leaf(images: Tensor, scenes: FloatArray, statistics: GroupStatistics) -> Tensor:
    """Append to images the deviation of each scene's leaf from the mean leaf, brightness apart.

    Parameters
    ----------
    images : Tensor, shape (scenes, groups, height, width)
        Relative to each scene's own leaf, in units of the deviation.
    scenes : FloatArray, shape (scenes, rows, cols, groups)
        The same in reflectance.

    Returns
    -------
    Tensor, shape (scenes, 2 x groups, height, width)
        The sum of both halves is each pixel relative to the mean leaf.
    """
    mean = statistics.mean
    typical = np.stack([typical_leaf(scene, mean) for scene in scenes])
    level = typical @ mean / (mean @ mean)
    leaf = standardise(typical.astype(np.float32), statistics, level[:, None] * mean)
    shift = torch.from_numpy(leaf)[..., None, None].expand_as(images)
    return torch.cat([images, shift], dim=1)


class MeanLeafBatch(SampleBatch):
    """Batch whose images include the deviation of its leaves from the mean leaf."""

    def tensor(self, statistics: GroupStatistics) -> Tensor:
        """See `with_own_leaf`."""
        return with_own_leaf(super().tensor(statistics), self.images, statistics)


class MeanLeafScene(BenchmarkScene):
    """Scene whose images include the deviation of its leaf from the mean leaf."""

    def tensor(self, model: FocusModel, data: FloatArray | None = None) -> Tensor:
        """See `with_own_leaf`."""
        scene = (self.data if data is None else data)[None]
        return with_own_leaf(super().tensor(model, data), scene, model.statistics(self.groups))


class MeanLeafBackbone(BandPureBackbone):
    """Backbone on the images it was trained on, relative to each scene's own leaf."""

    def tokens(self, images: Tensor, groups: Tensor) -> Tensor:
        """Return the tokens before the feature block; images as `with_own_leaf` returns them."""
        return super().tokens(images[:, : groups.numel()], groups)


class MeanLeafModel(FocusModel):
    """Model without centring: log ratios to the mean leaf, patches as they are."""

    def log_ratios(self, images: Tensor) -> Tensor:
        """Return the mean of each patch at each group, shape (batch, patches, groups)."""
        own, leaf = images.chunk(2, dim=1)
        return super().log_ratios(own + leaf)

    def weigh(self, found: Reading, log_ratios: Tensor, groups: Tensor) -> PatchReading:
        """Read features that the backbone has computed already; the expected patch is 0."""
        kept = found._replace(patches=found.patches + self.expectation)
        return super().weigh(kept, log_ratios, groups)


class Uncontrasted(Focus):
    """FOCUS without class contrast, evidence shared with other classes included."""

    @torch.inference_mode()
    def answers(self, window: Window, targets: Sequence[int]) -> list[Answer]:
        """Explain classes by one pass."""
        output = self.model(window.images, window.groups)
        return [
            Answer(
                self._volume(window, output.evidence[0, target], target),
                forward_passes=1,
                backward_passes=0,
                on_class_token=math.nan,
                on_sink=float(output.sink[0, target]),
            )
            for target in targets
        ]


@dataclass(frozen=True)
class Part:
    """Replacements for a part of the method that is taken out.

    Attributes
    ----------
    instead : str
        In words.
    backbone : type of BandPureBackbone
        Gets the frozen weights.
    """

    instead: str
    prompts: type[SpectralPrompts] = SpectralPrompts
    backbone: type[BandPureBackbone] = BandPureBackbone
    model: type[FocusModel] = FocusModel
    batch: type[SampleBatch] = SampleBatch
    scene: type[BenchmarkScene] = BenchmarkScene
    focus: type[Focus] = Focus
    loss: LossWeights = field(default_factory=LossWeights)

    @property
    def learning(self) -> Part:
        """The same for all parts whose prompts are trained in the same way."""
        return replace(self, instead="", focus=Focus)


PARTS: dict[str, Part] = {
    "whole": Part("nothing is taken out"),
    "regions": Part("one prompt a class for the whole spectrum", prompts=OneRegion),
    "sink": Part("all attention stays on the image", prompts=NoSink),
    "attraction": Part(
        "no loss draws absent classes into the sink or true ones out of it",
        loss=LossWeights(attraction=0, sink_presence=0),
    ),
    "band-pure-tokens": Part(
        "keys and evidence of tokens whose groups have met",
        prompts=MixedPrompts,
        backbone=MixedBackbone,
    ),
    "factorised-pooling": Part("one softmax over all tokens and the sink", prompts=OneSoftmax),
    "centring": Part(
        "log ratios to the mean leaf, patches as they are",
        backbone=MeanLeafBackbone,
        model=MeanLeafModel,
        batch=MeanLeafBatch,
        scene=MeanLeafScene,
    ),
    "contrast": Part("evidence as it is", focus=Uncontrasted),
    "anchors": Part(
        "gains start near 0 and are free", prompts=FreeGains, loss=LossWeights(gain_l2=0)
    ),
    "location": Part("no loss shows where the class is", loss=LossWeights(localisation=0)),
}
"""What is taken out, by name; each alone."""


def build_without(part: Part, whole: FocusModel, edges_nm: DoubleArray, seed: int) -> FocusModel:
    """Build a variant with new prompts on the frozen weights of a whole model.

    Parameters
    ----------
    whole : FocusModel
        Stays as it is; the ViT is shared.
    edges_nm : DoubleArray, shape (groups, 2)
    seed : int
        Of the prompts.
    """
    frozen, vit = whole.backbone, whole.backbone.vit
    backbone = part.backbone(vit, edges_nm.mean(axis=1), frozen.block_index)
    backbone.load_state_dict(frozen.state_dict())
    classes = len(whole.prompts.anchor)
    model = part.model(backbone, edges_nm, classes)
    model.mean.copy_(whole.mean)
    torch.manual_seed(seed)
    model.prompts = part.prompts(classes, len(edges_nm), len(SPECTRAL_REGIONS), vit.embed_dim)
    return model
