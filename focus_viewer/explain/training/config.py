"""How long, how fast and on what a model is trained."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from focus_viewer.core.typing import IntArray
from focus_viewer.explain.training.losses import LossWeights
from focus_viewer.explain.training.samples import random_groups


@dataclass(frozen=True)
class Stage:
    """How long and how fast to train one part of the model.

    Attributes
    ----------
    name : str
    epochs : int
    rate : float
        Highest learning rate.
    least_groups, most_groups : int
        A step sees a random stretch of at least so many spectral groups, thinned out to at most
        so many.
    """

    name: str
    epochs: int
    rate: float
    least_groups: int
    most_groups: int

    def draw_groups(self, rng: np.random.Generator, present: int) -> IntArray:
        """Positions, among a lesson's groups, of those that a step sees."""
        return random_groups(rng, present, self.least_groups, self.most_groups)


@dataclass(frozen=True)
class TrainingPlan:
    """Both stages.

    Attributes
    ----------
    backbone, prompts : Stage
    seed : int
    loss : LossWeights
        Of the prompts.
    copies : int
        Turned and noised copies of each lesson that the prompts see, at most.
    cache_bytes : int
        Room for the frozen backbone's reading of these copies; where it is too small for
        all, there are fewer.
    """

    backbone: Stage = Stage("backbone", epochs=14, rate=3e-3, least_groups=12, most_groups=16)
    prompts: Stage = Stage("prompts", epochs=20, rate=5e-3, least_groups=12, most_groups=48)
    seed: int = 0
    loss: LossWeights = field(default_factory=LossWeights)
    copies: int = 3
    cache_bytes: int = 6_000_000_000
