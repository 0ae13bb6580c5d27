"""The measures by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explain_models import make_toy, toy_scenes
from planted import make_batch

from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.evaluate import (
    SceneScores,
    band_iou_half_max,
    score_scenes,
    summarise,
)


@pytest.mark.parametrize(
    ("curve", "truth", "expected"),
    [
        ([0, 1, 4, 3, 0], [0, 0, 1, 1, 0], 1),
        ([0, 2, 4, 1, 0], [0, 0, 1, 1, 0], 1 / 3),
        ([5, 0, 0, 0, 0], [0, 0, 1, 1, 0], 0),
        ([-1, -2, -3, -4, -5], [0, 0, 1, 1, 0], 0),
        ([1, 1, 1, 1, 1], [0, 0, 0, 0, 0], float("nan")),
    ],
)
def test_band_iou_half_max(curve: list[float], truth: list[float], expected: float) -> None:
    found = band_iou_half_max(np.array(curve, float), np.array(truth, np.float32))
    assert found == pytest.approx(expected, nan_ok=True)


def test_every_scene_is_judged(small: FocusModel) -> None:
    batch = make_batch(0)
    scores = score_scenes(small, batch, batch.leaf)
    own = small.backbone.logits(
        batch.tensor(small.statistics(batch.groups), batch.leaf), torch.arange(10)
    )
    assert [score.label for score in scores] == batch.labels.tolist()
    assert [score.decision for score in scores] == own.argmax(1).tolist()
    torch.testing.assert_close(torch.stack([score.logits for score in scores]), own)
    for score in scores:
        assert np.isnan(score.band_iou_half_max) == (score.label == 2)
        assert np.isnan(score.hit) == (score.label == 2)
        assert score.remainder > 0
        assert score.groups == 10


def test_a_lesion_is_hit_by_the_patch_with_most_evidence_for_its_class() -> None:
    shown = np.zeros((2, 3, 4, 4))
    shown[:, 1, 1, 2] = 1  # green: class 0
    batch = toy_scenes(shown)
    batch.lesion[0, 2:4, 4:6] = batch.lesion[1, :2, :2] = True
    batch.importance[:, 1] = 1
    scores = score_scenes(make_toy("avg", size=8), batch, batch.leaf)
    assert [score.hit for score in scores] == [1, 0]
    assert [score.band_iou_half_max for score in scores] == [1, 1]
    # The sink leaves itself 1 / (1 + exp(6)) of every token.
    assert scores[0].remainder == pytest.approx(1 / (1 + np.exp(6)), rel=1e-3)


def test_pixels_that_are_not_tissue_are_not_looked_at() -> None:
    shown = np.zeros((1, 3, 4, 4))
    shown[0, 1, 1, 2] = shown[0, 1, 3, 0] = 1
    batch = toy_scenes(shown)
    batch.lesion[0, 6:, :2] = True
    tissue = batch.leaf.copy()
    tissue[0, 2:4, 4:6] = False
    (score,) = score_scenes(make_toy("avg", size=8), batch, tissue)
    assert score.hit == 1
    assert score.logits.tolist() == pytest.approx([1.5, 0.25], abs=1e-3)


def test_summary_by_hand() -> None:
    nan, logits = float("nan"), torch.zeros(2)
    scores = [
        SceneScores(0, 0, logits, 10, 0.5, 1.0, 0.04),
        SceneScores(0, 1, logits, 10, 0.1, 0.0, 0.02),
        SceneScores(1, 1, logits, 10, nan, nan, 0.5),
    ]
    assert summarise(scores, ("sick", "well")) == {
        "accuracy": 0.667,
        "band_iou_half_max": 0.3,
        "pointing": 0.5,
        "sink_remainder": 0.04,
        "band_iou_half_max, sick": 0.3,
    }
