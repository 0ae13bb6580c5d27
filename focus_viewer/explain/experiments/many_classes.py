"""Prompts for many classes, learned on a frozen backbone whose head knows none of them.

Without such a head there is no decision to follow, and where a class is must be told otherwise:
see `departing`. Of many classes a step reads a few, those that are shown among them (sampled
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
from focus_viewer.core.typing import IntArray
from focus_viewer.explain.experiments.class_directions import class_means, measure_departures
from focus_viewer.explain.experiments.prompt_bank import assign
from focus_viewer.explain.model.backbone import Reading
from focus_viewer.explain.model.focus_model import FocusModel, FocusOutput
from focus_viewer.explain.model.prompts import SpectralPrompts
from focus_viewer.explain.training.config import Stage
from focus_viewer.explain.training.feature_cache import ReadLesson
from focus_viewer.explain.training.losses import LossWeights, Target, focus_losses, total
from focus_viewer.explain.training.optimisation import Course
from focus_viewer.explain.training.samples import Lesson, patches

_OF_CLASSES = ("prompts", "score_reader", "log_scale", "off_anchor", "patch_sink", "bias", "anchor")
# For as many classes the weight of the anchoring loss, which is a sum over classes, was chosen.
_USUAL_CLASSES = 5
_LEVELLED = 5  # lessons
_RIDGE = 0.01
_TINY = 1e-9


@dataclass(frozen=True)
class Plan:
    """How prompts for many classes are learned.

    Attributes
    ----------
    epochs : int
    rate : float
        Highest learning rate.
    read_classes : int
        How many classes a step reads, at least those that its scenes show.
    seed : int
    """

    epochs: int
    rate: float = 2e-2
    read_classes: int = 20
    seed: int = 0


class Material(NamedTuple):
    """What prompts learn from.

    Attributes
    ----------
    lessons : list of ReadLesson
        All groups of every scene, as the frozen backbone reads them.
    anchors : Tensor, shape (classes, groups)
        How each class's tissue departs.
    readers : Tensor, shape (classes, dim)
        What tells each class's patches from all patches, linearly.
    """

    lessons: list[ReadLesson]
    anchors: Tensor
    readers: Tensor


@torch.no_grad()
def read_material(model: FocusModel, lessons: list[Lesson], classes: int, step: Step) -> Material:
    """Read lessons by a frozen backbone, and measure where and how their classes depart.

    Parameters
    ----------
    model : FocusModel
        Its backbone and statistics; its prompts are not asked.
    lessons : list of Lesson
        Of scenes of one size, with all of the model's groups.
    classes : int
    step : Step

    Raises
    ------
    Cancelled
        From `step`.
    """
    read, leaves = [], []
    for done, lesson in enumerate(lessons):
        step(done / len(lessons), "reading tokens")
        read.append(read_lesson(model, lesson, classes))
        # At the leaf's edge it is the background that departs most.
        leaves.append(patches(lesson.leaf, model.backbone.patch_px).all(axis=-1))
    departures = torch.cat([lesson.departures for lesson in read]).float()
    labels = torch.cat([lesson.target.labels for lesson in read])
    leaf = torch.from_numpy(np.concatenate(leaves))
    anchors, seen = measure_departures(model.backbone, departures, leaf, labels, classes)
    shares = torch.split(seen, [len(lesson.target.labels) for lesson in read])
    placed = [
        lesson._replace(target=lesson.target._replace(seen=share))
        for lesson, share in zip(read, shares, strict=True)
    ]
    return Material(placed, anchors, _telling_apart(model, placed, classes))


def _telling_apart(model: FocusModel, lessons: list[ReadLesson], classes: int) -> Tensor:
    """Fisher's discriminant of each class's patches against all patches, shape (classes, dim).

    Fisher, The Use of Multiple Measurements in Taxonomic Problems, Annals of Eugenics 7 (1936).
    """
    patches = torch.cat([lesson.found.patches for lesson in lessons]).float() - model.expectation
    seen = torch.cat([lesson.target.seen for lesson in lessons])
    labels = torch.cat([lesson.target.labels for lesson in lessons])
    everywhere = patches.flatten(0, 1)
    spread = torch.cov(everywhere.T)
    spread += _RIDGE * spread.diagonal().mean() * torch.eye(len(spread))
    gaps = class_means(seen, patches, labels, classes) - everywhere.mean(0)
    readers: Tensor = torch.linalg.solve(spread, gaps.T).T
    return readers


def read_lesson(model: FocusModel, lesson: Lesson, classes: int) -> ReadLesson:
    """Read a lesson as it is; where its classes are is not known yet."""
    images = lesson.tensor(model.statistics(lesson.groups))
    groups, labels = torch.from_numpy(lesson.groups), torch.from_numpy(lesson.labels)
    found = Reading(*(part.half() for part in model.backbone(images, groups)))
    leaf = torch.from_numpy(lesson.leaf_patches(model.backbone.patch_px))
    noisy = ~leaf[..., None].expand(-1, -1, len(groups))
    # No head knows these classes: a teacher that has no opinion, whom nobody is to follow.
    target = Target(labels, torch.zeros(len(labels), classes), noisy, torch.zeros(leaf.shape))
    return ReadLesson(found, model.departures(images).half(), groups, target)


class Learner:
    """Prompts of any kind beside a model that lends its backbone and statistics.

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

    def learn(self, material: Material, plan: Plan, step: Step) -> None:
        """Train the prompts in place.

        Raises
        ------
        Cancelled
            From `step`.
        """
        stage = Stage("many classes", plan.epochs, plan.rate, 0, 0)
        lessons = material.lessons
        course = Course(stage, self.prompts, len(lessons), plan.seed)
        assign(self.prompts, "score_reader", material.readers)
        self.level(lessons[:_LEVELLED])
        self.prompts.requires_grad_(True)
        for epoch in range(plan.epochs):
            for done, index in enumerate(course.rng.permutation(len(lessons))):
                step((epoch + done / len(lessons)) / plan.epochs, "learning")
                course.follow(self._loss(lessons[index], plan, course.rng))
        self.prompts.requires_grad_(False)

    @torch.no_grad()
    def level(self, lessons: Sequence[ReadLesson]) -> None:
        """Begin with logits of unit spread and with no class ahead of others on average.

        Else classes that depart most win every scene at first, and of many classes each is seen
        too rarely to learn better.
        """
        logits = torch.cat([self.decide(lesson).logits for lesson in lessons])
        logits = logits - self.prompts.bias
        scale = logits.std().clamp_min(_TINY)
        self.prompts.log_scale.sub_(scale.log())
        self.prompts.bias.copy_(-logits.mean(0) / scale)

    @torch.no_grad()
    def decide(self, lesson: ReadLesson) -> FocusOutput:
        """Read a lesson for all classes."""
        return self._output(lesson, np.arange(len(self.prompts.bias)))

    def _loss(self, lesson: ReadLesson, plan: Plan, rng: np.random.Generator) -> Tensor:
        chosen = draw_classes(lesson.target.labels.numpy(), len(self.prompts.bias), plan, rng)
        target = _among(lesson.target, chosen)
        off_anchor = self.prompts.off_anchor[torch.from_numpy(chosen)]
        weights = LossWeights()
        price = weights.anchoring * _USUAL_CLASSES / len(chosen)
        weights = replace(weights, distillation=0.0, anchoring=price)
        return total(focus_losses(self._output(lesson, chosen), target, off_anchor, weights))

    def _output(self, lesson: ReadLesson, chosen: IntArray) -> FocusOutput:
        kept = torch.from_numpy(chosen)
        own = {f"model.prompts.{name}": getattr(self.prompts, name)[kept] for name in _OF_CLASSES}
        own["model.prompts.sink"] = self.prompts.sink
        found = Reading(*(part.float() for part in lesson.found))
        read = (found, lesson.departures.float(), lesson.groups)
        output: FocusOutput = functional_call(self._reader, own, read)
        return output


class _Reader(nn.Module):
    """Reads with whatever prompts are put in place of the model's."""

    def __init__(self, model: FocusModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, found: Reading, departures: Tensor, groups: Tensor) -> FocusOutput:
        return self.model.decide(self.model.weigh(found, departures, groups))


def draw_classes(labels: IntArray, classes: int, plan: Plan, rng: np.random.Generator) -> IntArray:
    """Classes that a step reads, ascending: those shown, and any others."""
    shown = np.unique(labels)
    others = np.setdiff1d(np.arange(classes), shown)
    more = min(max(plan.read_classes - len(shown), 0), len(others))
    return np.sort(np.concatenate([shown, rng.choice(others, more, replace=False)]))


def _among(target: Target, chosen: IntArray) -> Target:
    """The target where only the chosen classes are read."""
    kept = torch.from_numpy(chosen)
    labels = torch.searchsorted(kept, target.labels)
    return target._replace(labels=labels, teacher=target.teacher[:, kept])
