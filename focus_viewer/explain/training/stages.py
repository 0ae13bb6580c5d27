"""Training stages: the input and the loss of a step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from focus_viewer.core.typing import IntArray
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.config import Stage
from focus_viewer.explain.training.feature_cache import CachedFeatures, FeatureCache
from focus_viewer.explain.training.losses import (
    LossParts,
    LossWeights,
    absent,
    backbone_losses,
    focus_losses,
)
from focus_viewer.explain.training.samples import SampleBatch, add_noise, turned

_WHOLE_SHARE = 0.5


class Outcome(NamedTuple):
    """Outcome of a training step.

    Attributes
    ----------
    figures : dict of str to Tensor
        Means over the examples that are logged beside the loss.
    """

    parts: LossParts
    figures: dict[str, Tensor]


class BackboneSteps:
    """Steps that train the backbone's own decision, at any sensor."""

    def __init__(self, model: FocusModel, samples: list[SampleBatch], stage: Stage) -> None:
        self.stage = stage
        self.trained: nn.Module = model.backbone
        self._model = model
        self._samples = samples

    def outcome(self, index: int, rng: np.random.Generator) -> Outcome:
        """Run the backbone on some groups of a batch, rotated and with noise."""
        batch = self._samples[index]
        batch = batch.take(self.stage.draw_groups(rng, batch.groups.size))
        images = turned(batch.tensor(self._model.statistics(batch.groups)), rng)
        images, _ = add_noise(images, self._model.backbone.patch_px, rng)
        device = self._model.mean.device
        logits = self._logits(images.to(device), torch.from_numpy(batch.groups).to(device))
        labels = torch.from_numpy(batch.labels).to(device)
        return Outcome(backbone_losses(logits, labels), {"accuracy": accuracy(logits, labels)})

    def decide(self, batch: SampleBatch) -> Tensor:
        """Return the backbone's own logits, shape (scenes, classes)."""
        return self._logits(*standardised(self._model, batch))

    def _logits(self, images: Tensor, groups: Tensor) -> Tensor:
        return self._model.backbone.logits(images, groups)


class PromptSteps:
    """Steps that train prompts and sink on the frozen backbone."""

    def __init__(
        self, model: FocusModel, cache: FeatureCache, stage: Stage, weights: LossWeights
    ) -> None:
        self.stage = stage
        self.trained: nn.Module = model.prompts
        self._model = model
        self._cache = cache
        self._weights = weights

    def outcome(self, index: int, rng: np.random.Generator) -> Outcome:
        """Run the prompts on some groups of a cached copy of a batch."""
        read = self._cache.draw(index, rng)
        found, log_ratios, groups, target = read.take(
            self._draw(read, rng), self._model.mean.device
        )
        output = self._model.decide(self._model.weigh(found, log_ratios, groups))
        away = absent(target.labels, output.sink.shape[1])
        figures = {
            "sink_absent": output.sink[away].mean(),
            "sink_true": output.sink[~away].mean(),
            "accuracy": accuracy(output.logits, target.labels),
        }
        return Outcome(
            focus_losses(output, target, self._model.prompts.off_anchor, self._weights), figures
        )

    def decide(self, batch: SampleBatch) -> Tensor:
        """Return FOCUS's logits, shape (scenes, classes)."""
        logits: Tensor = self._model(*standardised(self._model, batch)).logits
        return logits

    def _draw(self, read: CachedFeatures, rng: np.random.Generator) -> IntArray:
        """Draw all groups of a batch in every other step, a contiguous stretch in the others."""
        present = read.groups.numel()
        if rng.random() < _WHOLE_SHARE:
            return np.arange(present)
        return self.stage.draw_groups(rng, present)


Steps = BackboneSteps | PromptSteps
"""Steps of a stage: `outcome` runs the model with augmentation, `decide` without."""


def standardised(model: FocusModel, batch: SampleBatch) -> tuple[Tensor, Tensor]:
    """Return a batch's standardised images and its groups, on the model's device."""
    images = batch.tensor(model.statistics(batch.groups))
    return images.to(model.mean.device), torch.from_numpy(batch.groups).to(model.mean.device)


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the accuracy of logits and labels, shapes (batch, classes) and (batch,)."""
    return (logits.argmax(1) == labels).float().mean()
