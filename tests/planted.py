"""Made-up training examples: a class is a dent or a bump at one wavelength."""

from __future__ import annotations

import numpy as np

from focus_viewer.explain.model.traits import TRAIT_SCALES
from focus_viewer.explain.training.samples import SampleBatch

GROUPS = 10
TRAITS = len(TRAIT_SCALES)
PLANTED = {0: 2, 1: 7}
"""Class to group: class 0 is dark at group 2, class 1 at group 7, class 2 has nothing."""


def make_batch(seed: int, scenes: int = 12, size: int = 16) -> SampleBatch:
    """Scenes of three classes on a spectrum of ten groups, a square of 8 px planted in each."""
    rng = np.random.default_rng(seed)
    labels = np.arange(scenes, dtype=np.intp) % 3
    light = rng.uniform(0.5, 1.5, (scenes, size, size, 1))
    images = light * np.linspace(0.2, 0.5, GROUPS) + rng.normal(
        0, 0.01, (scenes, size, size, GROUPS)
    )
    lesion = np.zeros((scenes, size, size), dtype=np.bool_)
    importance = np.zeros((scenes, GROUPS), dtype=np.float32)
    for scene, label in enumerate(labels):
        if label in PLANTED:
            row, col = rng.integers(0, size - 8, 2)
            lesion[scene, row : row + 8, col : col + 8] = True
            images[scene, lesion[scene], PLANTED[label]] *= 0.5
            importance[scene, PLANTED[label]] = 1
    leaf = np.ones((scenes, size, size), dtype=np.bool_)
    leaf[:, :2] = False
    traits = np.where(leaf[..., None], np.float32(1), np.nan) * np.ones(TRAITS, np.float32)
    return SampleBatch(
        images.astype(np.float32),
        np.arange(GROUPS, dtype=np.intp),
        labels,
        leaf,
        lesion,
        importance,
        traits=traits.astype(np.float32),
        tissue=leaf.copy(),
        second=np.full(scenes, -1, dtype=np.intp),
    )
