"""Variants of the method, trained on the same frozen backbone and measured on the same scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from focus_viewer.core.progress import Step
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.benchmark.methods import Focus
from focus_viewer.explain.experiments.ablation import Part, build_without
from focus_viewer.explain.metrics.localisation import localisation
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.config import TrainingPlan
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.trainer import Trainer

_LOCATED = ("band_iou_top_n", "volume_ap", "spatial_iou", "pointing")
METRICS = ("accuracy", *_LOCATED, "sink_true", "sink_absent")
"""What is measured of each variant."""


@dataclass(frozen=True, eq=False)
class VariantTrainer:
    """Trainer of variants, with what all of them share.

    Attributes
    ----------
    setup : BenchmarkSetup
        The whole model.
    samples : list of SampleBatch
        To train on.
    """

    setup: BenchmarkSetup
    samples: list[SampleBatch]
    epochs: int

    def train(self, part: Part, seed: int, step: Step) -> FocusModel:
        """Train the prompts of a variant anew."""
        model = build_without(part, self.setup.model, self.setup.edges_nm, seed)
        samples = [part.batch(**vars(batch)) for batch in self.samples]
        trainer = Trainer(model, samples, self._plan(part, seed), step=step)
        trainer.measure_anchors()
        trainer.train_prompts()
        return model.requires_grad_(False).eval()

    def measure(
        self, part: Part, model: FocusModel, scenes: Sequence[BenchmarkScene], step: Step
    ) -> dict[str, float]:
        """Return the mean of each of `METRICS` over the scenes that have it."""
        setup, focus = replace(self.setup, model=model), part.focus(model, "evidence")
        found = []
        for done, scene in enumerate(scenes):
            step(done / len(scenes), "measuring")
            found.append(_measure(setup, focus, part.scene(**vars(scene))))
        return {name: float(np.nanmean([metrics[name] for metrics in found])) for name in METRICS}

    @torch.inference_mode()
    def backbone_accuracy(self, scenes: Sequence[BenchmarkScene]) -> float:
        """Return the accuracy of the frozen backbone alone."""
        windows = [self.setup.window(scene) for scene in scenes]
        decided = [
            self.setup.model.backbone.logits(window.images, window.groups) for window in windows
        ]
        right = [
            int(logits.argmax()) == scene.label
            for logits, scene in zip(decided, scenes, strict=True)
        ]
        return float(np.mean(right))

    def _plan(self, part: Part, seed: int) -> TrainingPlan:
        usual = TrainingPlan(seed=seed, loss=part.loss)
        return replace(usual, prompts=replace(usual.prompts, epochs=self.epochs))


def _measure(setup: BenchmarkSetup, focus: Focus, scene: BenchmarkScene) -> dict[str, float]:
    window = setup.window(scene)
    answers = focus.answers(window, range(len(setup.classes)))
    located = localisation(answers[scene.label].volume, scene.truth)
    sinks = [answer.on_sink for answer in answers]
    return {
        "accuracy": float(focus.logits(window).argmax() == scene.label),
        **{name: located[name] for name in _LOCATED},
        "sink_true": sinks.pop(scene.label),
        "sink_absent": float(np.mean(sinks)),
    }
