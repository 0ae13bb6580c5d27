"""Panel of class probabilities: a thin bar for each class, the most probable first."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes

from focus_viewer.core.documents.figure_subject import FigureCube
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.wording import percent
from focus_viewer.figures import style
from focus_viewer.figures.publication.layout import Block, Place, Sheet
from focus_viewer.figures.publication.letters import Letters

_MOST_ROWS: Final = 5  # of a panel beside a low picture
_CELL_MM: Final = 56.0  # width of a third of a page of two columns
_LINES_A_ROW: Final = 2.2
_WIDEST_MM: Final = 60.0  # a bar beside nothing else is not longer than that
_BAR_MM: Final = 1.1


def probability_block(shown: FigureCube, letters: Letters) -> Block:
    """Return the block of a cube's class probabilities, the explained class in bold.

    Where the model does not apply, the reasons stand in their place.
    """
    explanation = shown.explanation
    if explanation is None:
        raise ValueError(f"{shown.cube.name} is not explained")

    def draw(sheet: Sheet, place: Place) -> None:
        frame = place.frame
        width_mm = min(frame.width_mm, _WIDEST_MM)
        axes = sheet.page.axes(frame.x_mm, frame.y_mm, width_mm, frame.height_mm)
        axes.set(xlim=(0, width_mm), ylim=(frame.height_mm, 0))
        axes.set_axis_off()
        if foreign:
            _draw_verdict(axes, explanation.applicability.sentence, sheet.letters)
        else:
            _draw_rows(axes, explanation, str(shown.class_name), sheet.letters)

    foreign = explanation.applicability.verdict == "does not apply"
    rows = min(len(explanation.classes), _MOST_ROWS)
    title = "The model does not apply" if foreign else "Class probability"
    return Block(title, draw, rows * _row_mm(letters) / _CELL_MM, flexible=True)


def _row_mm(letters: Letters) -> float:
    return _LINES_A_ROW * letters.line_mm(letters.body_pt)


def _draw_rows(axes: Axes, explanation: Explanation, class_name: str, letters: Letters) -> None:
    """Draw as many classes as fit, and the number of the others."""
    row_mm = _row_mm(letters)
    order = np.argsort(-explanation.probabilities, kind="stable")
    rows = max(int(axes.get_ylim()[0] / row_mm + 0.05), 1)
    shown = order if order.size <= rows else order[: rows - 1]
    for row, index in enumerate(shown):
        name, probability = explanation.classes[index], float(explanation.probabilities[index])
        _draw_row(axes, row * row_mm, name, probability, name == class_name, letters)
    if shown.size < order.size:
        y_mm = shown.size * row_mm + letters.line_mm(letters.body_pt)
        axes.text(0, y_mm, f"and {order.size - shown.size} more", color=style.MUTED)


def _draw_verdict(axes: Axes, sentence: str, letters: Letters) -> None:
    """Draw as many lines of the verdict as fit; the caption has all of it."""
    line_mm = letters.line_mm(letters.body_pt)
    most = max(int(axes.get_ylim()[0] / line_mm), 1)
    lines = letters.wrapped(sentence, axes.get_xlim()[1], letters.body_pt)
    shown = [*lines[: most - 1], f"{lines[most - 1]} ..."] if len(lines) > most else lines
    for row, line in enumerate(shown):
        axes.text(0, (row + 0.85) * line_mm, line, color=style.WARNING)


def _draw_row(
    axes: Axes, top_mm: float, name: str, probability: float, chosen: bool, letters: Letters
) -> None:
    weight, colour = ("bold", style.INK) if chosen else ("normal", style.MUTED)
    width_mm, line_mm = axes.get_xlim()[1], letters.line_mm(letters.body_pt)
    share = percent(probability)
    room_mm = width_mm - 1.5 - letters.width_mm(share, letters.body_pt, chosen)
    short = letters.shortened(name, room_mm, letters.body_pt, chosen)
    y_mm = top_mm + 0.85 * line_mm
    axes.text(0, y_mm, short, fontweight=weight)
    axes.text(width_mm, y_mm, share, fontweight=weight, ha="right")
    bar_mm = y_mm + 0.45 * line_mm
    axes.barh(bar_mm, width_mm, height=_BAR_MM, color=style.TRACK)
    axes.barh(bar_mm, width_mm * probability, height=_BAR_MM, color=colour)
