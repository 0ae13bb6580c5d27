"""The table of regions of the cubes on the screen as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from focus_viewer.core.regions.table import to_csv_text
from focus_viewer.session.state.document import Document


def table_text(documents: Sequence[Document]) -> str:
    """Comma-separated values of all regions that have been measured; empty if there are none.

    With regions of several cubes the first column tells the cube, and each cube has its own titles
    where its units, its area or its indices are others.
    """
    told = [(one.cube.name, _of(one)) for one in documents if one.measures and one.measures.rows]
    if len(told) < 2:
        return told[0][1] if told else ""
    whole = io.StringIO(newline="")
    writer = csv.writer(whole)
    titles: list[str] = []
    for cube, text in told:
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        if header != titles:
            writer.writerow(["cube", *header])
            titles = header
        writer.writerows([cube, *row] for row in rows)
    return whole.getvalue()


def _of(document: Document) -> str:
    measures = document.measures
    if measures is None:
        return ""
    indices = [one.index for one in measures.indices]
    return to_csv_text(measures.rows, document.cube.units, measures.area.unit, indices)
