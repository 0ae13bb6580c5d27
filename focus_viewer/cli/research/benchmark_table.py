"""Tables as text, 120 columns wide: the benchmark's figures, and the ablation's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from focus_viewer.core.counted import counted
from focus_viewer.figures.benchmark_metrics import (
    ACCURACY,
    AGREEMENT,
    BAND_IOU,
    BAND_SPEARMAN,
    COALITIONS,
    COLLAPSE,
    CURVE,
    DELETION,
    ECE,
    EXCESS,
    ILL,
    INSERTION,
    MAP,
    MEMORY,
    OFF_LESION,
    OFF_TARGET,
    ON_TOKEN,
    POINTING,
    REMAINDER,
    SCENE_IOU,
    SHUFFLE_RATIO,
    SHUFFLED,
    SIMILARITY,
    SINK_CLEAN,
    SINK_NOISE,
    SINK_OUT,
    SPATIAL_IOU,
    SPECIFIC,
    SUM_ERROR,
    SWAP_AP,
    SWAP_RATIO,
    TIME,
    TIME_ALL,
    VOLUME_AP,
    Figures,
    Metric,
    best,
    known,
    stability_at,
)

_NAME, _CELL = 21, 12
_HALF_MAX = Metric("band_iou_half_max", "band IoU (half max)", "band half", "high")
_DELETION_SPATIAL = Metric("deletion_spatial", "deletion in space", "in space", "low")
_DELETION_SPECTRAL = Metric("deletion_spectral", "deletion by band", "by band", "low")
_INSERTION_SPATIAL = Metric("insertion_spatial", "insertion in space", "in space", "high")
_INSERTION_SPECTRAL = Metric("insertion_spectral", "insertion by band", "by band", "high")
_FORWARD = Metric("forward_passes", "forward passes", "forward", "low")
_BACKWARD = Metric("backward_passes", "backward passes", "backward", "low")
_RIGHT = (
    ACCURACY,
    BAND_IOU,
    _HALF_MAX,
    SCENE_IOU,
    SPATIAL_IOU,
    POINTING,
    VOLUME_AP,
    OFF_TARGET,
)
_OF_THE_MODEL = (AGREEMENT, SUM_ERROR, CURVE, MAP, COALITIONS, SPECIFIC, REMAINDER, ECE)
_CARRIED = (SWAP_RATIO, SHUFFLE_RATIO, SWAP_AP, SINK_OUT, SINK_NOISE, SINK_CLEAN)
_TWINS_TITLE, _TWINS = "Healthy twins", (ACCURACY, ECE, ILL)
_DELETIONS = (DELETION, _DELETION_SPATIAL, _DELETION_SPECTRAL)
_INSERTIONS = (INSERTION, _INSERTION_SPATIAL, _INSERTION_SPECTRAL)
_SPREAD = (COLLAPSE, EXCESS, OFF_LESION, ON_TOKEN, SIMILARITY, BAND_SPEARMAN)
_STEADY = (stability_at(30), stability_at(10), SHUFFLED)
_CHEAP = (_FORWARD, _BACKWARD, TIME, TIME_ALL, MEMORY)
_BLOCKS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    ("Right", _RIGHT),
    ("Of the frozen model", _OF_THE_MODEL),
    ("Carried by prompts", _CARRIED),
    (_TWINS_TITLE, _TWINS),
    ("Deleted, inserted", (*_DELETIONS, *_INSERTIONS)),
    ("Spread", _SPREAD),
    ("Steady, cheap", (*_STEADY, *_CHEAP)),
)
_PART, _WIDTH = 20, 14  # of the ablation's table
_OF_PARTS = {
    "accuracy": "accuracy",
    "shapley_curve": "own curve",
    "band_iou_top_n": "band top n",
    "volume_ap": "AP",
    "spatial_iou": "spatial IoU",
    "sink_remainder": "remainder",
    "sink_out_drop": "sink out",
}
_NOTES = (
    "* best (chance and own-shapley not counted). Mean ± standard deviation over seeds. Under each "
    "name: which way is\nbetter. Own curve, own map: cosine with the frozen model's own Shapley "
    "values, which own-shapley are, by its two\nhalves. Own scene: less that with other scenes of "
    "the class. Remainder: share of the logit that went to the sink.\nSwap, shuf. ratio: own curve "
    "with other prompts over that before. Sink out: what the curve loses without it in noise.\n"
    "Ranks at 30 dB, 10 dB: rank correlation of the noisy curve with the clean one; shuffled: of "
    "the volume with that of\na model whose weights are shuffled. Forward, backward: passes for "
    "one class. Time, memory: multiples of a plain pass."
)


def table(result: dict[str, Any]) -> str:
    """Return the main figures in blocks, a line for each method that has one of them."""
    backbone = result["backbone"]
    scenes, seeds = counted(result["scenes"], "scene"), counted(result["seeds"], "seed")
    head = (
        f"Sensor {result['sensor']}: {scenes}, {seeds}; backbone of "
        f"{backbone['parameters']:,} parameters, accuracy {backbone['accuracy']:.3f}"
    )
    figures: Figures = result["methods"]
    blocks = [
        "\n".join(_block(title, metrics, figures))
        for title, metrics in _BLOCKS
        if known(figures, metrics[-1]) or title != _TWINS_TITLE
    ]
    return "\n\n".join([head, *_decisions(result), *_no_leaf(result), *blocks, _NOTES])


def _decisions(result: dict[str, Any]) -> list[str]:
    """Return a sentence on the decisions on many scenes; none where there were none."""
    found = result.get("decisions")
    if found is None:
        return []
    twins = (
        f"; {found['controls_called_ill']:.0%} of {found['controls']:.0f} healthy twins called ill"
        if "controls" in found
        else ""
    )
    return [
        f"Decisions on {found['scenes']:.0f} more scenes: accuracy {found['accuracy']:.3f}, "
        f"calibration error {found['ece']:.3f}{twins}."
    ]


def _no_leaf(result: dict[str, Any]) -> list[str]:
    """Return a sentence on inputs without a leaf; none where there were none."""
    found = result.get("no_leaf")
    if found is None:
        return []
    return [
        f"Inputs without a leaf: {found['confident_diseases']:.0f} of {found['inputs']:.0f} are "
        f"taken for a disease with more than 0.9; {found['passing_for_tissue']:.0%} of their "
        "pixels pass for tissue."
    ]


def _block(title: str, metrics: Sequence[Metric], figures: Figures) -> list[str]:
    lines = [
        f"{title:{_NAME}s}" + "".join(f"{metric.short + ' ':>{_CELL}s}" for metric in metrics),
        " " * _NAME + "".join(f"{metric.better + ' ':>{_CELL}s}" for metric in metrics),
    ]
    measured = {name for metric in metrics for name in known(figures, metric)}
    columns = [_column(metric, figures) for metric in metrics]
    for method in (name for name in figures if name in measured):
        cells = [column[method] for column in columns]
        lines.append(f"{method:{_NAME}s}" + "".join(f"{cell:>{_CELL}s}" for cell in cells))
    return lines


def _column(metric: Metric, figures: Figures) -> dict[str, str]:
    means, spreads = known(figures, metric), known(figures, metric, "sd")
    top = best(figures, metric)
    cells = {}
    for method in figures:
        cell = format_number(means[method], spreads.get(method)) if method in means else "-"
        cells[method] = cell + ("*" if method in top else " ")
    return cells


def format_number(mean: float, spread: float | None) -> str:
    """Format as `0.612±.012`, `34.1±.4`, `897±12`, `32`: as many digits as fit."""
    if mean == round(mean) and not spread and abs(mean) != 1:
        return f"{mean:.0f}"
    digits = 3 if abs(mean) < 10 else 1 if abs(mean) < 100 else 0
    if spread is None:
        return f"{mean:.{digits}f}"
    return f"{mean:.{digits}f}±{f'{spread:.{digits}f}'.removeprefix('0') or '0'}"


def ablation_table(result: dict[str, Any]) -> str:
    """Return a block for each sensor, a line for each part that is out."""
    return "\n\n".join(
        [*(_ablation_block(result, sensor) for sensor in result["sensors"]), _notes(result)]
    )


def _ablation_block(result: dict[str, Any], sensor: str) -> str:
    entry = result["sensors"][sensor]
    lines = [
        f"Sensor {sensor}: {entry['scenes']} scenes",
        f"{'without':{_PART}s}" + "".join(f"{name:>{_WIDTH}s}" for name in _OF_PARTS.values()),
    ]
    for name, part in result["parts"].items():
        cells = [_ablation_cell(part[sensor][metric]) for metric in _OF_PARTS]
        lines.append(f"{_label(name):{_PART}s}" + "".join(f"{cell:>{_WIDTH}s}" for cell in cells))
    return "\n".join(lines)


def _notes(result: dict[str, Any]) -> str:
    parts = result["parts"].items()
    return "\n".join(f"{_label(name):{_PART}s}{part['instead']}" for name, part in parts)


def _label(name: str) -> str:
    return "(nothing)" if name == "whole" else name


def _ablation_cell(figure: dict[str, float | None]) -> str:
    mean, spread = figure["mean"], figure["sd"]
    # Without a sink what is left over is 0 but for rounding, to either side.
    return "-" if mean is None else format_number(round(mean, 3) + 0.0, spread)
