"""Ablation table as text."""

from __future__ import annotations

from typing import Any

from focus_viewer.cli.research.benchmark_table import format_number

_NAME, _CELL = 20, 14
_COLUMNS = {
    "accuracy": "accuracy",
    "band_iou_top_n": "band top n",
    "volume_ap": "AP",
    "spatial_iou": "spatial IoU",
    "pointing": "pointing",
    "sink_true": "sink, true",
    "sink_absent": "sink, absent",
}


def table(result: dict[str, Any]) -> str:
    """Return a block for each sensor, a line for each part that is out."""
    return "\n\n".join([*(_block(result, sensor) for sensor in result["sensors"]), _notes(result)])


def _block(result: dict[str, Any], sensor: str) -> str:
    entry = result["sensors"][sensor]
    backbone = f"the backbone's accuracy is {entry['backbone_accuracy']:.3f}"
    lines = [
        f"Sensor {sensor}: {entry['scenes']} scenes; {backbone}",
        f"{'without':{_NAME}s}" + "".join(f"{name:>{_CELL}s}" for name in _COLUMNS.values()),
    ]
    for name, part in result["parts"].items():
        cells = [_cell(part[sensor][metric]) for metric in _COLUMNS]
        lines.append(f"{_label(name):{_NAME}s}" + "".join(f"{cell:>{_CELL}s}" for cell in cells))
    return "\n".join(lines)


def _notes(result: dict[str, Any]) -> str:
    parts = result["parts"].items()
    return "\n".join(f"{_label(name):{_NAME}s}{part['instead']}" for name, part in parts)


def _label(name: str) -> str:
    return "(nothing)" if name == "whole" else name


def _cell(figure: dict[str, float | None]) -> str:
    mean, spread = figure["mean"], figure["sd"]
    # Without a sink, 1 less the attention is 0 but for rounding, to either side.
    return "-" if mean is None else format_number(round(mean, 3) + 0.0, spread)
