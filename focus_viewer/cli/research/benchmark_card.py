"""The benchmark's main figures on the card of the model that they were measured with."""

from __future__ import annotations

import math
from collections.abc import Sequence

from focus_viewer.cli.research.benchmark_files import Result

_METRICS = (
    "accuracy",
    "band_iou_top_n",
    "volume_ap",
    "spatial_iou",
    "deletion",
    "insertion",
    "collapse_top1pct",
)

Table = dict[str, dict[str, dict[str, float]]]
"""Sensor to method to metric to mean."""


def main_figures(results: Sequence[Result]) -> Table:
    """Return the means of the metrics on a card, without metrics that were not measured."""
    return {
        result["sensor"]: {name: _means(metrics) for name, metrics in result["methods"].items()}
        for result in results
    }


def _means(metrics: Result) -> dict[str, float]:
    means = {name: metrics[name]["mean"] for name in _METRICS if name in metrics}
    return {
        name: round(mean, 3)
        for name, mean in means.items()
        if mean is not None and not math.isnan(mean)
    }
