"""Study report as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

from focus_viewer.core.studies.comparison import Comparison
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.studies.sentences import result_sentence
from focus_viewer.core.studies.study import Study
from focus_viewer.figures.group_charts import (
    draw_difference,
    draw_means,
    draw_values,
    group_colour,
)
from focus_viewer.figures.html import chart, document, paragraph, section, table
from focus_viewer.figures.study.tables import (
    METHOD,
    SHADING,
    data_text,
    group_table,
    notes_of,
    versions_text,
)

_CURVE_MM, _LOWER_MM, _VALUE_MM = (104.0, 44.0), (104.0, 24.0), (70.0, 44.0)
_NAMES_MM = 14.0


def study_html(study: Study, plan: StudyPlan, found: Sequence[Comparison]) -> str:
    """Return the report as HTML; the same study gives the same text."""
    title = f"Groups by {plan.column}"
    body = "\n".join(
        [
            f"<h1>{escape(title)}</h1>",
            paragraph(data_text(study, plan), "muted"),
            f'<div class="head"><div>{_key(found)}{table(*group_table(found))}</div></div>',
            *(_comparison(each) for each in found),
            _foot(study, found),
        ]
    )
    return document(title, body)


def _key(found: Sequence[Comparison]) -> str:
    names = next((each.observed.names for each in found if each.observed.names), ())
    words = (
        f'<span style="color: {group_colour(place)}">■</span> {escape(name)}'
        for place, name in enumerate(names)
    )
    return f"<p>{' &nbsp; '.join(words)}</p>"


def _comparison(found: Comparison) -> str:
    title = found.quantity.title
    words = paragraph(result_sentence(found))
    if not found.observed.values.size:
        return section(title[:1].upper() + title[1:], words)
    if found.quantity.kind == "value":
        charts = chart(partial(draw_values, found=found), *_VALUE_MM, names_mm=_NAMES_MM)
    else:
        charts = chart(partial(draw_means, found=found), *_CURVE_MM, names_mm=_NAMES_MM)
        if found.test is not None:
            lower = partial(draw_difference, found=found)
            charts += "<br>" + chart(lower, *_LOWER_MM, names_mm=_NAMES_MM)
            charts += paragraph(SHADING, "muted small")
    return section(title[:1].upper() + title[1:], words + charts)


def _foot(study: Study, found: Sequence[Comparison]) -> str:
    texts = [METHOD, f"{versions_text(study)}.", *notes_of(study, found)]
    lines = "".join(paragraph(text, "muted small") for text in texts)
    return f"<footer>{lines}</footer>"
