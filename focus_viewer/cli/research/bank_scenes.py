"""Scenes of 5, 50 or 500 classes, and the truth about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from focus_viewer.cli.research.simulated_samples import make_batch
from focus_viewer.core.progress import Step
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.simulate.effect_grid import effect_grid, grid_cases
from focus_viewer.simulate.effects import LESIONS
from focus_viewer.simulate.scene import CLASSES, Case, simulate_case
from focus_viewer.simulate.sensors import FULL, Sensor
from focus_viewer.simulate.truth import class_importance

SIZE_PX = 32
SCENES_PER_BATCH = 10
TRAINING, TEST = 0, 1

GRIDS: Mapping[int, Mapping[str, int]] = MappingProxyType(
    {
        50: {"chlorophyll": 5, "water": 5, "brown": 2},
        500: {"chlorophyll": 5, "water": 5, "brown": 5, "anthocyanin": 4},
    }
)
"""How many levels of each kind of change make up so many classes; 5 are the shipped ones."""


class SceneSeed(NamedTuple):
    """Seed of all scenes of a kind; training and test never share a seed."""

    seed: int
    purpose: int
    classes: int


def make_cases(classes: int) -> list[Case]:
    """Return the classes and their truth, the shipped ones or those of a grid."""
    if classes in GRIDS:
        return grid_cases(effect_grid(GRIDS[classes]), FULL)
    return [Case(name, LESIONS.get(name, {}), class_importance(name, FULL)) for name in CLASSES]


def simulate_samples(
    cases: Sequence[Case], seed: SceneSeed, scenes: int, step: Step, sensor: Sensor = FULL
) -> list[SampleBatch]:
    """Simulate batches that show all classes about equally often, a few on the same leaf.

    Parameters
    ----------
    scenes : int
        Of all classes together.
    """
    rng = np.random.default_rng(seed)
    repetitions = -(-scenes // len(cases))
    order = np.concatenate([rng.permutation(len(cases)) for _ in range(repetitions)])[:scenes]
    samples = []
    for start in range(0, len(order), SCENES_PER_BATCH):
        step(start / len(order), f"simulating, {len(cases)} classes")
        labels = order[start : start + SCENES_PER_BATCH]
        samples.append(_batch(cases, labels.tolist(), int(rng.integers(2**62)), sensor))
    return samples


def _batch(cases: Sequence[Case], labels: list[int], leaf: int, sensor: Sensor) -> SampleBatch:
    size = (SIZE_PX, SIZE_PX)
    scenes = [simulate_case(leaf, sensor, cases[label], size) for label in labels]
    return make_batch(scenes, labels, sensor)
