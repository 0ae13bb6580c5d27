"""Validation report as one HTML file that needs no other file, no network and no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from html import escape
from typing import Final

from matplotlib.axes import Axes

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
from focus_viewer.figures import style
from focus_viewer.figures.figure_file import rendered
from focus_viewer.figures.page import Page
from focus_viewer.figures.validation.charts import (
    OWN,
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

_MATRIX_MM, _NAMES_MM = 6.0, 26.0  # a row's height, and the room for its name
_RIVALS_MM, _CURVE_MM = (54.0, 28.0), (34.0, 22.0)
_MOST_PLACES, _MOST_CURVES = 10, 60
_PX_PER_PT: Final = 1.9  # the page's letters are small for a screen

_STYLE: Final = f"""
:root {{ color-scheme: light; }}
body {{ font: 15px/1.5 "DejaVu Sans", system-ui, sans-serif; color: {style.INK};
  background: white; max-width: 1180px; margin: 2rem auto; padding: 0 1.5rem; }}
h1 {{ font-size: 1.7rem; margin: 0; }} h2 {{ font-size: 1.1rem; margin: 2.2rem 0 .6rem; }}
.muted, th {{ color: {style.MUTED}; }} .small {{ font-size: .82rem; }}
.head {{ display: flex; gap: 2rem; border-top: 1px solid {style.HAIRLINE}; padding-top: 1rem;
  margin-top: .8rem; flex-wrap: wrap; }} .head > div:last-child {{ flex: 1 1 26rem; }}
.score {{ font-size: 3.4rem; font-weight: bold; color: {OWN}; line-height: 1.1; }}
p {{ margin: .25rem 0; }} .warning {{ color: {style.WARNING}; }}
table {{ border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }}
th {{ text-align: left; font-weight: normal; border-bottom: 1px solid {style.HAIRLINE}; }}
th, td {{ padding: .22rem .9rem .22rem 0; vertical-align: top; }}
svg {{ max-width: 100%; height: auto; }} .scroll {{ overflow-x: auto; }}
.pairs {{ display: grid; gap: 0 2.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); }}
.curves {{ display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; }} figure {{ margin: 0; }}
details {{ margin-top: .6rem; }} td {{ white-space: nowrap; }}
figcaption {{ font-size: .82rem; }} footer {{ border-top: 1px solid {style.HAIRLINE};
  margin-top: 2rem; padding-top: .6rem; }}
@media print {{ body {{ margin: 0; font-size: 11px; }} h2 {{ break-after: avoid; }} }}
"""


def validation_html(report: ValidationReport) -> str:
    """Return the report as HTML; the same report gives the same text."""
    title = report.title
    body = "\n".join(
        [
            f"<h1>{escape(title)}</h1>",
            _paragraph(data_text(report), "muted"),
            _head(report),
            '<div class="pairs">',
            _section("Held-out examples, and what they were taken for", _confusion(report)),
            _section("Classes, with intervals of 95 %", _table(*class_table(report))),
            _section("Balanced accuracy beside baselines on mean spectra", _rivals(report)),
            _section("Folds", _folds(report)),
            "</div>",
            _section("Learning curve", _curves(report)),
            _section("Where to annotate next", _places(report)),
            _foot(report),
        ]
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _head(report: ValidationReport) -> str:
    score = report.balanced_accuracy
    span = f"{number_text(score.low)} to {number_text(score.high)}"
    number = (
        f'<div><div class="score">{number_text(score.mean)}</div>'
        + _paragraph("balanced accuracy, held out", "muted small")
        + _paragraph(f"{span}; chance {number_text(report.chance)}", "muted small")
        + _paragraph(f"macro F1 {interval_text(report.macro_f1)}", "muted small")
        + "</div>"
    )
    said = [
        *class_sentences(report),
        *comparison(report),
        control_text(report),
        training_text(report),
    ]
    lines = [_paragraph(text) for text in said]
    lines += [_paragraph(text, "warning") for text in report.warnings]
    return f'<div class="head">{number}<div>{"".join(lines)}</div></div>'


def _confusion(report: ValidationReport) -> str:
    if report.several:
        return _table(*presence_table(report))
    side_mm = max(_MATRIX_MM * len(report.classes), 24.0)
    explained = _paragraph("Rows true, columns predicted; blue right, red wrong.", "muted small")
    return explained + _chart(
        lambda axes: draw_matrix(axes, report, _NAMES_MM - 1), side_mm * 1.25, side_mm
    )


def _rivals(report: ValidationReport) -> str:
    return _chart(lambda axes: draw_rivals(axes, report, _NAMES_MM - 1), *_RIVALS_MM)


def _places(report: ValidationReport) -> str:
    titles, rows = place_table(report, _MOST_PLACES)
    if not rows:
        return _paragraph("None was looked at.", "muted")
    explained = (
        "Places with the least certain predictions: a label there teaches most. Labelled ones were "
        "held out; look whether their label is right. Doubt is the entropy, as a share of the "
        "largest possible."
    )
    return _paragraph(explained, "muted small") + _table(titles, rows)


def _curves(report: ValidationReport) -> str:
    sentences = "".join(_paragraph(text) for text in curve_sentences(report.curve))
    curve = report.curve
    if curve is None:
        return sentences
    explained = (
        f"Taught from so many {units_text(curve.by)} of each class, drawn {curve.draws} times; "
        "tested on all that was held out. F1 of each class."
    )
    return (
        f'{_paragraph(explained, "muted small")}<div class="curves">{_curve_figures(curve)}</div>'
        f"{sentences}"
    )


def _curve_figures(curve: LearningCurve) -> str:
    figures = []
    for name, caption, own, verdict in curve_panels(curve, _MOST_CURVES):
        words = f'<b>{escape(name)}</b> <span class="muted">{escape(caption)}</span>'
        draw = partial(draw_curve, curve=own, verdict=verdict)
        chart = _chart(draw, *_CURVE_MM, names_mm=8.0, top_mm=2.0)
        figures.append(f"<figure><figcaption>{words}</figcaption>{chart}</figure>")
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
    return _table(titles, rows) + _fold_tables(report)


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
        figures.append(f"<figure>{caption}{_table(('', *numbers), rows)}</figure>")
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
    lines = "".join(_paragraph(text, "muted small") for text in texts)
    return f"<footer>{lines}</footer>"


def _section(title: str, content: str) -> str:
    return f'<section><h2>{escape(title)}</h2><div class="scroll">{content}</div></section>'


def _paragraph(text: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{escape(text)}</p>"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _chart(
    draw: Callable[[Axes], None],
    width_mm: float,
    height_mm: float,
    names_mm: float = _NAMES_MM,
    top_mm: float = 6.0,
) -> str:
    """Draw a chart and return it as SVG without links, metadata and namespaces."""
    with style.house_style():
        page = Page(height_mm + top_mm + 6, names_mm + width_mm + 12)
        draw(page.axes(names_mm, top_mm, width_mm, height_mm))
        svg = rendered(page.figure, "svg").decode()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)
    return re.sub(r'(width|height)="([\d.]+)pt"', _larger, svg, count=2)


def _larger(found: re.Match[str]) -> str:
    return f'{found[1]}="{float(found[2]) * _PX_PER_PT:.0f}"'
