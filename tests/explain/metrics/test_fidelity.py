"""Agreement with own values that are known."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.metrics.coalitions import draw_coalitions
from focus_viewer.explain.metrics.fidelity import (
    OwnPlayers,
    OwnValues,
    fidelity,
    own_fidelity,
    predicted,
    scene_specificity,
)
from focus_viewer.explain.metrics.shapley import ShapleyEstimate
from focus_viewer.explain.metrics.truth import Truth

EDGES = np.stack([np.arange(5), np.arange(5) + 1], axis=1).astype(np.float64)


def additive(parts: DoubleArray, seed: int) -> OwnPlayers:
    """Own values of an additive game of one class, whose estimate is exact."""
    joined = draw_coalitions(len(parts), 50, np.random.default_rng(seed))
    values = 1.5 + joined @ parts
    return OwnPlayers(ShapleyEstimate(parts[:, None], parts[:, None], 8), joined, values[:, None])


@pytest.fixture
def values() -> DoubleArray:
    return np.random.default_rng(0).normal(size=(4, 4, 5)).astype(np.float32).astype(np.float64)


@pytest.fixture
def own(values: DoubleArray) -> OwnValues:
    curve, cells = values.sum(axis=(0, 1)), values.sum(axis=2).ravel()
    return OwnValues(additive(curve, 1), additive(cells, 2), np.array([1.5]))


def volume(values: DoubleArray) -> SaliencyVolume:
    return SaliencyVolume(values.astype(np.float32), EDGES, (16, 16), "x", "evidence")


def test_the_values_themselves_agree_and_predict(values: DoubleArray, own: OwnValues) -> None:
    found = {**fidelity(volume(values), own, 0, []), **predicted(volume(values), own, 0)}
    assert found["shapley_curve"] == pytest.approx(1.0)
    assert found["shapley_map"] == pytest.approx(1.0)
    for players in ("groups", "cells"):
        assert found[f"coalition_missed_{players}"] == pytest.approx(0, abs=1e-10)
        assert found[f"coalition_added_{players}"] > 0.1
    assert np.isnan(found["scene_specificity"])


def test_scale_matters_to_predictions_alone(values: DoubleArray, own: OwnValues) -> None:
    found = {**fidelity(volume(3 * values), own, 0, []), **predicted(volume(3 * values), own, 0)}
    assert found["shapley_curve"] == pytest.approx(1.0)
    for players in ("groups", "cells"):  # off by twice of what they add
        missed, added = (found[f"coalition_{what}_{players}"] for what in ("missed", "added"))
        assert missed == pytest.approx(4 * added)


def test_a_curve_of_the_class_is_no_scene_s_own() -> None:
    first, second = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    mean = (first + second) / 2
    assert scene_specificity(first, first, [second]) == pytest.approx(1.0)
    assert scene_specificity(mean, first, [second]) == pytest.approx(0.0)


def test_own_values_state_their_noise_and_are_compared_with_physics(own: OwnValues) -> None:
    noisy = own.groups._replace(
        shapley=ShapleyEstimate(np.eye(5)[:, :1] + np.eye(5)[:, 1:2], np.eye(5)[:, :1], 8)
    )
    truth = Truth(np.ones((4, 4), dtype=np.bool_), np.eye(5)[0], np.eye(5)[4])
    found = own_fidelity(own._replace(groups=noisy), truth, 0, [])
    assert found["shapley_curve"] == pytest.approx(np.sqrt(0.5))
    assert found["shapley_map"] == pytest.approx(1.0)
    assert found["band_iou_top_n"] == 1.0
    assert found["scene_band_iou_top_n"] < 1.0
