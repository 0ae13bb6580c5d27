"""Shape of a benchmark's figures in its JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

_DECISIONS = ("scenes", "accuracy", "ece")
_CONTROLS = ("controls", "controls_called_ill")
_NO_LEAF = ("inputs", "confident_diseases", "passing_for_tissue")


def is_result(value: Any) -> bool:
    """Return whether a value has all that is printed and drawn of one sensor's figures."""
    if not isinstance(value, dict):
        return False
    decisions = value.get("decisions")
    controls = _CONTROLS if isinstance(decisions, dict) and "controls" in decisions else ()
    methods = value.get("methods")
    return (
        isinstance(value.get("sensor"), str)
        and _has_numbers(value, ("seeds", "scenes"))
        and _has_numbers(value.get("backbone"), ("parameters", "accuracy"))
        and (decisions is None or _has_numbers(decisions, (*_DECISIONS, *controls)))
        and (value.get("no_leaf") is None or _has_numbers(value["no_leaf"], _NO_LEAF))
        and isinstance(methods, dict)
        and bool(methods)
        and all(map(_are_figures, methods.values()))
    )


def _are_figures(metrics: Any) -> bool:
    """Return whether each metric has a mean and a spread; None for what was not measured."""
    return isinstance(metrics, dict) and all(
        isinstance(cell, dict)
        and "mean" in cell
        and all(cell.get(part) is None or _is_number(cell[part]) for part in ("mean", "sd"))
        for cell in metrics.values()
    )


def _has_numbers(value: Any, names: Collection[str]) -> bool:
    return isinstance(value, Mapping) and all(_is_number(value.get(name)) for name in names)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
