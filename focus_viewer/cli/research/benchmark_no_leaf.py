"""Decisions on inputs without a leaf: how often a model is sure of a disease."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from focus_viewer.cli.research.benchmark_files import Order
from focus_viewer.cli.research.simulated_samples import group_sensor
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.inference.band_groups import average_bands
from focus_viewer.explain.metrics.truth import Truth
from focus_viewer.simulate.measured import measured_soils
from focus_viewer.simulate.no_leaf import no_leaf_images
from focus_viewer.simulate.sensors import Sensor

_HEALTHY = "healthy"
_FIRST_SEED = 13_000_000
_SURE = 0.9


@torch.inference_mode()
def measure_no_leaf(order: Order, setup: BenchmarkSetup, sensor: Sensor) -> dict[str, float]:
    """Return the number of inputs, how many are confident diseases, and the share shown.

    The last is the mean share of patches that pass for tissue.
    """
    backbone, healthy = setup.model.backbone, setup.classes.index(_HEALTHY)
    sure, shown = [], []
    for scene in _inputs(order, setup, sensor):
        window = setup.window(scene)
        logits = backbone.logits(window.images, window.groups)[0] / setup.temperature(scene)
        best = int(logits.argmax())
        sure.append(best != healthy and float(logits.softmax(0)[best]) > _SURE)
        shown.append(float(setup.tissue(scene.data, scene.groups).mean()))
    return {
        "inputs": float(len(sure)),
        "confident_diseases": float(sum(sure)),
        "passing_for_tissue": float(np.mean(shown)),
    }


def _inputs(order: Order, setup: BenchmarkSetup, sensor: Sensor) -> Iterator[BenchmarkScene]:
    size, patch = order.size_px, setup.model.backbone.patch_px
    grouping = group_sensor(sensor)
    blank = np.zeros((size // patch, size // patch), dtype=np.bool_)
    truth = Truth(blank, np.zeros(grouping.groups.size))
    soils = measured_soils(testing=True)
    for number in range(order.seeds * order.scenes):
        for image in no_leaf_images(_FIRST_SEED + number, sensor, (size, size), soils).values():
            yield BenchmarkScene(average_bands(image, grouping.bands), grouping.groups, 0, truth)
