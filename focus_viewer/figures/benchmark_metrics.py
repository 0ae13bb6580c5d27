"""Benchmark metrics as people read them: names, units, and which direction is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Figures = Mapping[str, Mapping[str, Mapping[str, float | None]]]
"""Method to metric to "mean" and "sd"; None or NaN where not measured."""

CHANCE: Final = "random"
SHAPLEY: Final = "own-shapley"
OWN: Final = ("focus-evidence", "focus-attention", "focus-signature")
NAMES: Final = {
    "focus-evidence": "FOCUS evidence",
    "focus-attention": "FOCUS attention",
    "focus-signature": "Tissue signature",
    "cls-attention": "CLS attention",
    "rollout": "Attention rollout",
    "grad-cam": "Grad-CAM",
    "prompt-cam": "Prompt-CAM",
    "integrated-gradients": "Integrated gradients",
    "occlusion": "Occlusion",
    "random": "Random",
    "spectral-angle": "Spectral angle",
    "median-departure": "Median departure",
    "rx": "RX",
    "matched-filter": "Matched filter",
    "own-shapley": "Model's own Shapley",
}


@dataclass(frozen=True)
class Metric:
    """Presentation of a metric.

    Attributes
    ----------
    key : str
        Its name in the JSON.
    label, short : str
        For a figure, and for a narrow column.
    better : {"high", "low", "zero"}
    log : bool
        Whether it spans orders of magnitude.
    """

    key: str
    label: str
    short: str
    better: Literal["high", "low", "zero"]
    log: bool = False


ACCURACY: Final = Metric("accuracy", "accuracy", "accuracy", "high")
BAND_IOU: Final = Metric("band_iou_top_n", "band IoU (top n)", "band top n", "high")
BAND_SPEARMAN: Final = Metric("band_spearman", "band rank correlation", "band ranks", "high")
SPATIAL_IOU: Final = Metric("spatial_iou", "spatial IoU", "spatial IoU", "high")
VOLUME_AP: Final = Metric("volume_ap", "volume AP", "volume AP", "high")
POINTING: Final = Metric("pointing", "pointing", "pointing", "high")
OFF_TARGET: Final = Metric("off_target_mass", "mass off target", "off target", "low")
DELETION: Final = Metric("deletion", "deletion", "deletion", "low")
INSERTION: Final = Metric("insertion", "insertion", "insertion", "high")
COLLAPSE: Final = Metric("collapse_top1pct", "collapse", "collapse", "low")
SIMILARITY: Final = Metric("class_similarity", "class similarity", "similar", "low")
SHUFFLED: Final = Metric("randomised_similarity", "shuffled weights", "shuffled", "zero")
TIME: Final = Metric("time_ratio", "time, one class", "time, one", "low", log=True)
TIME_ALL: Final = Metric(
    "time_ratio_all_classes", "time, all classes", "time, all", "low", log=True
)
MEMORY: Final = Metric("memory_ratio", "memory", "memory", "low", log=True)
CURVE: Final = Metric("shapley_curve", "curve as the model's own", "own curve", "high")
MAP: Final = Metric("shapley_map", "map as the model's own", "own map", "high")
COALITIONS: Final = Metric("coalition_r2", "R² of coalitions", "R2 of v(S)", "high")
SPECIFIC: Final = Metric("scene_specificity", "scene's own", "own scene", "high")
AGREEMENT: Final = Metric("decision_agreement", "decision as the ViT's", "agrees", "high")
SUM_ERROR: Final = Metric("sum_error", "error of the sum", "sum error", "low")
REMAINDER: Final = Metric("sink_remainder", "not attributed", "remainder", "low")
SWAP_RATIO: Final = Metric("prompt_swap_ratio", "curve after a swap", "swap ratio", "low")
SWAP_AP: Final = Metric("swap_ap_drop", "AP lost by a swap", "swap, AP", "high")
SHUFFLE_RATIO: Final = Metric("prompt_shuffle_ratio", "curve after shuffling", "shuf. ratio", "low")
SINK_OUT: Final = Metric("sink_out_drop", "curve lost without sink", "sink out", "high")
SINK_NOISE: Final = Metric("sink_on_noise", "sink's share of noise", "of noise", "high")
SINK_CLEAN: Final = Metric("sink_on_clean", "sink's share of clean tokens", "of clean", "low")
ILL: Final = Metric("controls_called_ill", "healthy twins called ill", "called ill", "low")
ECE: Final = Metric("ece", "calibration error", "ECE", "low")
SCENE_IOU: Final = Metric("scene_band_iou_top_n", "band IoU, this scene", "this scene", "high")
OFF_LESION: Final = Metric("off_lesion_mass", "mass off the lesion", "off lesion", "low")
EXCESS: Final = Metric("collapse_excess", "collapse beyond the truth", "excess", "low")
ON_TOKEN: Final = Metric("collapse_class_token", "on the class token", "class token", "low")
LEVELS_DB: Final = (40, 30, 20, 10)


def stability_at(level_db: int) -> Metric:
    """Return the rank correlation of the curve in noise with the curve without."""
    return Metric(f"stability_{level_db}db", f"curve at {level_db} dB", f"at {level_db} dB", "high")


def band_iou_of(class_name: str) -> Metric:
    """Return the band IoU of the scenes of a class."""
    return Metric(f"band_iou_top_n, {class_name}", class_name, class_name, "high")


def classes_of(figures: Figures) -> tuple[str, ...]:
    """Return the classes that have a band IoU."""
    prefix = "band_iou_top_n, "
    first: Mapping[str, Any] = next(iter(figures.values()))
    names = [key.removeprefix(prefix) for key in first if key.startswith(prefix)]
    return tuple(name for name in names if known(figures, band_iou_of(name)))


def known(
    figures: Figures, metric: Metric, part: Literal["mean", "sd"] = "mean"
) -> dict[str, float]:
    """Return a metric by method, for the methods that have it."""
    cells = {method: metrics.get(metric.key, {}).get(part) for method, metrics in figures.items()}
    return {
        method: value for method, value in cells.items() if value is not None and value == value
    }


def best(figures: Figures, metric: Metric) -> set[str]:
    """Return the methods that no other beats.

    Chance, which explains nothing, does not compete, nor do the model's own values, which are what
    others are compared with.
    """
    aside = (CHANCE, SHAPLEY)
    found = known(figures, metric).items()
    values = {method: value for method, value in found if method not in aside}
    if not values:
        return set()
    merit = {method: _merit(metric, value) for method, value in values.items()}
    return {method for method, value in merit.items() if value == max(merit.values())}


def _merit(metric: Metric, value: float) -> float:
    """Return a number that is higher for a better value."""
    if metric.better == "high":
        return value
    return -value if metric.better == "low" else -abs(value)
