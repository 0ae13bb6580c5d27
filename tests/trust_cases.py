"""Reports of tests of explanations, made up: numbers that can be read off the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.trust import (
    RIVAL_UNITS,
    UNITS,
    MethodTrial,
    RandomWeights,
    Removal,
    RemovalCurve,
    TrustReport,
    TrustRequest,
    Unit,
)

SHARES = np.linspace(0, 1, 11)


def curve(at_a_fifth: float, whole: float = 0.54, nothing: float = 0.02) -> RemovalCurve:
    """Probabilities that are straight from the whole to a fifth, and from there to nothing."""
    return RemovalCurve(SHARES, np.interp(SHARES, [0, 0.2, 1], [whole, at_a_fifth, nothing]))


def removal(unit: Unit = "place", strongest: float = 0.12, random: float = 0.49) -> Removal:
    """Removal of ten parts by one unit, the weakest first without loss until the last."""
    return Removal(unit, 10, curve(strongest), curve(random), curve(0.6))


def trial(
    explanation: Explanation, name: str = "Grad-CAM", place: float = 0.3, wavelength: float = 0.3
) -> MethodTrial:
    """Trial of another method, on cells half as fine as the explanation's."""
    own = explanation.volume(explanation.predicted, "attention")
    volume = replace(own, values=np.abs(own.values[::2, ::2]), method=name)
    curves = tuple(curve(value) for value in (place, wavelength))
    assert len(curves) == len(RIVAL_UNITS)
    return MethodTrial(name, volume, curves, 16, 3, 1.25, "16 steps")


def make_report(explanation: Explanation, **values: Any) -> TrustReport:
    """Report of everything, on an image of half the size."""
    rows, cols = explanation.image_shape
    names = ("Grad-CAM", "Occlusion")
    settled: dict[str, Any] = {
        "class_name": explanation.predicted,
        "tested": (rows // 2, cols // 2),
        "whole": 0.54,
        "nothing": 0.02,
        "shown": 0.5,
        "focus": explanation.volume(explanation.predicted, "evidence"),
        "removals": tuple(removal(unit) for unit in UNITS),
        "rivals": tuple(trial(explanation, name) for name in names),
        "random_weights": RandomWeights(0.05, -0.1, 3, 40),
        "seconds": 12.0,
        "finished": True,
    }
    return TrustReport(**(settled | values))


class FakeTrialRun:
    """Run with the stages of a report: removal by place, all removals, all."""

    def __init__(self, request: TrustRequest) -> None:
        whole = make_report(request.explanation, class_name=request.class_name)
        bare = replace(whole, rivals=(), random_weights=None, finished=False)
        self.waiting = [replace(bare, removals=whole.removals[:1]), bare, whole]

    def advance(self, step: Step) -> TrustReport | None:
        """Give the next report."""
        step(0.5, "removing evidence")
        return self.waiting.pop(0) if self.waiting else None


def names(trials: Sequence[MethodTrial]) -> list[str]:
    """Names of methods, in order."""
    return [each.name for each in trials]
