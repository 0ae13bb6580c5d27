"""Training figure: loss, its parts, accuracy and sink mass over the epochs of both stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter

from focus_viewer.core.typing import DoubleArray
from focus_viewer.figures import style
from focus_viewer.figures.page import Page

_COLUMNS_MM = (3.0, 58.0, 114.0)  # left edges: the backbone's column, then two of the prompts'
_AXES_MM = 8.0  # from a column's edge to its axes
_SIZE_MM = (35.0, 36.0)
_TITLE_MM, _ROW_MM, _FOOT_MM = 7.0, 55.0, 11.0
_LABEL_MM = 2.6  # from label to label
_ROOM = 0.05  # above and below curves, as a share of their range
# Okabe and Ito's colours, distinct with any colour vision; their yellow is too light for a line.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b0669a", "#b07d00", "#4a9cc9")
_IN_TRAINING, _HELD_OUT = "#8a9198", style.INK
_MARKED_EPOCHS = 40  # more dots than these would run into a band

Curves = Mapping[str, DoubleArray]
"""Figures by name, one an epoch; NaN where there is none."""


@dataclass(frozen=True, eq=False)
class StageCurves:
    """Curves of a stage, each of shape (epochs,).

    Attributes
    ----------
    loss, accuracy, parts, fit, sink : mapping of str to DoubleArray
        Accuracy and what the sink takes are shares, 0 to 1; parts of the loss are weighted,
        above 0.
    """

    loss: Curves = field(default_factory=dict)
    accuracy: Curves = field(default_factory=dict)
    parts: Curves = field(default_factory=dict)
    fit: Curves = field(default_factory=dict)
    sink: Curves = field(default_factory=dict)


def training_figure(backbone: StageCurves, prompts: StageCurves) -> Figure:
    """Draw loss and accuracy of the backbone beside those of the prompts, their parts and sink."""
    with style.house_style():
        page = Page(_TITLE_MM + _ROW_MM + _SIZE_MM[1] + _FOOT_MM)
        _draw(_panel(page, 0, "Backbone: loss"), backbone.loss, (style.INK,))
        _draw(_panel(page, 1, "Prompts: loss"), prompts.loss, (style.INK,))
        parts = _panel(page, 2, "Prompts: parts of the loss, weighted")
        _draw(parts, prompts.parts, _COLOURS, scale="log")
        series = (_IN_TRAINING, _HELD_OUT)
        _draw(_panel(page, 3, "Backbone: accuracy"), backbone.accuracy, series, (0, 1))
        _draw(_panel(page, 4, "Prompts: R² of coalitions"), prompts.fit, (style.INK,), (0, 1))
        _draw(_panel(page, 5, "Prompts: what the sink takes"), prompts.sink, _COLOURS[1:3], (0, 1))
        return page.figure


def _panel(page: Page, place: int, title: str) -> Axes:
    row, column = divmod(place, len(_COLUMNS_MM))
    x_mm, y_mm = _COLUMNS_MM[column], _TITLE_MM + row * _ROW_MM
    page.title(x_mm, y_mm - 3, "abcdef"[place], title)
    return page.axes(x_mm + _AXES_MM, y_mm, *_SIZE_MM)


def _draw(
    axes: Axes,
    curves: Curves,
    colours: Sequence[str],
    limits: tuple[float, float] | None = None,
    scale: str = "linear",
) -> None:
    least = 0.0 if scale == "log" else -np.inf  # a part that weighs nothing has no logarithm
    clean = {name: np.where(values > least, values, np.nan) for name, values in curves.items()}
    shown = {name: values for name, values in clean.items() if np.isfinite(values).any()}
    if not shown:
        axes.set_axis_off()
        axes.text(0, 0.5, "not yet", color=style.MUTED, transform=axes.transAxes)
        return
    axes.set_yscale(scale)
    for colour, values in zip(cycle(colours), shown.values(), strict=False):
        dots = "o" if values.size <= _MARKED_EPOCHS else ""
        epochs = np.arange(1, values.size + 1)
        axes.plot(epochs, values, color=colour, lw=1.1, marker=dots, ms=1.8, clip_on=False)
    _set_scales(axes, max(values.size for values in shown.values()), limits)
    if len(shown) > 1:
        _name(axes, shown, colours)


def _set_scales(axes: Axes, epochs: int, limits: tuple[float, float] | None) -> None:
    axes.margins(y=_ROOM)
    axes.set(xlim=(1 - _ROOM * epochs, epochs * (1 + _ROOM)), ylim=limits, xlabel="Epoch")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
    if axes.get_yscale() == "log":
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())


def _name(axes: Axes, curves: Curves, colours: Sequence[str]) -> None:
    """Write each curve's name at its end, moved up or down where names would overlap."""
    ends = [values[np.isfinite(values)][-1] for values in curves.values()]
    axes.autoscale_view()
    display = axes.transData.transform([(1, end) for end in ends])[:, 1]
    box = axes.get_window_extent()
    heights = spread((display - box.y0) / box.height, _LABEL_MM / _SIZE_MM[1])
    for colour, name, height in zip(cycle(colours), curves, heights, strict=False):
        axes.text(
            1.03,
            height,
            name,
            color=colour,
            transform=axes.transAxes,
            va="center",
            fontsize=style.SMALL_PT,
        )


def spread(heights: DoubleArray, gap: float) -> DoubleArray:
    """Move heights apart to at least `gap`, as little as possible, in their order.

    Heights that are too close become a stack around their mean; stacks that meet become one.
    """
    order = np.argsort(heights, kind="stable")
    stacks: list[list[float]] = []
    for height in heights[order].tolist():
        stacks.append([height])
        while len(stacks) > 1 and _foot(stacks[-1], gap) < _top(stacks[-2], gap) + gap:
            above = stacks.pop()
            stacks[-1] += above
    moved = [_foot(stack, gap) + gap * step for stack in stacks for step in range(len(stack))]
    result = np.empty_like(heights)
    result[order] = moved
    return result


def _foot(stack: list[float], gap: float) -> float:
    return sum(stack) / len(stack) - gap * (len(stack) - 1) / 2


def _top(stack: list[float], gap: float) -> float:
    return _foot(stack, gap) + gap * (len(stack) - 1)
