"""Scenes' figures come to one number a metric and seed."""

from __future__ import annotations

import math

import pytest

from focus_viewer.explain.benchmark.summary import summarise


def mean(parts: list[dict[str, float]], metric: str) -> float:
    return summarise([parts])[metric]["mean"]


def test_scenes_without_a_figure_do_not_count() -> None:
    parts = [{"pointing": 1.0}, {"pointing": math.nan}, {"pointing": 0.0}, {}]
    assert mean(parts, "pointing") == 0.5


def test_an_error_is_that_of_the_worst_scene_and_a_remainder_that_of_the_middle_one() -> None:
    parts = [{"sum_error": e, "sink_remainder": r} for e, r in ((0.1, 0.0), (0.3, 0.1), (0.2, 9.0))]
    assert mean(parts, "sum_error") == 0.3
    assert mean(parts, "sink_remainder") == 0.1


def test_a_ratio_is_of_the_means_over_scenes_that_have_both() -> None:
    parts = [
        {"shapley_curve": 0.8, "swap_curve": 0.4},
        {"shapley_curve": 0.4, "swap_curve": 0.2},
        {"shapley_curve": 0.1},
    ]
    assert mean(parts, "prompt_swap_ratio") == pytest.approx(0.5)
    assert "prompt_shuffle_ratio" not in summarise([parts])


def test_calibration_is_over_all_scenes_of_known_class() -> None:
    parts = [{"confidence": 0.95, "accuracy": right} for right in (1.0, 1.0, 0.0, 1.0)]
    parts.append({"confidence": 0.05, "accuracy": math.nan})
    assert mean(parts, "ece") == pytest.approx(0.2)


def test_seeds_give_mean_and_spread() -> None:
    found = summarise([[{"pointing": 0.0}], [{"pointing": 1.0}]])["pointing"]
    assert found["mean"] == 0.5
    assert found["sd"] == pytest.approx(math.sqrt(0.5))
