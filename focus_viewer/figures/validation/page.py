"""Validation report on one A4 page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.sentences import (
    class_sentences,
    comparison,
    control_text,
    curve_sentences,
    data_text,
    interval_text,
    number_text,
    split_text,
    training_text,
    units_text,
)
from focus_viewer.figures import style
from focus_viewer.figures.page import Page
from focus_viewer.figures.validation.charts import (
    LETTERS,
    OWN,
    curve_panels,
    draw_curve,
    draw_matrix,
    draw_rivals,
)
from focus_viewer.figures.validation.tables import (
    Rows,
    class_table,
    place_table,
    presence_table,
)

_WIDTH_MM, _HEIGHT_MM, _EDGE_MM = 210.0, 297.0, 14.0
_ROOM_MM = _WIDTH_MM - 2 * _EDGE_MM
_TITLE_MM, _RULE_MM, _NUMBER_MM = 16.0, 26.5, 40.0
_SENTENCES_MM = 58.0  # left edge of the sentences beside the large number
_NAMES_MM, _MATRIX_MM, _ROW_MM = 24.0, 58.0, 11.0
_SECOND_MM, _SECOND_ROOM_MM = 103.0, 93.0
_FOOT_BOTTOM_MM = 289.0
_MOST_CLASSES, _MOST_PLACES, _MOST_CURVES = 15, 6, 5
_MOST_LINES, _MOST_FOOT_LINES = 13, 6
_CURVE_MM, _CURVE_STEP_MM = (29.0, 20.0), 36.6
_RIVALS_MM = (54.0, 28.0)
_LEAD_MM, _TABLE_MM = 3.5, 4.2  # from baseline to baseline
_PT, _SMALL_PT = 7.0, style.SMALL_PT
_ELSEWHERE = "More in the HTML report."


def validation_page(report: ValidationReport) -> Figure:
    """Draw the report on one A4 page."""
    with style.house_style():
        page = Page(_HEIGHT_MM, _WIDTH_MM)
        y_mm = max(_draw_head(page, report), 62.0) + 4
        y_mm = max(_draw_confusion(page, report, y_mm), _draw_classes(page, report, y_mm)) + 6
        y_mm = max(_draw_rivals(page, report, y_mm), _draw_places(page, report, y_mm)) + 6
        _draw_curves(page, report, y_mm, _draw_foot(page, report))
        return page.figure


def _draw_head(page: Page, report: ValidationReport) -> float:
    title = LETTERS.shortened(report.title, _ROOM_MM, 13, True)
    page.text(_EDGE_MM, _TITLE_MM, title, fontsize=13, fontweight="bold")
    data = LETTERS.shortened(data_text(report), _ROOM_MM, _PT)
    page.text(_EDGE_MM, _TITLE_MM + 6, data, fontsize=_PT, color=style.MUTED)
    _rule(page, _RULE_MM)
    score = report.balanced_accuracy
    number = number_text(score.mean)
    page.text(_EDGE_MM, _NUMBER_MM, number, fontsize=30, fontweight="bold", color=OWN)
    under = (
        "balanced accuracy, held out",
        f"{number_text(score.low)} to {number_text(score.high)}; chance {report.chance:.2f}",
        f"macro F1 {interval_text(report.macro_f1)}",
    )
    for line, text in enumerate(under, 1):
        y_mm = _NUMBER_MM + 1 + line * _LEAD_MM
        page.text(_EDGE_MM, y_mm, text, fontsize=_SMALL_PT, color=style.MUTED)
    return _draw_sentences(page, report)


def _draw_sentences(page: Page, report: ValidationReport) -> float:
    said = [
        *class_sentences(report),
        *comparison(report),
        control_text(report),
        training_text(report),
    ]
    inked = [(text, style.INK) for text in said]
    inked += [(text, style.WARNING) for text in report.warnings]
    room_mm = _WIDTH_MM - _EDGE_MM - _SENTENCES_MM
    lines = [(line, ink) for text, ink in inked for line in LETTERS.wrapped(text, room_mm, _PT)]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], (_ELSEWHERE, style.WARNING)]
    y_mm = _RULE_MM + 6
    for line, ink in lines:
        page.text(_SENTENCES_MM, y_mm, line, fontsize=_PT, color=ink)
        y_mm += _LEAD_MM
    return y_mm


def _draw_confusion(page: Page, report: ValidationReport, y_mm: float) -> float:
    page.title(_EDGE_MM, y_mm, "a", "Held-out examples, and what they were taken for")
    if report.several:
        widths = (28.0, 12.0, 12.0, 18.0, 14.0)
        titles, rows = presence_table(report)
        return _table(page, _EDGE_MM, y_mm + 6, titles, rows[:_MOST_CLASSES], widths)
    x_mm, top_mm = _EDGE_MM + _NAMES_MM, y_mm + 9
    height_mm = min(_MATRIX_MM, _ROW_MM * len(report.classes))
    kind: dict[str, Any] = {"fontsize": _SMALL_PT, "color": style.MUTED}
    page.text(x_mm - 1.2, top_mm - 4, "true ↓", ha="right", **kind)
    page.text(x_mm, top_mm - 4, "predicted →   blue right, red wrong", **kind)
    draw_matrix(page.axes(x_mm, top_mm, _MATRIX_MM, height_mm), report, _NAMES_MM - 1)
    return top_mm + height_mm + 3


def _draw_classes(page: Page, report: ValidationReport, y_mm: float) -> float:
    page.title(_SECOND_MM, y_mm, "b", "Classes, with intervals of 95 %")
    titles, rows = class_table(report)
    widths = (20.0, 11.0, 25.0, 12.0, 25.0)
    y_mm = _table(page, _SECOND_MM, y_mm + 6, titles, rows[:_MOST_CLASSES], widths)
    if len(rows) > _MOST_CLASSES:
        page.text(_SECOND_MM, y_mm, _ELSEWHERE, fontsize=_SMALL_PT, color=style.MUTED)
    return y_mm


def _draw_rivals(page: Page, report: ValidationReport, y_mm: float) -> float:
    page.title(_EDGE_MM, y_mm, "c", "Balanced accuracy beside baselines on mean spectra")
    draw_rivals(page.axes(_EDGE_MM + _NAMES_MM, y_mm + 6, *_RIVALS_MM), report, _NAMES_MM - 1)
    return y_mm + 6 + _RIVALS_MM[1] + 5


def _draw_places(page: Page, report: ValidationReport, y_mm: float) -> float:
    page.title(_SECOND_MM, y_mm, "d", "Where to annotate next: the most doubtful places")
    titles, rows = place_table(report, _MOST_PLACES)
    if not rows:
        page.text(_SECOND_MM, y_mm + 6, "None was looked at.", fontsize=_PT, color=style.MUTED)
        return y_mm
    return _table(page, _SECOND_MM, y_mm + 6, titles, rows, (20.0, 32.0, 29.0, 12.0))


def _draw_curves(page: Page, report: ValidationReport, y_mm: float, bottom_mm: float) -> None:
    curve = report.curve
    title = f"Learning curve: F1 by the {units_text(report.by)} of each class it was taught from"
    page.title(_EDGE_MM, y_mm, "e", title)
    y_mm += 5
    if curve is not None:
        y_mm += 5
        for place, (name, caption, own, verdict) in enumerate(curve_panels(curve, _MOST_CURVES)):
            x_mm = _EDGE_MM + 5 + place * _CURVE_STEP_MM
            draw_curve(page.axes(x_mm, y_mm, *_CURVE_MM), own, verdict)
            short = LETTERS.shortened(name, _CURVE_MM[0], _PT, True)
            page.text(x_mm, y_mm - 4.2, short, fontsize=_PT, fontweight="bold")
            ink = OWN if verdict == "helps" else style.MUTED
            page.text(x_mm, y_mm - 1.4, caption, fontsize=6.0, color=ink)
        y_mm += _CURVE_MM[1] + 9
    sentences = curve_sentences(curve)
    room = max(int((bottom_mm - 2 - y_mm) / _LEAD_MM) + 1, 1)
    if len(sentences) > room:
        sentences = (*sentences[: room - 1], _ELSEWHERE)
    for line, sentence in enumerate(sentences):
        short = LETTERS.shortened(sentence, _ROOM_MM, _PT)
        page.text(_EDGE_MM, y_mm + line * _LEAD_MM, short, fontsize=_PT)


def _draw_foot(page: Page, report: ValidationReport) -> float:
    """Write splits, notes and versions at the bottom; return the place of the line above them."""
    packages = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    texts = [split_text(report), f"Versions: {packages}.", *report.notes]
    lines = [line for text in texts for line in LETTERS.wrapped(text, _ROOM_MM, _SMALL_PT)]
    if len(lines) > _MOST_FOOT_LINES:
        lines = [*lines[: _MOST_FOOT_LINES - 1], _ELSEWHERE]
    y_mm = _FOOT_BOTTOM_MM - (len(lines) - 1) * style.LINE_MM
    _rule(page, y_mm - 4.5)
    page.lines(_EDGE_MM, y_mm, lines, style.MUTED)
    return y_mm - 4.5


def _rule(page: Page, y_mm: float) -> None:
    page.line((_EDGE_MM, y_mm), (_WIDTH_MM - _EDGE_MM, y_mm), color=style.HAIRLINE, lw=0.6)


def _table(
    page: Page,
    x_mm: float,
    y_mm: float,
    titles: Sequence[str],
    rows: Rows,
    widths_mm: Sequence[float],
) -> float:
    """Write a table, titles at y, and return the baseline after it."""
    for number, cells in enumerate((titles, *rows)):
        left_mm = x_mm
        ink = style.MUTED if number == 0 else style.INK
        for cell, width_mm in zip(cells, widths_mm, strict=True):
            short = LETTERS.shortened(cell, width_mm - 1.5, _SMALL_PT)
            page.text(left_mm, y_mm, short, fontsize=_SMALL_PT, color=ink)
            left_mm += width_mm
        if number == 0:
            rule: dict[str, Any] = {"color": style.HAIRLINE, "lw": 0.5}
            page.line((x_mm, y_mm + 1.3), (x_mm + sum(widths_mm), y_mm + 1.3), **rule)
        y_mm += _TABLE_MM
    return y_mm
