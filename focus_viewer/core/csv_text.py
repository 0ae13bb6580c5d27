"""Tables of columns as comma-separated values (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from focus_viewer.core.typing import DoubleArray

Column = tuple[str, Sequence[object]]
"""Title and values."""


def csv_text(columns: Iterable[Column]) -> str:
    """Return a table with a title row."""
    titles, values = zip(*columns, strict=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(titles)
    writer.writerows(zip(*values, strict=True))
    return text.getvalue()


def number_texts(values: DoubleArray) -> list[str]:
    """Return numbers with 9 significant digits, enough for float32; "" where one is missing."""
    return [f"{value:.9g}" if np.isfinite(value) else "" for value in values]


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return names without repetition: later ones get a number, and an empty one a name."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        base, number = name.strip() or "Region", 2
        unique = base
        while unique in taken:
            unique, number = f"{base} ({number})", number + 1
        taken.add(unique)
        distinct.append(unique)
    return distinct
