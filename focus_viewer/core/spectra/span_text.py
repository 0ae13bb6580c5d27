"""Ranges of wavelengths as text that a user types, such as `400-700, 900-1000`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from focus_viewer.core.errors import FocusError

Span = tuple[float, float]
"""Lowest and highest wavelength, in nm."""

_SPAN = re.compile(r"\s*(\d{1,5}(?:\.\d+)?)\s*[-–]\s*(\d{1,5}(?:\.\d+)?)\s*(?:nm)?\s*")


def read_spans(text: str) -> tuple[Span, ...]:
    """Return the ranges in a text, ascending; none in an empty one.

    Raises
    ------
    FocusError
        If one is not two ascending wavelengths.
    """
    spans = []
    for each in text.split(",") if text.strip() else ():
        found = _SPAN.fullmatch(each)
        if found is None:
            raise FocusError(f"Expected ranges in nm such as 400-700, 900-1000; found {each!r}.")
        low, high = float(found[1]), float(found[2])
        if low >= high:
            raise FocusError(f"{low:g}-{high:g}: the first wavelength must be the smaller one.")
        spans.append((low, high))
    return tuple(sorted(spans))


def span_text(spans: Sequence[Span]) -> str:
    """Return ranges as they are typed."""
    return ", ".join(f"{low:g}-{high:g}" for low, high in spans)
