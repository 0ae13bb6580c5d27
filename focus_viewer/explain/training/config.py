"""Training configuration: stages, learning rates, coalitions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from focus_viewer.core.typing import IntArray
from focus_viewer.explain.training.losses import LossWeights
from focus_viewer.explain.training.samples import random_groups


@dataclass(frozen=True)
class Stage:
    """Training stage of one part of the model: epochs, rate, groups.

    Attributes
    ----------
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
        """Draw the positions, among a batch's groups, that a step uses."""
        return random_groups(rng, present, self.least_groups, self.most_groups)


@dataclass(frozen=True)
class TrainingPlan:
    """Plan of both training stages.

    Attributes
    ----------
    blanks : bool
        Whether the backbone sees images of which parts are blank.
    informed : bool
        Whether the backbone learns to be as sure of a class as what is shown of a lesion says; it
        is taught the class alone, whatever is blank, otherwise.
    usual_class : int
        Class of a leaf without any lesion.
    games : int
        Batches, at most, on which the frozen backbone is tried under coalitions.
    pairs : int
        Of coalitions a scene are drawn three times as many pairs.
    """

    backbone: Stage = Stage("backbone", epochs=30, rate=3e-3, least_groups=12, most_groups=20)
    prompts: Stage = Stage("prompts", epochs=30, rate=5e-2, least_groups=48, most_groups=48)
    seed: int = 0
    loss: LossWeights = field(default_factory=LossWeights)
    blanks: bool = True
    informed: bool = True
    usual_class: int = 0
    games: int = 64
    pairs: int = 6
