"""Temperature of a model's logits, so that its probabilities are as often right as they say.

Guo et al., On Calibration of Modern Neural Networks, ICML 2017: the one number by which the
likelihood of held-out labels is highest.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.explain.training.evaluate import SceneScores

_TRIED = torch.logspace(-1, 1, 81)


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """Return the temperature, 0.1 to 10, that fits logits (scenes, classes) to labels (scenes,)."""
    losses = [functional.cross_entropy(logits / each, labels) for each in _TRIED]
    return round(float(_TRIED[torch.stack(losses).argmin()]), 3)


def temperature_of(scores: list[SceneScores]) -> float:
    """Return the temperature that fits the scenes of a range of sensors."""
    labels = torch.tensor([score.label for score in scores])
    return fit_temperature(torch.stack([score.logits for score in scores]), labels)
