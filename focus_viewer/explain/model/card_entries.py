"""Checks of a card's entries, which people may edit."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from itertools import pairwise
from math import isfinite
from typing import Any, NamedTuple

from focus_viewer.core.saliency.model_card import BACKBONE, MODEL

_SIZES = ("img_size", "patch_size", "embed_dim", "depth", "num_heads", "num_classes")
_GIVEN = ("architecture", "pretrained", "in_chans")  # set by whoever builds the backbone
_MOST_LETTERS = 60


class _Rule(NamedTuple):
    expected: str
    holds: Callable[[Any], bool]


def check_entries(entries: Mapping[str, Any], recipe: Mapping[str, Any]) -> None:
    """Check types and values of a card's entries; those that are missing are not its concern.

    Raises
    ------
    ValueError
        Names the first wrong entry, and says what was expected and found.
    """
    options = recipe.get("options", {})
    parts = (
        ("", entries, _CARD if entries.get("role") != BACKBONE else _BACKBONE),
        ("recipe ", recipe, _RECIPE),
        ("recipe option ", options, _SIDES),
    )
    for where, part, rules in parts:
        for name, rule in rules.items():
            if name in part and not rule.holds(part[name]):
                found = json.dumps(part[name])
                found = found if len(found) <= _MOST_LETTERS else f"{found[:_MOST_LETTERS]}..."
                raise ValueError(f"{where}{name}: expected {rule.expected}, found {found}")


def _is_number(value: Any) -> bool:
    kind = isinstance(value, int | float) and not isinstance(value, bool)
    return kind and not abs(value) > sys.float_info.max  # NaN is one


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _are_names(value: Any) -> bool:
    names = value if isinstance(value, list) else []
    texts = {name for name in names if isinstance(name, str) and name.strip()}
    return bool(names) and len(texts) == len(names)


def _are_edges(value: Any) -> bool:
    if not (isinstance(value, list) and len(value) > 1 and all(map(_is_number, value))):
        return False
    return value[0] > 0 and isfinite(value[-1]) and all(low < high for low, high in pairwise(value))


def _are_temperatures(value: Any) -> bool:
    return _are_figures(value, 1) and all(isfinite(each) and each > 0 for each in value.values())


def _are_figures(value: Any, levels: int) -> bool:
    """Return whether numbers stand so many mappings deep; NaN for what could not be measured."""
    if levels == 0:
        return _is_number(value)
    return isinstance(value, dict) and all(
        _are_figures(each, levels - 1) for each in value.values()
    )


def _is_teaching(value: Any) -> bool:
    """Return whether these are facts of how a model was taught, or none."""
    if not isinstance(value, dict):
        return False
    spans, cubes = value.get("read_nm", []), value.get("fingerprints", [])
    if not isinstance(cubes, list) or not all(isinstance(each, str) for each in cubes):
        return False
    return isinstance(spans, list) and all(
        isinstance(span, list) and len(span) == 2 and all(map(_is_number, span)) for span in spans
    )


def _are_options(value: Any) -> bool:
    return isinstance(value, dict) and all(
        name not in _GIVEN and isinstance(each, int | float | str) for name, each in value.items()
    )


_TEXT = _Rule("text", lambda value: isinstance(value, str))
_CARD = {
    **dict.fromkeys(
        ("name", "version", "backbone", "training_data", "warning", "sha256", "command"), _TEXT
    ),
    "validated": _Rule("true or false", lambda value: isinstance(value, bool)),
    "classes": _Rule("a list of different names", _are_names),
    "group_edges_nm": _Rule("a list of ascending wavelengths in nm", _are_edges),
    "extra_parameters_percent": _Rule("a number", _is_number),
    "temperatures": _Rule("numbers above 0 by range of sensors", _are_temperatures),
    "measured": _Rule("numbers by name", lambda value: _are_figures(value, 1)),
    "role": _Rule(f"{MODEL!r} or {BACKBONE!r}", lambda value: value in (MODEL, BACKBONE)),
    "several": _Rule("true or false", lambda value: isinstance(value, bool)),
    "teaching": _Rule("entries by name", _is_teaching),
    "attached": _Rule("entries by name", lambda value: isinstance(value, dict)),
    "benchmark": _Rule(
        "numbers by sensor, method and metric", lambda value: _are_figures(value, 3)
    ),
}
_BACKBONE = _CARD | {"classes": _Rule("no classes, of a backbone", lambda value: value == [])}
_RECIPE = {
    "architecture": _TEXT,
    "tap": _Rule("a whole number from 0", lambda value: _is_whole(value, 0)),
    "options": _Rule(f"numbers and texts by name, without {', '.join(_GIVEN)}", _are_options),
    "reading": _TEXT,
    "taught": _Rule("true or false", lambda value: isinstance(value, bool)),
    "adapter": _TEXT,
}
_SIDES = dict.fromkeys(_SIZES, _Rule("a whole number from 1", lambda value: _is_whole(value, 1)))
