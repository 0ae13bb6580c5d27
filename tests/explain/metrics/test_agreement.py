"""Agreement of numbers, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from focus_viewer.explain.metrics.agreement import (
    average_precision,
    correlation,
    spearman,
    top_iou,
    top_share,
)


def _array(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize(
    ("values", "count", "expected"),
    [
        ([3, 1, 2], 2, [1, 0, 1]),
        ([5, 2, 2, 2], 2, [1, 1 / 3, 1 / 3, 1 / 3]),
        ([7, 7], 1, [0.5, 0.5]),
        ([-1, -3, -2], 3, [1, 1, 1]),
    ],
)
def test_top_share(values: list[float], count: int, expected: list[float]) -> None:
    assert top_share(_array(values), count).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "truth", "expected"),
    [
        ([4, 3, 2, 1], [1, 1, 0, 0], 1),
        ([4, 3, 2, 1], [1, 0, 1, 0], 1 / 3),
        ([4, 3, 2, 1], [0, 0, 1, 1], 0),
        ([0, 0, 0, 0], [1, 0, 0, 0], 1 / 7),
        ([4, 3, 2, 1], [0, 0, 0, 0], math.nan),
    ],
)
def test_top_iou(values: list[float], truth: list[int], expected: float) -> None:
    found = top_iou(_array(values), np.array(truth, dtype=np.bool_))
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("values", "truth", "expected"),
    [
        # Found at ranks 1 and 3: (1/1 + 2/3) / 2.
        ([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 5 / 6),
        ([4, 3, 2, 1], [0, 0, 0, 1], 1 / 4),
        # Two tie for ranks 2 and 3, one of them true: (1/1 + 2/3) / 2.
        ([9, 5, 5, 1], [1, 0, 1, 0], 5 / 6),
        ([9, 5, 5, 1], [1, 1, 0, 0], 5 / 6),
        ([2, 2, 2, 2], [1, 0, 0, 0], 1 / 4),
        ([1, 2], [0, 0], math.nan),
    ],
)
def test_average_precision(values: list[float], truth: list[int], expected: float) -> None:
    found = average_precision(_array(values), np.array(truth, dtype=np.bool_))
    assert found == pytest.approx(expected, nan_ok=True)


def test_correlation() -> None:
    # Deviations (-1, 0, 1) and (-1, 1, 0): 1 / 2.
    assert correlation(_array([1, 2, 3]), _array([0, 2, 1])) == pytest.approx(0.5)
    assert correlation(_array([1, 2, 3]), _array([6, 4, 2])) == pytest.approx(-1)


def test_constants_agree_with_constants_only() -> None:
    assert correlation(_array([2, 2]), _array([5, 5])) == 1
    assert correlation(_array([2, 2]), _array([1, 5])) == 0
    assert spearman(_array([1, 5]), _array([2, 2])) == 0


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Without ties 1 - 6 sum d^2 / (n (n^2 - 1)): 1 - 6 * 4 / 60.
        ([1, 2, 3, 4], [20, 10, 40, 30], 0.6),
        ([1, 10, 100], [-3, 0, 0.1], 1),
        # Ranks (1, 2, 3, 4, 5) and (1, 2, 3.5, 5, 3.5): 8 / sqrt(10 * 9.5).
        ([1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 8 / math.sqrt(95)),
    ],
)
def test_spearman(first: list[float], second: list[float], expected: float) -> None:
    assert spearman(_array(first), _array(second)) == pytest.approx(expected)
