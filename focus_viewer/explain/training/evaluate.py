"""Evaluation of a model on scenes with known truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.metrics.agreement import above_half_max
from focus_viewer.explain.model.focus_model import FocusModel, contrast
from focus_viewer.explain.training.samples import SampleBatch


@dataclass(frozen=True, eq=False)
class SceneScores:
    """Scores of a model on one scene.

    Attributes
    ----------
    label, focus, backbone : int
        True class, FOCUS's and the backbone's own decision.
    band_iou_half_max : float
        Groups above half of the curve's maximum against those above half of the truth's; NaN where
        there is no lesion.
    hit : float
        1 if the most salient patch touches the lesion, else 0; NaN where there is no lesion.
    sink : float
        Mean sink mass over the absent classes.
    """

    label: int
    focus: int
    backbone: int
    band_iou_half_max: float
    hit: float
    sink: float


@torch.inference_mode()
def score_scenes(model: FocusModel, batch: SampleBatch) -> list[SceneScores]:
    """Score a model on the scenes of a batch."""
    images = batch.tensor(model.statistics(batch.groups))
    groups = torch.from_numpy(batch.groups)
    own = model.backbone.logits(images, groups).argmax(1)
    output = model(images, groups)
    saliency = contrast(output.evidence).numpy()  # (scenes, classes, patches, groups)
    lesions = batch.lesion_patches(model.backbone.patch_px)
    scores = []
    for scene, label in enumerate(batch.labels.tolist()):
        values = saliency[scene, label]
        lesion = lesions[scene]
        curve = values.sum(axis=0, dtype=np.float64)
        scores.append(
            SceneScores(
                label,
                int(output.logits[scene].argmax()),
                int(own[scene]),
                band_iou_half_max(curve, batch.importance[scene]),
                float(lesion[values.sum(axis=1).argmax()]) if lesion.any() else float("nan"),
                float(np.delete(output.sink[scene].numpy(), label).mean()),
            )
        )
    return scores


def summarise(scores: list[SceneScores], classes: tuple[str, ...]) -> dict[str, float]:
    """Return means over scenes, and band IoU for each class with a truth; to 3 digits."""
    right = [j.focus == j.label for j in scores]
    own = [j.backbone == j.label for j in scores]
    figures = {
        "accuracy": float(np.mean(right)),
        "accuracy of the backbone": float(np.mean(own)),
        "band_iou_half_max": float(np.nanmean([j.band_iou_half_max for j in scores])),
        "pointing": float(np.nanmean([j.hit for j in scores])),
        "sink mass of absent classes": float(np.mean([j.sink for j in scores])),
    }
    for label, name in enumerate(classes):
        overlaps = [j.band_iou_half_max for j in scores if j.label == label]
        if not np.all(np.isnan(overlaps)):
            figures[f"band_iou_half_max, {name}"] = float(np.nanmean(overlaps))
    return {name: round(value, 3) for name, value in figures.items()}


def band_iou_half_max(curve: DoubleArray, truth: FloatArray) -> float:
    """Return the IoU of the groups above half maximum; NaN without a truth."""
    found, real = above_half_max(curve), above_half_max(truth)
    return float((found & real).sum() / (found | real).sum()) if real.any() else float("nan")
