"""Prompts for many classes, learned on a frozen backbone whose head knows none, and metrics.

Without such a head there is no decision to follow, and a class must be localised otherwise:
see `class_directions`. Of many classes a step reads a few, those that are shown among them (sampled
softmax: Jean et al., On Using Very Large Target Vocabulary, ACL 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.explain.experiments.class_directions import class_means, measure_class_directions
from focus_viewer.explain.experiments.prompt_bank import assign
from focus_viewer.explain.metrics.agreement import above_half_max, top_iou
from focus_viewer.explain.model.backbone import Reading
from focus_viewer.explain.model.focus_model import FocusModel, FocusOutput, contrast
from focus_viewer.explain.model.prompts import SpectralPrompts
from focus_viewer.explain.training.config import Stage
from focus_viewer.explain.training.feature_cache import CachedFeatures
from focus_viewer.explain.training.losses import LossWeights, Target, focus_losses, total
from focus_viewer.explain.training.optimisation import Optimisation
from focus_viewer.explain.training.samples import SampleBatch, patches

_OF_CLASSES = ("prompts", "score_reader", "log_scale", "off_anchor", "patch_sink", "bias", "anchor")
# For as many classes the weight of the loss `gain_l2`, which is a sum over classes, was chosen.
_USUAL_CLASSES = 5
_FIRST = 5
_LEVELLED = 5  # batches
_RIDGE = 0.01
_TINY = 1e-9


@dataclass(frozen=True)
class Plan:
    """Training plan of prompts for many classes.

    Attributes
    ----------
    rate : float
        Highest learning rate.
    read_classes : int
        How many classes a step reads, at least those that its scenes show.
    """

    epochs: int
    rate: float = 2e-2
    read_classes: int = 20
    seed: int = 0


class PromptTrainingData(NamedTuple):
    """Training data of prompts for many classes.

    Attributes
    ----------
    samples : list of CachedFeatures
        All groups of every scene, as the frozen backbone reads them.
    anchors : Tensor, shape (classes, groups)
        Each class's direction.
    readers : Tensor, shape (classes, dim)
        Linear discriminants of each class's patches from all patches.
    """

    samples: list[CachedFeatures]
    anchors: Tensor
    readers: Tensor


@torch.no_grad()
def prepare_training_data(
    model: FocusModel, samples: list[SampleBatch], classes: int, step: Step
) -> PromptTrainingData:
    """Compute features by a frozen backbone, and measure the directions of the classes.

    Parameters
    ----------
    model : FocusModel
        Its backbone and statistics; its prompts are not asked.
    samples : list of SampleBatch
        Of scenes of one size, with all of the model's groups.
    """
    read, leaves = [], []
    for done, batch in enumerate(samples):
        step(done / len(samples), "reading tokens")
        read.append(read_features(model, batch, classes))
        # At the leaf's edge the background deviates most.
        leaves.append(patches(batch.leaf, model.backbone.patch_px).all(axis=-1))
    log_ratios = torch.cat([batch.log_ratios for batch in read]).float()
    labels = torch.cat([batch.target.labels for batch in read])
    leaf = torch.from_numpy(np.concatenate(leaves))
    anchors, patch_weights = measure_class_directions(
        model.backbone, log_ratios, leaf, labels, classes
    )
    shares = torch.split(patch_weights, [len(batch.target.labels) for batch in read])
    placed = [
        batch._replace(target=batch.target._replace(patch_weights=share))
        for batch, share in zip(read, shares, strict=True)
    ]
    return PromptTrainingData(placed, anchors, _discriminants(model, placed, classes))


def _discriminants(model: FocusModel, samples: list[CachedFeatures], classes: int) -> Tensor:
    """Return Fisher's discriminant of each class's patches against all, shape (classes, dim).

    Fisher, The Use of Multiple Measurements in Taxonomic Problems, Annals of Eugenics 7 (1936).
    """
    patches = torch.cat([batch.found.patches for batch in samples]).float() - model.expectation
    patch_weights = torch.cat([batch.target.patch_weights for batch in samples])
    labels = torch.cat([batch.target.labels for batch in samples])
    everywhere = patches.flatten(0, 1)
    spread = torch.cov(everywhere.T)
    spread += _RIDGE * spread.diagonal().mean() * torch.eye(len(spread))
    gaps = class_means(patch_weights, patches, labels, classes) - everywhere.mean(0)
    readers: Tensor = torch.linalg.solve(spread, gaps.T).T
    return readers


def read_features(model: FocusModel, batch: SampleBatch, classes: int) -> CachedFeatures:
    """Compute the features of a batch without augmentation and without localisation."""
    images = batch.tensor(model.statistics(batch.groups))
    groups, labels = torch.from_numpy(batch.groups), torch.from_numpy(batch.labels)
    found = Reading(*(part.half() for part in model.backbone(images, groups)))
    leaf = torch.from_numpy(batch.leaf_patches(model.backbone.patch_px))
    noisy = ~leaf[..., None].expand(-1, -1, len(groups))
    # No head knows these classes: a teacher that has no opinion, whom nobody is to follow.
    target = Target(labels, torch.zeros(len(labels), classes), noisy, torch.zeros(leaf.shape))
    return CachedFeatures(found, model.log_ratios(images).half(), groups, target)


class PromptTrainer:
    """Trainer of prompts of any kind on a model's backbone and statistics.

    Parameters
    ----------
    model : FocusModel
        Frozen.
    prompts : SpectralPrompts
        For any number of classes.
    """

    def __init__(self, model: FocusModel, prompts: SpectralPrompts) -> None:
        self.prompts = prompts
        self._reader = _Reader(model)

    def learn(self, data: PromptTrainingData, plan: Plan, step: Step) -> None:
        """Train the prompts in place."""
        stage = Stage("many classes", plan.epochs, plan.rate, 0, 0)
        samples = data.samples
        optimisation = Optimisation(stage, self.prompts, len(samples), plan.seed)
        assign(self.prompts, "score_reader", data.readers)
        self.level(samples[:_LEVELLED])
        self.prompts.requires_grad_(True)
        for epoch in range(plan.epochs):
            for done, index in enumerate(optimisation.rng.permutation(len(samples))):
                step((epoch + done / len(samples)) / plan.epochs, "learning")
                optimisation.step(self._loss(samples[index], plan, optimisation.rng))
        self.prompts.requires_grad_(False)

    @torch.no_grad()
    def level(self, samples: Sequence[CachedFeatures]) -> None:
        """Scale and shift the initial logits to unit standard deviation and equal class means.

        Else classes that deviate most win every scene at first, and of many classes each is seen
        too rarely to learn better.
        """
        logits = torch.cat([self.decide(batch).logits for batch in samples])
        logits = logits - self.prompts.bias
        scale = logits.std().clamp_min(_TINY)
        self.prompts.log_scale.sub_(scale.log())
        self.prompts.bias.copy_(-logits.mean(0) / scale)

    @torch.no_grad()
    def decide(self, batch: CachedFeatures) -> FocusOutput:
        """Decide on a batch for all classes."""
        return self._output(batch, np.arange(len(self.prompts.bias)))

    def _loss(self, batch: CachedFeatures, plan: Plan, rng: np.random.Generator) -> Tensor:
        chosen = draw_classes(batch.target.labels.numpy(), len(self.prompts.bias), plan, rng)
        target = _among(batch.target, chosen)
        off_anchor = self.prompts.off_anchor[torch.from_numpy(chosen)]
        weights = LossWeights()
        price = weights.gain_l2 * _USUAL_CLASSES / len(chosen)
        weights = replace(weights, distillation=0.0, gain_l2=price)
        return total(focus_losses(self._output(batch, chosen), target, off_anchor, weights))

    def _output(self, batch: CachedFeatures, chosen: IntArray) -> FocusOutput:
        kept = torch.from_numpy(chosen)
        own = {f"model.prompts.{name}": getattr(self.prompts, name)[kept] for name in _OF_CLASSES}
        own["model.prompts.sink"] = self.prompts.sink
        found = Reading(*(part.float() for part in batch.found))
        read = (found, batch.log_ratios.float(), batch.groups)
        output: FocusOutput = functional_call(self._reader, own, read)
        return output


class _Reader(nn.Module):
    """Model whose prompts can be substituted."""

    def __init__(self, model: FocusModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, found: Reading, log_ratios: Tensor, groups: Tensor) -> FocusOutput:
        return self.model.decide(self.model.weigh(found, log_ratios, groups))


def draw_classes(labels: IntArray, classes: int, plan: Plan, rng: np.random.Generator) -> IntArray:
    """Draw the classes that a step reads, ascending: the shown classes, and others."""
    shown = np.unique(labels)
    others = np.setdiff1d(np.arange(classes), shown)
    more = min(max(plan.read_classes - len(shown), 0), len(others))
    return np.sort(np.concatenate([shown, rng.choice(others, more, replace=False)]))


def _among(target: Target, chosen: IntArray) -> Target:
    """Return the target where only the chosen classes are read."""
    kept = torch.from_numpy(chosen)
    labels = torch.searchsorted(kept, target.labels)
    return target._replace(labels=labels, teacher=target.teacher[:, kept])


@dataclass(frozen=True)
class Figures:
    """Means over scenes.

    Attributes
    ----------
    accuracy : float
        Share of scenes of which the class comes out first.
    among_five : float
        Share of scenes of which the class is among the first five.
    band_iou_top_n : float
        Overlap of the n highest groups of the class's curve with the n true ones, over scenes of
        classes that have a truth.
    chance_iou : float
        What a curve that knows nothing would have.
    """

    accuracy: float
    among_five: float
    band_iou_top_n: float
    chance_iou: float


def measure(
    model: FocusModel,
    trainer: PromptTrainer,
    samples: Sequence[SampleBatch],
    classes: int,
    step: Step,
) -> Figures:
    """Decide on scenes and compare curves with the truth.

    Parameters
    ----------
    samples : sequence of SampleBatch
        Never learned from.
    """
    first, five, overlaps, chance = [], [], [], []
    for done, batch in enumerate(samples):
        step(done / len(samples), "measuring")
        output = trainer.decide(read_features(model, batch, classes))
        own = torch.from_numpy(batch.labels)
        ranks = (output.logits > output.logits.gather(1, own[:, None])).sum(1).numpy()
        first.append(ranks < 1)
        five.append(ranks < _FIRST)
        curves = contrast(output.evidence.sum(2))[range(len(own)), own].numpy()
        overlaps.append(_overlaps(curves, batch))
        chance.append(_overlaps(np.zeros_like(curves), batch))
    return Figures(_mean(first), _mean(five), _mean(overlaps), _mean(chance))


def _overlaps(curves: FloatArray, batch: SampleBatch) -> list[float]:
    """Return the overlap of each scene's curve with its true groups; NaN without a truth."""
    truths = above_half_max(batch.importance)
    return [top_iou(curve, truth) for curve, truth in zip(curves, truths, strict=True)]


def _mean(parts: Sequence[object]) -> float:
    return float(np.nanmean(np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])))
