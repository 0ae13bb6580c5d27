"""The measures by hand."""

from __future__ import annotations

import numpy as np
import pytest
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
    scores = score_scenes(small, batch)
    assert [one.label for one in scores] == batch.labels.tolist()
    for one in scores:
        assert np.isnan(one.band_iou_half_max) == (one.label == 2)
        assert np.isnan(one.hit) == (one.label == 2)
        assert 0 < one.sink < 1


def test_summary_by_hand() -> None:
    nan = float("nan")
    scores = [
        SceneScores(0, 0, 1, 0.5, 1.0, 0.4),
        SceneScores(0, 1, 0, 0.1, 0.0, 0.6),
        SceneScores(1, 1, 1, nan, nan, 0.8),
    ]
    assert summarise(scores, ("sick", "well")) == {
        "accuracy": 0.667,
        "accuracy of the backbone": 0.667,
        "band_iou_half_max": 0.3,
        "pointing": 0.5,
        "sink mass of absent classes": 0.6,
        "band_iou_half_max, sick": 0.3,
    }
