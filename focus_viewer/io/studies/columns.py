"""Columns of a batch's table: which are groups, which are values, and their names for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from focus_viewer.core.studies.plan import PROBABILITY as OF_CLASS

MISSING = frozenset(["", "NA", "nan", "NaN"])
GROUP, PROBABILITY, SHARE, INDEX = "group_", "p_", "share_", "index_"

# Known by name: a CSV table states no kinds.
_GROUPS = ("camera", "date")
_OF_CLASS = (SHARE, "peak_", "sink", "unattributed", "affected_share")
_OF_MODEL = (PROBABILITY, "probability", *_OF_CLASS)
_NO_VALUES = frozenset(
    (
        *("row", "path", "label", "kind", "region", "region_class", "fingerprint"),
        *("status", "verdict", "reasons", "decided", "explained", "image_rows", "image_cols"),
        *("bands", "units", "processing", "model", "model_sha256", "device", "seconds"),
        *("notes", "error", *_GROUPS),
    )
)


def group_titles(names: Sequence[str]) -> dict[str, str]:
    """Return the titles of the columns with groups, by column."""
    own = {name: name.removeprefix(GROUP) for name in names if name.startswith(GROUP)}
    return own | {name: name for name in _GROUPS if name in names and name not in own.values()}


def value_titles(names: Sequence[str]) -> dict[str, str]:
    """Return the titles of the columns with numbers, by column."""
    return {
        name: _title(name)
        for name in names
        if name not in _NO_VALUES and not name.startswith(GROUP)
    }


def is_of_model(name: str) -> bool:
    """Return whether a column means nothing where the model does not apply."""
    return name.startswith(_OF_MODEL)


def is_of_class(name: str) -> bool:
    """Return whether a column is of the most probable class of each row."""
    return name.startswith(_OF_CLASS)


def text_of(row: Mapping[str, str], name: str) -> str:
    """Return a cell, empty where it is missing."""
    cell = row.get(name, "").strip()
    return "" if cell in MISSING else cell


def _title(name: str) -> str:
    if name.startswith(INDEX):
        return name.removeprefix(INDEX)
    if name.startswith(PROBABILITY):
        return f"{OF_CLASS} {name.removeprefix(PROBABILITY).replace('_', ' ')}"
    if name.startswith(SHARE):
        return f"share of evidence, {name.removeprefix(SHARE).replace('_', ' ')}"
    if name.endswith("_nm"):
        return f"{name.removesuffix('_nm').replace('_', ' ')} (nm)"
    return name.replace("_", " ")
