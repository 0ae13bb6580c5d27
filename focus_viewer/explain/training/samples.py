"""Training examples: scenes of one sensor, averaged to spectral groups."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import BoolArray, FloatArray, IntArray
from focus_viewer.explain.model.preprocessing import (
    GroupStatistics,
    standardise,
    to_tensor,
    typical_spectrum,
)

_NOISE_STRENGTH = (0.5, 3.0)


def _unknown() -> FloatArray:
    return np.zeros(0, dtype=np.float32)


def _unknown_mask() -> BoolArray:
    return np.zeros(0, dtype=np.bool_)


def _unknown_labels() -> IntArray:
    return np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class SampleBatch:
    """Labelled scenes that share a sensor.

    Attributes
    ----------
    images : FloatArray, shape (scenes, rows, cols, present groups)
        Group means as `grouping.average_bands` gives them.
    groups : IntArray, shape (present groups,)
        Positions among the model's groups, ascending.
    labels : IntArray, shape (scenes,)
    leaf : BoolArray, shape (scenes, rows, cols)
    lesion : BoolArray, shape (scenes, rows, cols)
    importance : FloatArray, shape (scenes, present groups)
        Separability of the class's lesions from the rest in each group, for measuring only.
    traits : FloatArray, shape (scenes, rows, cols, traits)
        NaN where unknown; empty if nothing is known of traits.
    tissue : BoolArray, shape (scenes, rows, cols)
        The leaf and any other leaf; empty if unknown.
    scene_importance : FloatArray, shape (scenes, present groups)
        Separability of the scene's own lesion from its healthy leaf, for measuring only; empty if
        unknown.
    second : IntArray, shape (scenes,)
        Label of a second class in the scene, -1 for none; empty if unknown.
    causes : tuple of str, length scenes
        What made the lesion, "" for none; empty if unknown.
    """

    images: FloatArray
    groups: IntArray
    labels: IntArray
    leaf: BoolArray
    lesion: BoolArray
    importance: FloatArray
    traits: FloatArray = field(default_factory=_unknown)
    tissue: BoolArray = field(default_factory=_unknown_mask)
    scene_importance: FloatArray = field(default_factory=_unknown)
    second: IntArray = field(default_factory=_unknown_labels)
    causes: tuple[str, ...] = ()

    def take(self, kept: IntArray) -> SampleBatch:
        """Select the present groups at these positions."""
        known = self.scene_importance.size > 0
        return replace(
            self,
            images=self.images[..., kept],
            groups=self.groups[kept],
            importance=self.importance[:, kept],
            scene_importance=self.scene_importance[:, kept] if known else self.scene_importance,
        )

    def leaf_patches(self, patch_px: int) -> BoolArray:
        """Return the patches mostly on the leaf, shape (scenes, patches)."""
        return np.asarray(patches(self.leaf, patch_px).mean(axis=-1) > 0.5)

    def lesion_patches(self, patch_px: int) -> BoolArray:
        """Return patches that touch the lesion, shape (scenes, patches)."""
        return np.asarray(patches(self.lesion, patch_px).any(axis=-1))

    def tensor(self, statistics: GroupStatistics, shown: BoolArray | None = None) -> Tensor:
        """Return the standardised images, each scene relative to its own typical leaf.

        Statistics are those for the present groups; shape (scenes, present groups, rows, cols).

        Parameters
        ----------
        shown : BoolArray, shape (scenes, rows, cols), or None
            Pixels that are not blanked: tissue.
        """
        typical = np.stack([typical_spectrum(scene, statistics) for scene in self.images])
        images = standardise(self.images, statistics, typical[:, None, None])
        return to_tensor(images if shown is None else images * shown[..., None])


def patches(mask: BoolArray, patch_px: int) -> BoolArray:
    """Unfold (scenes, rows, cols) to (scenes, patches, pixels of a patch)."""
    scenes, rows, cols = mask.shape
    folded = mask.reshape(scenes, rows // patch_px, patch_px, cols // patch_px, patch_px)
    return folded.swapaxes(2, 3).reshape(scenes, -1, patch_px**2)


def random_groups(rng: np.random.Generator, present: int, least: int, most: int) -> IntArray:
    """Draw a contiguous stretch of groups, thinned out to at most `most`, ascending."""
    length = int(rng.integers(min(least, present), present + 1))
    start = int(rng.integers(0, present - length + 1))
    stretch = np.arange(start, start + length)
    if length <= most:
        return stretch
    return np.sort(rng.choice(stretch, most, replace=False))


def turned(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Rotate and mirror a batch, shape (..., height, width): a leaf has no upright orientation."""
    flipped = images.flip(-1) if rng.random() < 0.5 else images
    return torch.rot90(flipped, int(rng.integers(4)), dims=(-2, -1))


@dataclass(frozen=True)
class NoisePlan:
    """Noise to plant: shares of the scenes, and how much of a scene is noise then.

    Attributes
    ----------
    banded, spotted : float
        Shares of the scenes with noisy bands, and with noisy patches.
    bands, patches : float
        Shares of their bands and patches.
    """

    banded: float
    spotted: float
    bands: float = 0.1
    patches: float = 0.1


IN_TRAINING = NoisePlan(banded=0.15, spotted=0.1, patches=0.05)
"""Noise that the backbone is trained with."""


def add_noise(
    images: Tensor, patch_px: int, rng: np.random.Generator, plan: NoisePlan = IN_TRAINING
) -> tuple[Tensor, Tensor]:
    """Replace whole bands of some scenes, and whole patches of some, with noise.

    Parameters
    ----------
    images : Tensor, shape (batch, groups, height, width)
        Standardised.

    Returns
    -------
    noised : Tensor, same shape
    noisy : Tensor of bool, shape (batch, patches, groups)
        Which tokens are noise now.
    """
    batch, groups, height, width = images.shape
    rows, cols = height // patch_px, width // patch_px
    banded = (rng.random(batch) < plan.banded)[:, None]
    banded = banded & (rng.random((batch, groups)) < plan.bands)
    spotted = (rng.random(batch) < plan.spotted)[:, None, None]
    spotted = spotted & (rng.random((batch, rows, cols)) < plan.patches)
    mask = torch.from_numpy(banded[:, :, None, None] | spotted[:, None])
    pixels = mask.repeat_interleave(patch_px, -2).repeat_interleave(patch_px, -1)
    strength = torch.from_numpy(rng.uniform(*_NOISE_STRENGTH, (batch, 1, 1, 1)).astype(np.float32))
    noise = strength * torch.from_numpy(rng.standard_normal(images.shape, dtype=np.float32))
    return torch.where(pixels, noise, images), mask.flatten(2).transpose(1, 2)
