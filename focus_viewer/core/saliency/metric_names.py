"""Names of metrics: in words for people, and the two band IoUs' earlier names in files.

`band_iou_top_n` compares the n highest groups with the n true ones, `band_iou_half_max` the groups
above half of the curve's maximum with the true ones. Files of earlier versions call the first
`band_iou` (results of commands, benchmarks of model cards) and the second `band IoU` (measurements
of model cards).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOP_N, HALF_MAX = "band_iou_top_n", "band_iou_half_max"
_EARLIER = {"band_iou": TOP_N, "band IoU": HALF_MAX}

_WORDS = {
    "accuracy": "right decisions, as a share",
    HALF_MAX: "band IoU (half maximum)",
    "sink_remainder": "not attributed",
}


def in_words(name: str) -> str:
    """Return the name of a model card's figure in words: `not attributed (VNIR)`."""
    for metric, words in _WORDS.items():
        if name == metric or name.startswith((f"{metric},", f"{metric} (")):
            return words + name.removeprefix(metric)
    return name


def current_name(name: str) -> str:
    """Return the present name of a metric, which may be that of one class: `band_iou, healthy`."""
    for earlier, current in _EARLIER.items():
        if name == earlier or name.startswith((f"{earlier},", f"{earlier} (")):
            return current + name.removeprefix(earlier)
    return name


def with_current_names(value: Any) -> Any:
    """Rename the metrics in nested mappings of figures."""
    if not isinstance(value, Mapping):
        return value
    return {current_name(name): with_current_names(part) for name, part in value.items()}


def names_in_results(name: str) -> tuple[str, ...]:
    """Return the keys of a metric in the JSON of commands: its name, and the earlier one."""
    if name == TOP_N or name.startswith(f"{TOP_N},"):
        return (name, "band_iou" + name.removeprefix(TOP_N))
    return (name,)
