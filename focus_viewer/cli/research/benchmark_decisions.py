"""Decisions of the frozen model on many scenes: how often right, and whether as often as it says.

A pass for each scene: so there can be far more of them than are explained by every method, on
which a calibration error is mostly chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import torch

from focus_viewer.core.progress import Step
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.metrics.calibration import expected_calibration_error

Scenes = Callable[[int], Sequence[BenchmarkScene]]
"""The scenes of a seed."""

# Behind those of the scenes that are explained.
_FIRST_SEED = 100


@torch.inference_mode()
def measure_decisions(
    setup: BenchmarkSetup, scenes: Scenes, least: int, step: Step
) -> dict[str, float]:
    """Return figures of at least so many scenes of seeds that no other figure is of.

    "scenes", "accuracy" and "ece" are of scenes whose illness the model knows, "controls" and
    "controls_called_ill" of healthy twins, where there are any.
    """
    confidence: list[float] = []
    right: list[float] = []
    ill: list[float] = []
    for seed in count(_FIRST_SEED):
        step(min(1.0, len(right) / least), "deciding")
        for scene in scenes(seed):
            window = setup.window(scene)
            logits = setup.model.backbone.logits(window.images, window.groups)[0]
            shares = (logits / setup.temperature(scene)).softmax(0)
            hit = float(int(logits.argmax()) == scene.label)
            if scene.control:
                ill.append(1 - hit)
            if scene.named:
                confidence.append(float(shares.max()))
                right.append(hit)
        if len(right) >= least:
            break
    twins = {"controls": float(len(ill)), "controls_called_ill": sum(ill) / len(ill)} if ill else {}
    return {
        "scenes": float(len(right)),
        "accuracy": sum(right) / len(right),
        "ece": expected_calibration_error(confidence, right),
        **twins,
    }
