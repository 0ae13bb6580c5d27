"""Study report on one A4 page."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from focus_viewer.core.studies.comparison import Comparison
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.studies.sentences import result_sentence
from focus_viewer.core.studies.study import Study
from focus_viewer.figures import style
from focus_viewer.figures.group_charts import (
    draw_difference,
    draw_means,
    draw_values,
    group_colour,
)
from focus_viewer.figures.page import Page
from focus_viewer.figures.publication.letters import Letters
from focus_viewer.figures.study.tables import (
    METHOD,
    SHADING,
    data_text,
    group_table,
    notes_of,
    versions_text,
)

_WIDTH_MM, _HEIGHT_MM, _EDGE_MM = 210.0, 297.0, 14.0
_ROOM_MM = _WIDTH_MM - 2 * _EDGE_MM
_AXES_MM = _EDGE_MM + 11.0
_CURVE_MM, _LOWER_MM, _VALUE_MM = (165.0, 30.0), (165.0, 15.0), (62.0, 34.0)
_TABLE_X_MM, _COLUMNS_MM = 104.0, (34.0, 22.0, 26.0, 16.0)
_MOST_GROUPS, _MOST_FOOT_LINES = 9, 9
_LEAD_MM, _ROW_MM, _FOOT_BOTTOM_MM = 3.5, 4.2, 289.0
_PT, _SMALL_PT = 7.0, style.SMALL_PT
_MORE = "More in the HTML report."
_LETTERS = Letters("DejaVu Sans", _PT)


def study_page(study: Study, plan: StudyPlan, found: Sequence[Comparison]) -> Figure:
    """Draw the report on one A4 page."""
    with style.house_style():
        page = Page(_HEIGHT_MM, _WIDTH_MM)
        y_mm = _draw_head(page, study, plan, found)
        letters = iter("abc")
        for each in found:
            y_mm = _draw_comparison(page, each, next(letters), y_mm, found)
        _draw_foot(page, study, found)
        return page.figure


def _draw_head(page: Page, study: Study, plan: StudyPlan, found: Sequence[Comparison]) -> float:
    title = _LETTERS.shortened(f"Groups by {plan.column}", _ROOM_MM, 13, True)
    page.text(_EDGE_MM, 16, title, fontsize=13, fontweight="bold")
    about = _LETTERS.shortened(data_text(study, plan), _ROOM_MM, _PT)
    page.text(_EDGE_MM, 21.5, about, fontsize=_PT, color=style.MUTED)
    names = next((each.observed.names for each in found if each.observed.names), ())
    x_mm = _EDGE_MM
    for place, name in enumerate(names[:_MOST_GROUPS]):
        short = _LETTERS.shortened(name, 30, _PT)
        page.text(x_mm, 26.5, f"■ {short}", fontsize=_PT, color=group_colour(place))
        x_mm += _LETTERS.width_mm(short, _PT) + 8
    return 34.0


def _draw_comparison(
    page: Page, found: Comparison, letter: str, y_mm: float, all_found: Sequence[Comparison]
) -> float:
    """Draw charts and sentence of a comparison; return where the next begins."""
    title = found.quantity.title
    page.title(_EDGE_MM, y_mm, letter, title[:1].upper() + title[1:])
    y_mm += 3.5
    if found.observed.values.size:
        draw = _draw_value if found.quantity.kind == "value" else _draw_curves
        y_mm = draw(page, found, y_mm, all_found)
    for line in _LETTERS.wrapped(result_sentence(found), _ROOM_MM, _PT):
        page.text(_EDGE_MM, y_mm, line, fontsize=_PT)
        y_mm += _LEAD_MM
    return y_mm + 5


def _draw_curves(
    page: Page, found: Comparison, y_mm: float, all_found: Sequence[Comparison]
) -> float:
    tested = found.test is not None
    draw_means(page.axes(_AXES_MM, y_mm, *_CURVE_MM), found, named=not tested)
    y_mm += _CURVE_MM[1] + 5
    if tested:
        draw_difference(page.axes(_AXES_MM, y_mm, *_LOWER_MM), found)
        y_mm += _LOWER_MM[1] + 5
    return y_mm + 5


def _draw_value(
    page: Page, found: Comparison, y_mm: float, all_found: Sequence[Comparison]
) -> float:
    draw_values(page.axes(_AXES_MM, y_mm, *_VALUE_MM), found)
    titles, rows = group_table(all_found)
    left = len(rows) - _MOST_GROUPS
    shown = [titles, *rows[:_MOST_GROUPS]]
    for number, cells in enumerate(shown):
        x_mm, ink = _TABLE_X_MM, style.INK if number else style.MUTED
        for cell, width_mm in zip(cells, _COLUMNS_MM, strict=False):
            short = _LETTERS.shortened(cell, width_mm - 1.5, _SMALL_PT)
            page.text(x_mm, y_mm + 2 + number * _ROW_MM, short, fontsize=_SMALL_PT, color=ink)
            x_mm += width_mm
    if left > 0:
        bottom_mm = y_mm + 2 + len(shown) * _ROW_MM
        page.text(_TABLE_X_MM, bottom_mm, _MORE, fontsize=_SMALL_PT, color=style.MUTED)
    return y_mm + max(_VALUE_MM[1] + 9, (len(shown) + 1) * _ROW_MM)


def _draw_foot(page: Page, study: Study, found: Sequence[Comparison]) -> None:
    """Write method, versions and notes at the bottom."""
    texts = [SHADING, METHOD, f"{versions_text(study)}.", *notes_of(study, found)]
    lines = [line for text in texts for line in _LETTERS.wrapped(text, _ROOM_MM, _SMALL_PT)]
    if len(lines) > _MOST_FOOT_LINES:
        lines = [*lines[: _MOST_FOOT_LINES - 1], _MORE]
    y_mm = _FOOT_BOTTOM_MM - (len(lines) - 1) * style.LINE_MM
    rule_mm = y_mm - 4.5
    ends = (_EDGE_MM, rule_mm), (_WIDTH_MM - _EDGE_MM, rule_mm)
    page.line(*ends, color=style.HAIRLINE, lw=0.6)
    page.lines(_EDGE_MM, y_mm, lines, style.MUTED)
