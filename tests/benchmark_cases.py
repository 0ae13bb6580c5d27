"""Figures of a benchmark that nobody ran."""

from __future__ import annotations

from typing import Any

from focus_viewer.figures.benchmark_metrics import NAMES

FIGURES = tuple(NAMES)


def result() -> dict[str, Any]:
    """Methods from good to bad, but for chance, whose accuracy is best and which has no memory."""
    methods: dict[str, Any] = {}
    for place, name in enumerate(FIGURES):
        share = 0.61 - 0.03 * place
        names = [
            "accuracy", "band_iou_top_n", "band_iou_top_n, healthy", "band_iou_top_n, chlorosis",
            "band_iou_top_n, water stress", "spatial_iou", "volume_ap", "insertion",
            "stability_30db", "stability_10db",
        ]  # fmt: skip
        metrics = {metric: cell(share) for metric in names}
        metrics["band_iou_top_n, healthy"] = {"mean": None, "sd": None}
        metrics["deletion"] = cell(0.3 + 0.03 * place)
        metrics["randomised_similarity"] = cell(-0.1 * place)
        metrics["time_ratio"] = cell(1.05 * 2**place)
        methods[name] = metrics
    methods["random"]["accuracy"] = cell(0.9)
    return {
        "sensor": "full",
        "seeds": 3,
        "scenes": 120,
        "backbone": {"parameters": 114501, "accuracy": 0.9},
        "methods": methods,
    }


def cell(mean: float) -> dict[str, float | None]:
    """A mean with some spread."""
    return {"mean": mean, "sd": 0.012}
