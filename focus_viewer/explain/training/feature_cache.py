"""Feature cache: keys, patches and decisions of a frozen backbone, reused in every epoch.

A copy of the default order (320 sensors of 10 scenes, a quarter of them 64 x 64 px and the others
32 x 32, 32 groups on average) takes 1.5 GB: every patch and group keeps a vector of 64 numbers in
half precision.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import IntArray
from focus_viewer.explain.model.backbone import BandPureBackbone, Reading
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.localisation import localise
from focus_viewer.explain.training.losses import Target
from focus_viewer.explain.training.samples import SampleBatch, add_noise, turned

_HALF_BYTES = 2
# Of the seeds of copies, so that they are not those of the stages, which are shorter.
_COPIES = 3
_MANY = 2**31


class CachedFeatures(NamedTuple):
    """Features of a sample batch from the frozen backbone.

    Attributes
    ----------
    found : Reading
        Of the backbone.
    log_ratios : Tensor, shape (batch, patches, groups)
    groups : Tensor of int64, shape (groups,)
    """

    found: Reading
    log_ratios: Tensor
    groups: Tensor
    target: Target

    def take(self, kept: IntArray, device: torch.device) -> CachedFeatures:
        """Select the present groups at these positions, in single precision, on a device.

        The backbone's own decision stays that on all groups.
        """
        chosen = torch.from_numpy(kept)
        keys = self.found.keys[:, chosen].to(device).float()
        found = Reading(keys, self.found.patches.to(device).float())
        log_ratios = self.log_ratios[..., chosen].to(device).float()
        labels, teacher, noisy, patch_weights = (each.to(device) for each in self.target)
        target = Target(labels, teacher, noisy[..., chosen.to(device)], patch_weights)
        return CachedFeatures(found, log_ratios, self.groups[chosen].to(device), target)


class FeatureCache:
    """Features of all sample batches, in a few rotated and noisy copies.

    Batches may differ in size. A copy's content depends on the seed, the batch and the copy's
    number alone, not on what was read before: training that goes on finds the same.

    Parameters
    ----------
    model : FocusModel
        Its backbone is frozen.
    """

    def __init__(self, model: FocusModel, samples: list[SampleBatch], seed: int) -> None:
        self._model = model
        self._samples = samples
        self._seed = seed
        self._copies: list[list[CachedFeatures]] = []

    def fill(self, copies: int, step: Step) -> None:
        """Compute the features of every batch so many times and store them in main memory."""
        total = max(copies * len(self._samples), 1)
        for copy in range(copies):
            read = []
            for index in range(len(self._samples)):
                step((copy * len(self._samples) + index) / total, "reading tokens")
                read.append(self._read(index, copy))
            self._copies.append(read)

    def draw(self, index: int, rng: np.random.Generator) -> CachedFeatures:
        """Draw any copy of a batch; without cached copies a fresh one is computed."""
        if not self._copies:
            return self._read(index, int(rng.integers(_MANY)))
        return self._copies[int(rng.integers(len(self._copies)))][index]

    def _read(self, index: int, copy: int) -> CachedFeatures:
        rng = np.random.default_rng([self._seed, _COPIES, index, copy])
        return read_features(self._model, self._samples[index], rng)


@torch.no_grad()
def read_features(
    model: FocusModel, batch: SampleBatch, rng: np.random.Generator
) -> CachedFeatures:
    """Rotate a batch, add noise, and compute its features at all of its groups.

    The typical leaf and every pixel's brightness are those over all of the batch's groups, also
    where a step then takes a few of them: a narrower sensor would measure slightly others.

    The features are on the CPU, keys, patches and log ratios in half precision. Tokens off the leaf
    count as noise: there is nothing to see.
    """
    backbone, device = model.backbone, model.mean.device
    images, leaf = _turned_with_leaf(model, batch, rng)
    images, noisy = add_noise(images, backbone.patch_px, rng)
    images, groups = images.to(device), torch.from_numpy(batch.groups).to(device)
    labels, log_ratios = torch.from_numpy(batch.labels), model.log_ratios(images)
    tokens = backbone.tokens(images, groups)
    found = Reading(*(each.half().cpu() for each in backbone.read(tokens)))
    patch_weights = localise(
        backbone,
        tokens,
        log_ratios,
        groups,
        labels.to(device),
        leaf.to(device),
        model.prompts.anchor,
    )
    teacher = backbone.decide(tokens).cpu()
    target = Target(labels, teacher, noisy | ~leaf[..., None], patch_weights.cpu())
    return CachedFeatures(found, log_ratios.half().cpu(), groups.cpu(), target)


def _turned_with_leaf(
    model: FocusModel, batch: SampleBatch, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Return rotated images, and a mask of patches mostly on the leaf, shape (scenes, patches)."""
    images = batch.tensor(model.statistics(batch.groups))
    mask = torch.from_numpy(batch.leaf)[:, None].to(images)
    both = turned(torch.cat([images, mask], dim=1), rng)
    share = functional.avg_pool2d(both[:, -1:], model.backbone.patch_px).flatten(1)
    return both[:, :-1], share > 0.5


def copy_bytes(samples: list[SampleBatch], backbone: BandPureBackbone) -> int:
    """Return the memory that one copy of all batches takes."""
    cells = [batch.images[..., 0].size // backbone.patch_px**2 for batch in samples]
    groups = [batch.groups.size for batch in samples]
    tokens = sum(count * size for count, size in zip(cells, groups, strict=True))
    key = backbone.heads * backbone.head_dim * _HALF_BYTES
    patch = backbone.vit.embed_dim * _HALF_BYTES
    # A token's key, its log ratio, and whether it is noise.
    return tokens * (key + _HALF_BYTES + 1) + sum(cells) * patch


def copies_within(limit_bytes: int, most: int, copy: int) -> int:
    """Return how many copies of `copy` bytes fit, at most `most`."""
    return min(most, limit_bytes // max(copy, 1))
