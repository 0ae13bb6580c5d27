"""Training in two stages: the backbone, then, with the backbone frozen, prompts and sink."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from focus_viewer.core.progress import Step, silent
from focus_viewer.explain.focus_model import FocusModel
from focus_viewer.explain.lessons import (
    Lesson,
    add_noise,
    measure_statistics,
    random_groups,
    turned,
)
from focus_viewer.explain.losses import LossWeights, focus_loss

_WEIGHT_DECAY = 0.02
_WARM_UP = 0.1
_GRADIENT_LIMIT = 1.0


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


@dataclass(frozen=True)
class TrainingPlan:
    """Both stages.

    Attributes
    ----------
    backbone, prompts : Stage
    seed : int
    loss : LossWeights
        Of the prompts.
    """

    backbone: Stage = Stage("backbone", epochs=14, rate=3e-3, least_groups=12, most_groups=16)
    prompts: Stage = Stage("prompts", epochs=10, rate=5e-3, least_groups=12, most_groups=42)
    seed: int = 0
    loss: LossWeights = field(default_factory=LossWeights)


@dataclass(frozen=True, eq=False)
class Batch:
    """What one step of training sees.

    Attributes
    ----------
    images : Tensor, shape (batch, groups, height, width)
    groups : Tensor of int64, shape (groups,)
    labels : Tensor of int64, shape (batch,)
    noisy : Tensor of bool, shape (batch, patches, groups)
    """

    images: Tensor
    groups: Tensor
    labels: Tensor
    noisy: Tensor


class TrainingLog:
    """A CSV line for each epoch: stage, epoch, mean loss, share of right decisions.

    Parameters
    ----------
    path : Path or None
        None keeps no log.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        if path is not None:
            path.write_text("stage,epoch,loss,accuracy\n", encoding="utf-8")

    def write(self, stage: str, epoch: int, losses: list[float], hits: list[float]) -> None:
        """Add an epoch."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8", newline="") as file:
                means = [f"{np.mean(values):.4f}" for values in (losses, hits)]
                csv.writer(file, lineterminator="\n").writerow([stage, epoch, *means])


class Trainer:
    """Trains a model in place on lessons.

    Parameters
    ----------
    model : FocusModel
    lessons : list of Lesson
    plan : TrainingPlan
    step : Step
        Raises `Cancelled` to stop; the model is then left as it is.
    log : Path or None
        CSV file to write.
    """

    def __init__(
        self,
        model: FocusModel,
        lessons: list[Lesson],
        plan: TrainingPlan,
        step: Step = silent,
        log: Path | None = None,
    ) -> None:
        self.model = model
        self.lessons = lessons
        self.plan = plan
        self._step = step
        self._log = TrainingLog(log)

    def train(self) -> None:
        """Train from nothing to ready.

        Raises
        ------
        Cancelled
        """
        torch.manual_seed(self.plan.seed)
        mean, deviation = measure_statistics(self.lessons, len(self.model.mean))
        self.model.mean.copy_(torch.from_numpy(mean))
        self.model.deviation.copy_(torch.from_numpy(deviation))
        self.train_backbone()
        self.measure_expectation()
        self.train_prompts()
        self.model.requires_grad_(False).eval()

    def train_backbone(self) -> None:
        """Stage 1: the backbone learns to decide by itself, at any sensor."""
        backbone = self.model.backbone.train()

        def loss(batch: Batch) -> tuple[Tensor, Tensor]:
            logits = backbone.logits(batch.images, batch.groups)
            return functional.cross_entropy(logits, batch.labels, label_smoothing=0.05), logits

        self._run(self.plan.backbone, backbone, loss)
        backbone.requires_grad_(False).eval()

    def train_prompts(self) -> None:
        """Stage 2: prompts and sink learn to read the backbone, which is frozen for it."""
        backbone = self.model.backbone.requires_grad_(False).eval()

        def loss(batch: Batch) -> tuple[Tensor, Tensor]:
            with torch.no_grad():
                tokens = backbone.tokens(batch.images, batch.groups)
                tap = backbone.keys_and_values(tokens)
                teacher = backbone.decide(tokens)
            output = self.model.decide(self.model.read_tap(tap, batch.groups))
            value = focus_loss(output, batch.labels, teacher, batch.noisy, self.plan.loss)
            return value, output.logits

        self._run(self.plan.prompts, self.model.prompts, loss)

    @torch.inference_mode()
    def measure_expectation(self) -> None:
        """Store the mean value vector of each group over leaf patches, the origin of evidence."""
        model, patch = self.model, self.model.backbone.patch_px
        total = torch.zeros_like(model.expectation)
        count = torch.zeros(len(total))
        for lesson in self.lessons:
            groups = torch.from_numpy(lesson.groups)
            tap = model.backbone(lesson.tensor(model.statistics(lesson.groups)), groups)
            leaf = torch.from_numpy(lesson.leaf_patches(patch)).float()  # (scenes, patches)
            total[groups] += torch.einsum("bkphd,bp->khd", tap.values, leaf)
            count[groups] += leaf.sum()
        model.expectation.copy_(total / count.clamp_min(1)[:, None, None])

    def _run(
        self, stage: Stage, trained: nn.Module, loss_of: Callable[[Batch], tuple[Tensor, Tensor]]
    ) -> None:
        parameters = list(trained.parameters())
        optimizer = torch.optim.AdamW(parameters, lr=stage.rate, weight_decay=_WEIGHT_DECAY)
        total = max(stage.epochs * len(self.lessons), 2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=stage.rate, total_steps=total, pct_start=_WARM_UP
        )
        rng = np.random.default_rng([self.plan.seed, len(stage.name)])
        done = 0
        for epoch in range(1, stage.epochs + 1):
            losses, hits = [], []
            for batch in self._batches(stage, rng):
                self._step(done / total, f"{stage.name}, epoch {epoch}")
                loss, logits = loss_of(batch)
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                nn.utils.clip_grad_norm_(parameters, _GRADIENT_LIMIT)
                optimizer.step()
                schedule.step()
                done += 1
                losses.append(loss.item())
                hits.append((logits.argmax(1) == batch.labels).float().mean().item())
            self._log.write(stage.name, epoch, losses, hits)

    def _batches(self, stage: Stage, rng: np.random.Generator) -> Iterator[Batch]:
        for index in rng.permutation(len(self.lessons)):
            lesson = self.lessons[index]
            lesson = lesson.take(
                random_groups(rng, lesson.groups.size, stage.least_groups, stage.most_groups)
            )
            images = turned(lesson.tensor(self.model.statistics(lesson.groups)), rng)
            images, noisy = add_noise(images, self.model.backbone.patch_px, rng)
            groups, labels = torch.from_numpy(lesson.groups), torch.from_numpy(lesson.labels)
            yield Batch(images, groups, labels, noisy)
