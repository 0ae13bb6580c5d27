"""Validation report as one HTML file that needs no other file, no network and no scripts."""

from __future__ import annotations

from functools import partial
from html import escape

from focus_viewer.core.validation.learning_curve import LearningCurve
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
from focus_viewer.figures.html import NAMES_MM, chart, document, paragraph, section, table
from focus_viewer.figures.validation.charts import (
    count_text,
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

_MATRIX_MM = 6.0  # height of a row
_RIVALS_MM, _CURVE_MM = (54.0, 28.0), (34.0, 22.0)
_MOST_PLACES, _MOST_CURVES = 10, 60


def validation_html(report: ValidationReport) -> str:
    """Return the report as HTML; the same report gives the same text."""
    title = report.title
    body = "\n".join(
        [
            f"<h1>{escape(title)}</h1>",
            paragraph(data_text(report), "muted"),
            _head(report),
            '<div class="pairs">',
            section("Held-out examples, and what they were taken for", _confusion(report)),
            section("Classes, with intervals of 95 %", table(*class_table(report))),
            section("Balanced accuracy beside baselines on mean spectra", _rivals(report)),
            section("Folds", _folds(report)),
            "</div>",
            section("Learning curve", _curves(report)),
            section("Where to annotate next", _places(report)),
            _foot(report),
        ]
    )
    return document(title, body)


def _head(report: ValidationReport) -> str:
    score = report.balanced_accuracy
    span = f"{number_text(score.low)} to {number_text(score.high)}"
    number = (
        f'<div><div class="score">{number_text(score.mean)}</div>'
        + paragraph("balanced accuracy, held out", "muted small")
        + paragraph(f"{span}; chance {number_text(report.chance)}", "muted small")
        + paragraph(f"macro F1 {interval_text(report.macro_f1)}", "muted small")
        + "</div>"
    )
    said = [
        *class_sentences(report),
        *comparison(report),
        control_text(report),
        training_text(report),
    ]
    lines = [paragraph(text) for text in said]
    lines += [paragraph(text, "warning") for text in report.warnings]
    return f'<div class="head">{number}<div>{"".join(lines)}</div></div>'


def _confusion(report: ValidationReport) -> str:
    if report.several:
        return table(*presence_table(report))
    side_mm = max(_MATRIX_MM * len(report.classes), 24.0)
    explained = paragraph("Rows true, columns predicted; blue right, red wrong.", "muted small")
    return explained + chart(
        lambda axes: draw_matrix(axes, report, NAMES_MM - 1), side_mm * 1.25, side_mm
    )


def _rivals(report: ValidationReport) -> str:
    return chart(lambda axes: draw_rivals(axes, report, NAMES_MM - 1), *_RIVALS_MM)


def _places(report: ValidationReport) -> str:
    titles, rows = place_table(report, _MOST_PLACES)
    if not rows:
        return paragraph("None was looked at.", "muted")
    explained = (
        "Places with the least certain predictions: a label there teaches most. Labelled ones were "
        "held out; look whether their label is right. Doubt is the entropy, as a share of the "
        "largest possible."
    )
    return paragraph(explained, "muted small") + table(titles, rows)


def _curves(report: ValidationReport) -> str:
    sentences = "".join(paragraph(text) for text in curve_sentences(report.curve))
    curve = report.curve
    if curve is None:
        return sentences
    explained = (
        f"Taught from so many {units_text(curve.by)} of each class, drawn {curve.draws} times; "
        "tested on all that was held out. F1 of each class."
    )
    return (
        f'{paragraph(explained, "muted small")}<div class="curves">{_curve_figures(curve)}</div>'
        f"{sentences}"
    )


def _curve_figures(curve: LearningCurve) -> str:
    figures = []
    for name, caption, own, verdict in curve_panels(curve, _MOST_CURVES):
        words = f'<b>{escape(name)}</b> <span class="muted">{escape(caption)}</span>'
        draw = partial(draw_curve, curve=own, verdict=verdict)
        drawn = chart(draw, *_CURVE_MM, names_mm=8.0, top_mm=2.0)
        figures.append(f"<figure><figcaption>{words}</figcaption>{drawn}</figure>")
    return "".join(figures)


def _folds(report: ValidationReport) -> str:
    titles = ("Repeat", "Fold", "Taught from", "Held out", "Judged", "Balanced accuracy")
    rows: Rows = [
        (
            str(fold.repeat),
            str(number % report.folds_a_repeat + 1),
            str(fold.taught_from),
            str(fold.held_out),
            str(fold.judged),
            number_text(fold.balanced_accuracy),
        )
        for number, fold in enumerate(report.folds)
    ]
    return table(titles, rows) + _fold_tables(report)


def _fold_tables(report: ValidationReport) -> str:
    """Return the confusion of each fold, rows true and columns predicted, to be unfolded."""
    if report.several:
        return ""
    figures = []
    for place, fold in enumerate(report.folds[: report.folds_a_repeat], 1):
        rows = [
            (str(number), *(count_text(count) if count else "·" for count in counts))
            for number, counts in enumerate(fold.table, 1)
        ]
        numbers = [row[0] for row in rows]
        caption = f'<figcaption class="muted">Fold {place}</figcaption>'
        figures.append(f"<figure>{caption}{table(('', *numbers), rows)}</figure>")
    summary = '<summary class="small">Confusion of each fold</summary>'
    return f'<details>{summary}<div class="curves">{"".join(figures)}</div></details>'


def _foot(report: ValidationReport) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    texts = [
        split_text(report),
        f"Versions: {packages}.",
        f"Data set {report.data.fingerprint}.",
        *report.notes,
    ]
    lines = "".join(paragraph(text, "muted small") for text in texts)
    return f"<footer>{lines}</footer>"
