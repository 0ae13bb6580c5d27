"""Tables of a validation report, as rows of text: the same on the page and in HTML."""

from __future__ import annotations

from focus_viewer.core.validation.doubt import Place
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.sentences import interval_text, number_text, units_text
from focus_viewer.core.wording import percent

Rows = list[tuple[str, ...]]


def class_table(report: ValidationReport) -> tuple[tuple[str, ...], Rows]:
    """Return titles and rows of the classes."""
    titles = ("Class", units_text(report.by).capitalize(), "Found (recall)", "Precision", "F1")
    rows: Rows = [
        (
            f"{number}  {row.name}",
            str(row.units),
            interval_text(row.recall) if row.judged else "not validated",
            number_text(row.precision) if row.judged else "–",
            interval_text(row.f1) if row.judged else "–",
        )
        for number, row in enumerate(report.classes, 1)
    ]
    return titles, rows


def presence_table(report: ValidationReport) -> tuple[tuple[str, ...], Rows]:
    """Return titles and rows of the four counts of each class, where several may hold at once."""
    titles = ("Class", "Found", "Missed", "Mistaken for it", "Rightly not")
    rows: Rows = []
    for number, (row, table) in enumerate(zip(report.classes, report.table, strict=True), 1):
        cells = (table[1, 1], table[1, 0], table[0, 1], table[0, 0])
        rows.append((f"{number}  {row.name}", *(f"{cell:.0f}" for cell in cells)))
    return titles, rows


def place_table(report: ValidationReport, most: int) -> tuple[tuple[str, ...], Rows]:
    """Return titles and rows of the most doubtful places, unlabelled ones first."""
    titles = ("Cube", "Place", "Between", "Doubt")
    half = max(most // 2, most - sum(place.labelled for place in report.places))
    free = [place for place in report.places if not place.labelled][:half]
    labelled = [place for place in report.places if place.labelled][: most - len(free)]
    return titles, [_place_row(place) for place in (*free, *labelled)]


def _place_row(place: Place) -> tuple[str, ...]:
    between = " or ".join(name for name, _ in place.likely)
    where = f"rows {place.rows[0]}–{place.rows[1] - 1}, cols {place.cols[0]}–{place.cols[1] - 1}"
    if place.labelled:
        where = f"labelled: {place.region or 'whole cube'}"
    return place.cube, where, between, percent(place.doubt)
