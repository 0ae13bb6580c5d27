"""Figure of a benchmark: every method in every metric, FOCUS in colour."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from focus_viewer.figures import style
from focus_viewer.figures.benchmark_metrics import (
    BAND_IOU,
    BAND_SPEARMAN,
    CHANCE,
    COALITIONS,
    COLLAPSE,
    CURVE,
    DELETION,
    INSERTION,
    MAP,
    MEMORY,
    NAMES,
    OFF_TARGET,
    OWN,
    SCENE_IOU,
    SHUFFLED,
    SIMILARITY,
    SPATIAL_IOU,
    SPECIFIC,
    TIME,
    TIME_ALL,
    VOLUME_AP,
    Figures,
    Metric,
    band_iou_of,
    best,
    classes_of,
    known,
    stability_at,
)
from focus_viewer.figures.page import Page

_NAMES_MM = 31.0  # left of the first column of a row, for the methods' names
_COLUMNS = 5
_GAP_MM, _RIGHT_MM = 3.2, 3.0
_TOP_MM, _TITLE_MM, _LINE_MM, _AXIS_MM = 9.0, 10.0, 3.3, 9.0
_OWN_COLOURS = (
    "#d55e00",
    "#e69f00",
    "#cc79a7",
)  # of Okabe and Ito, for any colour vision
_RIVAL = "#5c636a"
_SHADE = "#fdf1e6"
_ARROWS = {"high": "→", "low": "←", "zero": "→0←"}
_LETTERS = 150  # of small print in a line
_DECADE_AND_A_HALF = 30.0


def benchmark_figure(result: Mapping[str, Any]) -> Figure:
    """Draw the figures of one sensor.

    Parameters
    ----------
    result : mapping
        As the benchmark's JSON has it: "sensor", "seeds", "scenes", "backbone", "methods".
    """
    figures: Figures = result["methods"]
    rows = _rows(figures)
    row_mm = _TITLE_MM + _LINE_MM * len(figures) + _AXIS_MM
    with style.house_style():
        notes = textwrap.wrap(_NOTES, _LETTERS)
        page = Page(_TOP_MM + row_mm * len(rows) + style.LINE_MM * len(notes))
        page.lines(3.0, 4.0, [_caption(result)], style.MUTED)
        for place, (title, metrics) in enumerate(rows):
            _draw_row(page, place, _TOP_MM + place * row_mm, title, metrics, figures)
        page.lines(3.0, _TOP_MM + row_mm * len(rows) + 1, notes, style.MUTED)
        return page.figure


_NOTES = (
    "Arrows: which way is better. Filled: the best, chance and the model's own values not counted. "
    "Bars: standard deviation over seeds. Vertical lines: chance, and for time and memory the "
    "backbone's plain forward pass, of which they are multiples. Shuffled weights: rank "
    "correlation of the volume with that of a model whose weights are shuffled. Curve at 30 dB: "
    "rank correlation with the curve without added noise. Collapse: share of the saliency on 1 % "
    "of the tokens. Curve and map as the model's own: cosine with its Shapley values."
)


def _caption(result: Mapping[str, Any]) -> str:
    backbone = result["backbone"]
    return (
        f"Sensor: {result['sensor']}. {result['scenes']} simulated scenes, {result['seeds']} "
        f"seed{'s' if result['seeds'] != 1 else ''}. The same frozen backbone for all "
        f"({backbone['parameters']:,} parameters, accuracy {backbone['accuracy']:.2f})."
    )


def _rows(figures: Figures) -> list[tuple[str, Sequence[Metric]]]:
    """Return titles and metrics of the rows, without those that no method has."""
    classes = [band_iou_of(name) for name in classes_of(figures)][:_COLUMNS]
    rows: list[tuple[str, Sequence[Metric]]] = [
        ("Right bands, right place", (BAND_IOU, BAND_SPEARMAN, SPATIAL_IOU, VOLUME_AP, OFF_TARGET)),
        ("Of the frozen model", (CURVE, MAP, COALITIONS, SPECIFIC, SCENE_IOU)),
        ("Band IoU by class", classes),
        ("Faithful, and spread", (DELETION, INSERTION, COLLAPSE, SIMILARITY, SHUFFLED)),
        ("Steady in noise, cheap", (stability_at(30), stability_at(10), TIME, TIME_ALL, MEMORY)),
    ]
    shown = [(title, [m for m in metrics if known(figures, m)]) for title, metrics in rows]
    return [(title, metrics) for title, metrics in shown if metrics]


def _draw_row(
    page: Page, place: int, y_mm: float, title: str, metrics: Sequence[Metric], figures: Figures
) -> None:
    page.title(3.0, y_mm + 1.0, "abcdefgh"[place], title)
    width_mm = (style.WIDTH_MM - _NAMES_MM - _RIGHT_MM + _GAP_MM) / _COLUMNS - _GAP_MM
    height_mm = _LINE_MM * len(figures)
    for column, metric in enumerate(metrics):
        x_mm = _NAMES_MM + column * (width_mm + _GAP_MM)
        axes = page.axes(x_mm, y_mm + _TITLE_MM - 2, width_mm, height_mm)
        draw_metric(axes, metric, figures, named=column == 0)


def draw_metric(axes: Axes, metric: Metric, figures: Figures, named: bool) -> None:
    """Draw a dot a method with its spread, the first method on top, with their names if wanted."""
    means, spreads = known(figures, metric), known(figures, metric, "sd")
    if metric.log:
        means.pop(CHANCE, None)  # which costs nothing
    axes.set(ylim=(len(figures) - 0.5, -0.5), yticks=[])
    axes.spines["left"].set_visible(False)
    _scale(axes, metric, means, spreads)
    if CHANCE in means:
        axes.axvline(means[CHANCE], color=style.HAIRLINE, linewidth=0.8, zorder=0)
    top = best(figures, metric)
    for line, method in enumerate(figures):
        shade = _SHADE if method in OWN else None
        axes.axhspan(line - 0.5, line + 0.5, facecolor=shade or "none", linewidth=0, zorder=-1)
        axes.axhline(line, color=style.TRACK, linewidth=0.5, zorder=0)
        if method in means:
            _draw_dot(axes, line, method, means[method], spreads.get(method, 0.0), method in top)
        else:
            axes.text(0.03, line, "–", va="center", transform=axes.get_yaxis_transform())
        if named:
            _write_name(axes, line, method)
    title = metric.label[0].upper() + metric.label[1:]
    axes.set_title(f"{title} {_ARROWS[metric.better]}", fontsize=7.0, pad=3)


def _draw_dot(
    axes: Axes, line: int, method: str, mean: float, spread: float, is_best: bool
) -> None:
    colour = _colour(method)
    axes.errorbar(mean, line, xerr=spread, color=colour, linewidth=0.9, capsize=0, zorder=2)
    face = colour if is_best else "white"
    axes.plot(
        mean,
        line,
        "o",
        markersize=4.2,
        markerfacecolor=face,
        markeredgecolor=colour,
        markeredgewidth=1.0,
        clip_on=False,
        zorder=3,
    )


def _write_name(axes: Axes, line: int, method: str) -> None:
    own = method in OWN
    axes.annotate(
        NAMES.get(method, method),
        (0, line),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-5, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        color=style.MUTED if method == CHANCE else style.INK,
        fontweight="bold" if own else "normal",
    )


def _colour(method: str) -> str:
    if method in OWN:
        return _OWN_COLOURS[OWN.index(method)]
    return style.HAIRLINE if method == CHANCE else _RIVAL


def _scale(
    axes: Axes, metric: Metric, means: Mapping[str, float], spreads: Mapping[str, float]
) -> None:
    if metric.log:
        _scale_log(axes, means)
        return
    ends = [
        mean + sign * spreads.get(name, 0.0) for name, mean in means.items() for sign in (-1, 1)
    ]
    low, high = min(0.0, *ends), max(*ends, 0.0)
    room = 0.06 * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "−")))


def _scale_log(axes: Axes, means: Mapping[str, float]) -> None:
    positive = [mean for mean in means.values() if mean > 0]
    axes.set_xscale("log", nonpositive="clip")
    low, high = min(0.5, *positive), max(*positive, 2.0)
    room = (high / low) ** 0.08
    axes.set_xlim(low / room, high * room)
    axes.axvline(1.0, color=style.HAIRLINE, linewidth=0.8, zorder=0)
    narrow = high / low < _DECADE_AND_A_HALF
    axes.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5) if narrow else (1,), numticks=4))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(_multiple))


def _multiple(value: float, position: int | None) -> str:
    power = math.log10(value)
    return f"{value:g}×" if abs(power) < 4 else f"10^{power:.0f}×"
