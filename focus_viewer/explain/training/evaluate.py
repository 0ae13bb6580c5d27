"""Evaluation of a model on scenes with known truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.explain.metrics.agreement import above_half_max
from focus_viewer.explain.model.focus_model import FocusModel, contrast
from focus_viewer.explain.training.samples import SampleBatch, patches
from focus_viewer.explain.training.stages import standardised


@dataclass(frozen=True, eq=False)
class SceneScores:
    """Scores of a model on one scene.

    Attributes
    ----------
    label, decision : int
        True class, and the frozen backbone's decision.
    logits : Tensor, shape (classes,)
    groups : int
        Of the scene's sensor.
    band_iou_half_max : float
        Groups above half of the curve's maximum against those above half of the truth's; NaN where
        there is no lesion.
    hit : float
        1 if the most salient patch touches the lesion, else 0; NaN where there is no lesion.
    remainder : float
        What the sink took of the difference to a usual leaf, as a share.
    """

    label: int
    decision: int
    logits: Tensor
    groups: int
    band_iou_half_max: float
    hit: float
    remainder: float


@torch.inference_mode()
def score_scenes(model: FocusModel, batch: SampleBatch, shown: BoolArray) -> list[SceneScores]:
    """Score a model on the scenes of a batch; `shown` are its pixels of tissue."""
    images, groups = standardised(model, batch, shown)
    patch = model.backbone.patch_px
    tissue = torch.from_numpy(patches(shown, patch).mean(axis=-1) > 0.5)
    output = model(images, groups, tissue)
    saliency = contrast(output.evidence).numpy()  # (scenes, classes, patches, groups)
    whole = (output.logits - output.baseline).abs().clamp_min(1e-6)
    left = (output.unattributed.sum((2, 3)).abs() / whole).numpy()
    lesions = batch.lesion_patches(patch)
    scores = []
    for scene, label in enumerate(batch.labels.tolist()):
        values, lesion = saliency[scene, label], lesions[scene]
        curve = values.sum(axis=0, dtype=np.float64)
        scores.append(
            SceneScores(
                label,
                int(output.logits[scene].argmax()),
                output.logits[scene],
                len(groups),
                band_iou_half_max(curve, batch.importance[scene]),
                float(lesion[values.sum(axis=1).argmax()]) if lesion.any() else float("nan"),
                float(left[scene, label]),
            )
        )
    return scores


def summarise(scores: list[SceneScores], classes: tuple[str, ...]) -> dict[str, float]:
    """Return means over scenes, and band IoU for each class with a truth; to 3 digits."""
    figures = {
        "accuracy": float(np.mean([score.decision == score.label for score in scores])),
        "band_iou_half_max": float(np.nanmean([score.band_iou_half_max for score in scores])),
        "pointing": float(np.nanmean([score.hit for score in scores])),
        "sink_remainder": float(np.median([score.remainder for score in scores])),
    }
    for label, name in enumerate(classes):
        overlaps = [score.band_iou_half_max for score in scores if score.label == label]
        if not np.all(np.isnan(overlaps)):
            figures[f"band_iou_half_max, {name}"] = float(np.nanmean(overlaps))
    return {name: round(value, 3) for name, value in figures.items()}


def band_iou_half_max(curve: DoubleArray, truth: FloatArray) -> float:
    """Return the IoU of the groups above half maximum; NaN without a truth."""
    found, real = above_half_max(curve), above_half_max(truth)
    return float((found & real).sum() / (found | real).sum()) if real.any() else float("nan")
