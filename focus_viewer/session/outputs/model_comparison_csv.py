"""Comparison of models as CSV text."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

from focus_viewer.session.outputs.model_comparison import Cell, Row

_COLUMNS = ("class", "probability", "verdict", "label", "taught from this cube")
_TAUGHT = {True: "yes", False: "no", None: "not known"}


def comparison_text(rows: Sequence[Row]) -> str:
    """Return the decisions as comma-separated values; "" without cubes or models.

    Where a model does not apply, class and probability stay empty. Where several classes may hold
    at once, all that are there are named, with the probability of the likeliest class.
    """
    if not rows or not rows[0].cells:
        return ""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    titles = ["cube", "label"]
    for cell in rows[0].cells:
        name = f"{cell.entry.card.name} {cell.entry.card.version}"
        titles += [f"{name}: {what}" for what in _COLUMNS]
    writer.writerow(titles)
    for row in rows:
        cells = [value for cell in row.cells for value in _values(cell)]
        writer.writerow([row.name, row.label, *cells])
    return text.getvalue()


def _values(cell: Cell) -> list[str]:
    if cell.found is None:
        return [""] * len(_COLUMNS)
    decision, present = cell.found.decision, cell.found.present
    known = bool(decision.diagnosis) and math.isfinite(decision.probability)
    share = f"{decision.probability:.4f}" if known else ""
    several = cell.entry.card.several and known
    named = " + ".join(name for name, _ in present) if several else decision.diagnosis
    return [named, share, decision.why, cell.agreement, _TAUGHT[cell.taught]]
