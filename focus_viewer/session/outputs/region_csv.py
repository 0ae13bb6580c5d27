"""Region table of the cubes on the screen, as CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from focus_viewer.core.regions.table import to_csv_text
from focus_viewer.session.state.document import Document


def table_text(documents: Sequence[Document]) -> str:
    """Return the measurements of all regions as comma-separated values; "" without any.

    With regions of several cubes the first column names the cube, and the titles are repeated where
    units, area or indices differ.
    """
    tables = [
        (document.cube.name, _table(document))
        for document in documents
        if document.measures and document.measures.rows
    ]
    if len(tables) < 2:
        return tables[0][1] if tables else ""
    whole = io.StringIO(newline="")
    writer = csv.writer(whole)
    titles: list[str] = []
    for cube, text in tables:
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        if header != titles:
            writer.writerow(["cube", *header])
            titles = header
        writer.writerows([cube, *row] for row in rows)
    return whole.getvalue()


def _table(document: Document) -> str:
    measures = document.measures
    if measures is None:
        return ""
    indices = [bands.index for bands in measures.indices]
    decisions = {
        region.id: document.decisions[region.outline]
        for region in document.annotations
        if region.outline in document.decisions
    }
    units, area = document.cube.units, measures.area.unit
    found = document.explanation
    known = None if found is None else (found.applicability.verdict, _saliency_of(document))
    mask = measures.mask.text if measures.mask else ""
    return to_csv_text(measures.rows, units, area, indices, decisions or None, known, mask)


def _saliency_of(document: Document) -> str:
    """Return whose saliency the shares and peaks are of; empty where it is kept back."""
    if document.explanation is None or document.withheld:
        return ""
    within = document.explanation.within
    return f"{document.class_name}, {within} alone" if within else str(document.class_name)
