"""Tests of the advice to try another backbone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from validation_cases import report_of

from focus_viewer.core.datasets.metrics import Interval
from focus_viewer.core.validation.report import Rival
from focus_viewer.services.teaching import backbone_advice


@pytest.mark.parametrize(
    ("ahead", "backbone", "advised"),
    [(-0.1, "focus-leaf", True), (0.1, "focus-leaf", False), (-0.1, "focus-spectra", False)],
)
def test_the_other_backbone_is_advised_where_a_baseline_is_better(
    ahead: float, backbone: str, advised: bool
) -> None:
    rival = Rival("lda", Interval(0.8, 0.7, 0.9), Interval(ahead, ahead - 0.05, ahead + 0.05))
    report = replace(report_of(["rust", "rust", "well", "well"]), rivals=(rival, Rival("pls-da")))
    assert bool(backbone_advice(report, backbone)) == advised
