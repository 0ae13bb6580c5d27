"""Calibration error of decisions with known probabilities."""

from __future__ import annotations

import math

import pytest

from focus_viewer.explain.metrics.calibration import expected_calibration_error


def test_right_as_often_as_it_says_is_no_error() -> None:
    assert expected_calibration_error([0.75] * 4, [1, 1, 1, 0]) == pytest.approx(0.0)


def test_gaps_of_bins_do_not_cancel() -> None:
    # Too sure by 0.5 in one bin, too unsure by 0.4 in another.
    found = expected_calibration_error([0.95, 0.95, 0.6, 0.6], [1, 0, 1, 1])
    assert found == pytest.approx((2 * 0.45 + 2 * 0.4) / 4)


def test_certainty_has_a_bin_and_nothing_has_no_error() -> None:
    assert expected_calibration_error([1.0], [1]) == 0.0
    assert math.isnan(expected_calibration_error([], []))
