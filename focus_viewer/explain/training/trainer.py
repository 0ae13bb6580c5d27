"""Training in two stages: the backbone, then, with the backbone frozen, prompts and sink."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import BoolArray
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.anchors import measure_anchors
from focus_viewer.explain.training.checkpoint import Checkpoint, Point
from focus_viewer.explain.training.config import TrainingPlan
from focus_viewer.explain.training.games import PlayedGame, play_games
from focus_viewer.explain.training.log import Means, Row, TrainingLog
from focus_viewer.explain.training.losses import total
from focus_viewer.explain.training.optimisation import Optimisation
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.stages import (
    BackboneSteps,
    DecidingSteps,
    PromptSteps,
    Steps,
)
from focus_viewer.explain.training.statistics import (
    measure_statistics,
    sample_background,
    sample_tissue,
)

_FROZEN = "frozen"


class Trainer:
    """Trainer of a model, in place and on the model's device.

    On the CPU, the same plan, samples and number of threads give the same weights, bit for bit,
    however often the run was broken off and went on.

    Parameters
    ----------
    samples : list of SampleBatch
        Scenes of one window or of several; batches may differ in size.
    held_out : sequence of SampleBatch
        Decided on after every epoch, never learned from.
    step : Step
        Raises `Cancelled` to stop; the model is then left as it is.
    checkpoint : Checkpoint or None
        Written after every epoch. If it holds a run already, that run goes on.
    """

    def __init__(
        self,
        model: FocusModel,
        samples: list[SampleBatch],
        plan: TrainingPlan,
        held_out: Sequence[SampleBatch] = (),
        step: Step = silent,
        log: TrainingLog | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.model = model
        self.samples = samples
        self.plan = plan
        self._held_out = held_out
        self._step = step
        self._log = log or TrainingLog()
        self._checkpoint = checkpoint
        self._point: Point | None = None
        self._tissue: list[BoolArray] = []
        self._held_out_tissue: list[BoolArray] = []

    def train(self) -> None:
        """Train from the start, or resume an interrupted run, to the end.

        Raises
        ------
        FocusError
            If the checkpoint is broken or belongs to another order.
        """
        torch.manual_seed(self.plan.seed)
        self._point = self._checkpoint.load() if self._checkpoint else None
        if self._point is None:
            self.measure_statistics()
        else:
            self.model.load_state_dict(self._point.model)
            self._log.replace(self._point.rows)
        self.test_tissue()
        for run in self._what_is_left():
            run()
        self.model.requires_grad_(False).eval()

    def train_stage(self, steps: Steps) -> None:
        """Train one stage alone, from the start or from where an interrupted run was.

        Errors are those of `train`.
        """
        torch.manual_seed(self.plan.seed)
        self.model.requires_grad_(False).eval()
        self._point = self._checkpoint.load() if self._checkpoint else None
        if self._point is not None:
            self.model.load_state_dict(self._point.model)
            self._log.replace(self._point.rows)
        self._run(steps)
        self.model.requires_grad_(False).eval()

    def measure_statistics(self) -> None:
        """Measure and store the statistics of leaves, spectra of tissue and of what is none."""
        model, leaves = self.model, measure_statistics(self.samples, len(self.model.mean))
        model.mean.copy_(torch.from_numpy(leaves.mean))
        model.log_std.copy_(torch.from_numpy(leaves.log_std))
        model.residual_std.copy_(torch.from_numpy(leaves.residual_std))
        model.brightness_weights.copy_(torch.from_numpy(leaves.log_std**-2))
        statistics = model.statistics(np.arange(len(model.mean)))
        rng = np.random.default_rng(self.plan.seed)
        model.tissue.copy_(torch.from_numpy(sample_tissue(self.samples, statistics, rng)))
        others = sample_background(self.samples, statistics, rng)
        if others is not None:
            model.background.copy_(torch.from_numpy(others))

    def test_tissue(self) -> None:
        """Test every pixel of all scenes for tissue, once for all epochs."""
        self._tissue = [tissue_pixels(self.model, batch) for batch in self.samples]
        self._held_out_tissue = [tissue_pixels(self.model, batch) for batch in self._held_out]

    def train_backbone(self) -> None:
        """Train the backbone's own decision, at any sensor (stage 1)."""
        self._run(BackboneSteps(self.model, self.samples, self._tissue, self.plan))
        self._freeze()

    def measure_anchors(self) -> None:
        """Freeze the backbone, its head centred, and measure the class anchors."""
        self._freeze()
        self.model.backbone.centre_head()
        measure_anchors(self.model, self.samples, self._tissue, self._step)
        self._save(Point(_FROZEN, 0, self.model.state_dict(), {}, self._log.rows))

    def train_prompts(self) -> None:
        """Train prompts and sink on the frozen backbone (stage 2)."""
        self.train_prompts_on(self.play_games())

    def play_games(self) -> list[PlayedGame]:
        """Ask the frozen backbone for what prompts and sink learn from."""
        self._freeze()
        plan = self.plan
        return play_games(
            self.model, self.samples, self._tissue, plan.games, plan.pairs, plan.seed, self._step
        )

    def train_prompts_on(self, games: list[PlayedGame]) -> None:
        """Train prompts and sink on games of this backbone that were played before."""
        self._freeze()
        self._run(PromptSteps(self.model, games, self.plan.prompts, self.plan.loss))

    def _what_is_left(self) -> list[Callable[[], None]]:
        stages = (
            (self.plan.backbone.name, self.plan.backbone.epochs, self.train_backbone),
            (_FROZEN, 0, self.measure_anchors),
            (self.plan.prompts.name, self.plan.prompts.epochs, self.train_prompts),
        )
        runs = [run for _, _, run in stages]
        if self._point is None:
            return runs
        reached = [name for name, _, _ in stages].index(self._point.stage)
        complete = self._point.epoch >= stages[reached][1]
        return runs[reached + complete :]

    def _freeze(self) -> None:
        self.model.backbone.requires_grad_(False).eval()
        self.model.traits.requires_grad_(False).eval()

    def _run(self, steps: Steps) -> None:
        stage = steps.stage
        steps.trained.requires_grad_(True)
        optimisation = Optimisation(stage, steps.trained, steps.steps, self.plan.seed)
        done = 0
        if self._point and self._point.stage == stage.name:
            done = self._point.epoch
            optimisation.restore(self._point.optimisation)
        for epoch in range(done + 1, stage.epochs + 1):
            row: Row = {
                "stage": stage.name,
                "epoch": epoch,
                **self._epoch(steps, optimisation, epoch),
            }
            rows = [*self._log.rows, row]
            self._save(
                Point(stage.name, epoch, self.model.state_dict(), optimisation.state(), rows)
            )
            self._log.replace(rows)

    def _epoch(self, steps: Steps, optimisation: Optimisation, epoch: int) -> dict[str, float]:
        started, means, stage = time.perf_counter(), Means(), steps.stage
        steps.trained.train()
        for done, index in enumerate(optimisation.rng.permutation(steps.steps)):
            share = (epoch - 1 + done / steps.steps) / stage.epochs
            self._step(share, f"{stage.name}, epoch {epoch}")
            outcome = steps.outcome(int(index), optimisation.rng)
            loss = total(outcome.parts)
            optimisation.step(loss)
            means.add({"loss": loss, **outcome.parts, **outcome.figures})
        steps.trained.eval()
        held_out = self._held_out_accuracy(steps) if isinstance(steps, DecidingSteps) else {}
        return {**means.means(), **held_out, "seconds": time.perf_counter() - started}

    @torch.inference_mode()
    def _held_out_accuracy(self, steps: DecidingSteps) -> dict[str, float]:
        right = [
            steps.decide(batch, shown).argmax(1).cpu() == torch.from_numpy(batch.labels)
            for batch, shown in zip(self._held_out, self._held_out_tissue, strict=True)
        ]
        return {"held_out_accuracy": torch.cat(right).float().mean().item()} if right else {}

    def _save(self, point: Point) -> None:
        if self._checkpoint:
            self._checkpoint.save(point)


def tissue_pixels(model: FocusModel, batch: SampleBatch, strict: bool = False) -> BoolArray:
    """Test the pixels of a batch for tissue, shape (scenes, rows, cols).

    Not strictly in training: what then passes for tissue is clutter that a model must learn to
    leave alone, as it may meet some in use.
    """
    test = model.tissue_test(batch.groups, strict)
    return np.stack([test.pixels(scene) for scene in batch.images])
