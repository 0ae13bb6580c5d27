"""How sure the model is of each class."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.figures import style

_ROW_MM = 7.0
_MAX_LETTERS = 20


def draw_probabilities(
    axes: Axes, explanation: Explanation, class_name: str, height_mm: float
) -> None:
    """Draw a thin bar a class, the most probable first, as many as fit.

    Parameters
    ----------
    axes : Axes
    explanation : Explanation
    class_name : str
        The explained class, in bold.
    height_mm : float
        Of the axes.
    """
    axes.set(xlim=(0, 1), ylim=(height_mm, 0))
    axes.set_axis_off()
    order = np.argsort(-explanation.probabilities, kind="stable")
    rows = int(height_mm // _ROW_MM)
    shown = order if order.size <= rows else order[: rows - 1]
    for row, index in enumerate(shown):
        name = explanation.classes[index]
        _draw_row(axes, row, name, float(explanation.probabilities[index]), name == class_name)
    if shown.size < order.size:
        rest = f"and {order.size - shown.size} more"
        axes.text(0, shown.size * _ROW_MM + 2.6, rest, color=style.MUTED)


def _draw_row(axes: Axes, row: int, name: str, probability: float, chosen: bool) -> None:
    top_mm = row * _ROW_MM
    weight = "bold" if chosen else "normal"
    colour = style.INK if chosen else style.MUTED
    axes.text(0, top_mm + 2.6, shortened(name), fontweight=weight)
    axes.text(1, top_mm + 2.6, percent(probability), fontweight=weight, ha="right")
    axes.barh(top_mm + 4.0, 1, height=1.1, color=style.TRACK)
    axes.barh(top_mm + 4.0, probability, height=1.1, color=colour)


def percent(probability: float) -> str:
    """`93 %`, `0.4 %`, `< 0.1 %`: never a zero or a hundred that it is not."""
    share = 100 * probability
    if share < 0.1:
        return "< 0.1 %"
    if share > 99.9:
        return "> 99.9 %"
    return f"{share:.1f} %" if share < 1 or share > 99 else f"{share:.0f} %"


def shortened(name: str, letters: int = _MAX_LETTERS) -> str:
    """A name that fits, cut in its middle: the ends tell names apart."""
    if len(name) <= letters:
        return name
    half = (letters - 1) // 2
    return f"{name[: letters - 1 - half]}…{name[-half:]}"
