"""Charts of a validation report, each drawn on axes that are given to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from focus_viewer.core.datasets.metrics import Interval
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.learning_curve import Curve, LearningCurve, Verdict
from focus_viewer.core.validation.report import Rival, ValidationReport
from focus_viewer.core.validation.sentences import BASELINE_NAMES, number_text
from focus_viewer.figures import style
from focus_viewer.figures.publication.letters import Letters

LETTERS: Final = Letters("DejaVu Sans", 7.0)
RIGHT, OWN, RIVAL = "#2166ac", style.OWN, "#5c636a"
VERDICT_WORDS: Final[dict[Verdict, str]] = {
    "helps": "more would help",
    "open": "cannot be said yet",
    "hardly": "more would hardly help",
    "too few": "too few for a curve",
}
_MOST_NUMBERS = 16  # classes; cells beyond are too small for their numbers
_FEW_CLASSES = 12
_FEW_SIZES = 5  # each has a tick then
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def draw_matrix(axes: Axes, report: ValidationReport, names_mm: float) -> None:
    """Draw the confusion matrix: rows true, columns predicted, shaded by the share of the row."""
    table = report.table
    count = len(table)
    sums = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, sums, out=np.zeros_like(table), where=sums > 0)
    axes.add_collection(_cells(shares))
    axes.set(xticks=range(count), yticks=[], xlim=(-0.5, count - 0.5), ylim=(count - 0.5, -0.5))
    axes.set_xticklabels([str(number) for number in range(1, count + 1)])
    axes.xaxis.tick_top()
    axes.tick_params(length=0, pad=1.5, labelsize=6.5 if count <= _FEW_CLASSES else 5.0)
    for place, row in enumerate(report.classes):
        name = LETTERS.shortened(f"{place + 1}  {row.name}", names_mm, 6.5)
        colour = style.INK if row.judged else style.MUTED
        spot = (-0.02, place)
        transform = axes.get_yaxis_transform()
        axes.text(*spot, name, transform=transform, ha="right", va="center", color=colour, size=6.5)
        if not row.judged:
            axes.text(
                count / 2 - 0.5, place, "not validated", color=style.MUTED, ha="center", va="center"
            )
    if count <= _MOST_NUMBERS:
        _write_counts(axes, table, shares)
    axes.spines[:].set_visible(False)


def _cells(shares: DoubleArray) -> PolyCollection:
    """Return the cells: blue on the diagonal, red beside it, grey for none."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * 0.48
    cells, colours = [], []
    empty = np.array(to_rgb(style.TRACK))
    for row, col in np.ndindex(shares.shape):
        full = np.array(to_rgb(RIGHT if row == col else style.LESION))
        cells.append(np.add(corners, (col, row)))
        colours.append(tuple(empty + (full - empty) * shares[row, col]))
    return PolyCollection(cells, facecolors=colours, linewidths=0)


def _write_counts(axes: Axes, table: DoubleArray, shares: DoubleArray) -> None:
    size = 6.5 if len(table) <= _FEW_CLASSES else 5.0
    for (row, col), value in np.ndenumerate(table):
        if value:
            colour = "white" if shares[row, col] > 0.45 else style.INK
            axes.text(
                col, row, count_text(value), ha="center", va="center", color=colour, size=size
            )


def count_text(value: float) -> str:
    """Return a count, with a decimal where each example was held out several times."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"


def rival_rows(report: ValidationReport) -> list[tuple[str, Interval | None, str]]:
    """Return name, balanced accuracy and colour of the model and of what is beside it."""
    run = sorted(report.rivals, key=_score, reverse=True)
    named = [(BASELINE_NAMES.get(rival.name, rival.name), rival.score, RIVAL) for rival in run]
    shuffled = ("labels shuffled", report.shuffled, style.MUTED)
    return [(report.name, report.balanced_accuracy, OWN), *named, shuffled]


def _score(rival: Rival) -> float:
    return rival.score.mean if rival.score else -1.0


def draw_rivals(axes: Axes, report: ValidationReport, names_mm: float) -> None:
    """Draw balanced accuracies with their intervals, and chance as a line."""
    rows = rival_rows(report)
    axes.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), yticks=[])
    axes.xaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.spines["left"].set_visible(False)
    axes.axvline(report.chance, color=style.MUTED, linewidth=0.7, linestyle=(0, (3, 2)))
    axes.text(report.chance, -0.62, "chance", color=style.MUTED, size=6, ha="center", va="bottom")
    transform = axes.get_yaxis_transform()
    for line, (name, score, colour) in enumerate(rows):
        weight = "bold" if line == 0 else "normal"
        short = LETTERS.shortened(name, names_mm, 6.5, line == 0)
        axes.text(
            -0.02,
            line,
            short,
            transform=transform,
            ha="right",
            va="center",
            size=6.5,
            fontweight=weight,
        )
        axes.axhline(line, color=style.TRACK, linewidth=0.5, zorder=0)
        if score is None or not np.isfinite(score.mean):
            axes.text(0.01, line, "not run", color=style.MUTED, va="center", size=6.5)
            continue
        axes.plot([score.low, score.high], [line, line], color=colour, linewidth=1.4)
        axes.plot(score.mean, line, "o", color=colour, markersize=4, clip_on=False)
        axes.text(
            1.03,
            line,
            number_text(score.mean),
            transform=transform,
            va="center",
            size=6.5,
            fontweight=weight,
        )


def curve_panels(
    curve: LearningCurve, most: int
) -> Sequence[tuple[str, str, Curve, Verdict | None]]:
    """Return title, caption, curve and verdict of the first panels, those that would help first."""
    order = list(VERDICT_WORDS)
    ranked = sorted(curve.classes, key=lambda own: (order.index(own.verdict), -own.units))
    shown = [own for own in ranked if own.verdict != "too few"]
    panels: list[tuple[str, str, Curve, Verdict | None]] = [
        ("All classes", "balanced accuracy", curve.balanced_accuracy, None)
    ]
    panels += [(own.name, VERDICT_WORDS[own.verdict], own.curve, own.verdict) for own in shown]
    return panels[:most]


def draw_curve(axes: Axes, curve: Curve, verdict: Verdict | None) -> None:
    """Draw a learning curve with its interval, the number of units on a logarithmic axis."""
    sizes = np.array(curve.sizes)
    colour = OWN if verdict == "helps" else style.INK if verdict is None else RIVAL
    axes.fill_between(sizes, curve.low, curve.high, color=colour, alpha=0.16, linewidth=0)
    axes.plot(sizes, curve.mean, "o-", color=colour, linewidth=1.2, markersize=2.6, clip_on=False)
    axes.set_xscale("log")
    low, high = float(sizes.min()), float(sizes.max())
    axes.set(ylim=(0, 1), xlim=(low / (high / low) ** 0.06, high * (high / low) ** 0.06))
    ticks = sizes if len(sizes) <= _FEW_SIZES else [n for n in _TICKS if low <= n <= high]
    axes.xaxis.set_major_locator(FixedLocator([float(tick) for tick in ticks]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
