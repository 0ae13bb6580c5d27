"""Metrics of prompts for many classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.experiments.many_classes import PromptTrainer, read_features
from focus_viewer.explain.metrics.agreement import top_iou
from focus_viewer.explain.model.focus_model import FocusModel, contrast
from focus_viewer.explain.training.samples import SampleBatch

_FIRST = 5


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
    tops = batch.importance.max(axis=1, keepdims=True)
    truths = (batch.importance >= tops / 2) & (tops > 0)
    return [top_iou(curve, truth) for curve, truth in zip(curves, truths, strict=True)]


def _mean(parts: Sequence[object]) -> float:
    return float(np.nanmean(np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])))
