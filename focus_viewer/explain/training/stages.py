"""Training stages: the input and the loss of a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from focus_viewer.core.typing import BoolArray
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.head import pooled
from focus_viewer.explain.training.blanking import blank, random_blanks
from focus_viewer.explain.training.config import Stage, TrainingPlan
from focus_viewer.explain.training.games import PlayedGame
from focus_viewer.explain.training.losses import (
    LossParts,
    LossWeights,
    coalition_losses,
    coalition_r2,
    trait_loss,
)
from focus_viewer.explain.training.samples import SampleBatch, add_noise, turned
from focus_viewer.explain.training.targets import class_targets, trait_targets

# Of the steps that see surroundings: users have cubes on which the test cannot be made.
_WITH_SURROUNDINGS = 0.25


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
    """Steps that train the backbone's own decision, at any sensor.

    Parameters
    ----------
    tissue : sequence of BoolArray
        For each batch, its pixels that pass the tissue test.
    """

    def __init__(
        self,
        model: FocusModel,
        samples: Sequence[SampleBatch],
        tissue: Sequence[BoolArray],
        plan: TrainingPlan,
    ) -> None:
        self.stage = plan.backbone
        self.trained: nn.Module = nn.ModuleList([model.backbone, model.traits])
        self.steps = len(samples)
        self._model = model
        self._samples = samples
        self._tissue = tissue
        self._plan = plan

    def outcome(self, index: int, rng: np.random.Generator) -> Outcome:
        """Run the backbone on some groups of a batch: rotated, with noise, parts of it blank."""
        model, batch = self._model, self._samples[index]
        batch = batch.take(self.stage.draw_groups(rng, batch.groups.size))
        alone = rng.random() >= _WITH_SURROUNDINGS
        shown = self._tissue[index]
        images = batch.tensor(model.statistics(batch.groups), shown if alone else None)
        traits = trait_targets(batch, shown, alone)
        lesion = torch.from_numpy(batch.lesion)[:, None].float()
        both = turned(torch.cat([images, traits, lesion], dim=1), rng)
        groups = images.shape[1]
        images, traits, lesion = both[:, :groups], both[:, groups:-1], both[:, -1]
        images, _ = add_noise(images, model.backbone.patch_px, rng)
        kept = self._kept(batch, rng)
        asked = kept if self._plan.informed else torch.ones_like(kept)
        usual = self._plan.usual_class
        wanted = class_targets(batch, model.prompts.classes, asked, lesion, usual)
        return self._outcome(blank(images, kept), traits, batch, wanted)

    def _kept(self, batch: SampleBatch, rng: np.random.Generator) -> Tensor:
        """Draw what is shown; all of scenes with a second lesion: its bands are not known."""
        kept = random_blanks(rng, len(batch.labels), len(batch.groups))
        whole = (batch.second >= 0) | (not self._plan.blanks)
        return kept | torch.from_numpy(whole)[:, None, None, None]

    def _outcome(
        self, images: Tensor, traits: Tensor, batch: SampleBatch, classes: Tensor
    ) -> Outcome:
        model, device = self._model, self._model.mean.device
        groups = torch.from_numpy(batch.groups).to(device)
        patches = model.backbone.patches(model.backbone.tokens(images.to(device), groups))
        logits = model.backbone.vit.head(pooled(model.backbone.vit, patches))
        labels = torch.from_numpy(batch.labels).to(device)
        wanted = patch_means(traits.to(device), model.backbone.patch_px)
        found = model.traits(model.backbone.vit.fc_norm(patches))
        parts = {
            "cross_entropy": nn.functional.cross_entropy(logits, classes.to(device)),
            "traits": self._plan.loss.traits * trait_loss(found, wanted),
        }
        return Outcome(parts, {"accuracy": accuracy(logits, labels)})

    def decide(self, batch: SampleBatch, shown: BoolArray) -> Tensor:
        """Return the backbone's own logits, shape (scenes, classes)."""
        model = self._model
        return model.backbone.logits(*standardised(model, batch, shown))


class PromptSteps:
    """Steps that train prompts and sink on the frozen backbone's values under coalitions."""

    def __init__(
        self, model: FocusModel, games: Sequence[PlayedGame], stage: Stage, weights: LossWeights
    ) -> None:
        self.stage = stage
        self.trained: nn.Module = model.prompts
        self.steps = len(games)
        self._model = model
        self._games = games
        self._weights = weights

    def outcome(self, index: int, rng: np.random.Generator) -> Outcome:
        """Explain the scenes of a game by prompts and sink."""
        played = self._games[index].to(self._model.mean.device)
        reading = self._model.attend(played.found, played.usual, played.groups)
        output = self._model.decide(reading, played.usual, played.shown)
        absorbed, noisy = reading.attention.absorbed, played.noisy
        parts = coalition_losses(output.evidence, absorbed, noisy, played.game, self._weights)
        figures = {
            "coalition_r2": coalition_r2(output.evidence, noisy, played.game),
            "sink_noise": absorbed[noisy].mean() if noisy.any() else absorbed.new_zeros(()),
            "sink_clean": absorbed[~noisy].mean(),
        }
        return Outcome(parts, figures)

    def decide(self, batch: SampleBatch, shown: BoolArray) -> Tensor:
        """Return the frozen backbone's logits, shape (scenes, classes)."""
        return self._model.backbone.logits(*standardised(self._model, batch, shown))


DecidingSteps = BackboneSteps | PromptSteps
"""Steps of a stage that decides: `outcome` runs the model with augmentation, `decide` without."""


class Steps(Protocol):
    """Steps of a stage: what they train, and the input and loss of each."""

    stage: Stage
    trained: nn.Module
    steps: int

    def outcome(self, index: int, rng: np.random.Generator) -> Outcome:
        """Run the model on an input, with augmentation."""
        ...


def patch_means(images: Tensor, patch_px: int) -> Tensor:
    """Return the mean of what is known in each patch, NaN where it is less than half.

    From (batch, channels, height, width) to (batch, patches, channels).
    """
    known = torch.isfinite(images)
    filled = torch.where(known, images, torch.zeros((), device=images.device))
    sums, share = (
        nn.functional.avg_pool2d(values, patch_px).flatten(2).mT
        for values in (filled, known.float())
    )
    return torch.where(share >= 0.5, sums / share.clamp_min(1e-9), torch.nan)


def standardised(
    model: FocusModel, batch: SampleBatch, shown: BoolArray | None = None
) -> tuple[Tensor, Tensor]:
    """Return a batch's standardised images and its groups, on the model's device."""
    images = batch.tensor(model.statistics(batch.groups), shown)
    return images.to(model.mean.device), torch.from_numpy(batch.groups).to(model.mean.device)


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the accuracy of logits and labels, shapes (batch, classes) and (batch,)."""
    return (logits.argmax(1) == labels).float().mean()
