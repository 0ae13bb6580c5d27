"""Plots of groups: mean curves with spread, their difference with its band, single values."""

from __future__ import annotations

from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from focus_viewer.core.studies.comparison import Comparison, GroupTest
from focus_viewer.core.studies.words import runs
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.plain_plot import plain_plot

# Tol's light scheme, as for regions.
_SPREAD_ALPHA, _BAND_ALPHA, _DIFFERENT_ALPHA = 46, 60, 30
_WIDE_PX, _DOT_PX = 2.2, 7
_JITTER, _HALF = 0.16, 0.28
_TWO = 2


class GroupPlots(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Plots of one comparison: curves over wavelengths, or dots of a single value."""

    def __init__(self) -> None:
        super().__init__()
        self.setBackground(theme.PANEL)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything here
        self.upper, self.lower = plain_plot(), plain_plot()
        self.notice = pg.LabelItem("", color=theme.MUTED, size=f"{theme.FONT_PX}px")
        self.addItem(self.upper, 0, 0)
        self.addItem(self.lower, 1, 0)
        self.ci.layout.setRowStretchFactor(0, 3)
        self.ci.layout.setRowStretchFactor(1, 2)
        self.ci.layout.setSpacing(2)
        self.lower.setXLink(self.upper)
        self.notice.setParentItem(self.upper.vb)
        self.notice.anchor((0.5, 0.5), (0.5, 0.5))

    def show_comparison(self, found: Comparison | None, notice: str = "") -> None:
        """Draw a comparison; without one, say why there is none."""
        self.upper.clear()
        self.lower.clear()
        empty = found is None or not found.observed.values.size
        self.notice.setText(notice if found is None else "Nothing to compare" if empty else "")
        self.upper.getAxis("bottom").setTicks(None)
        if found is None or empty:
            self.upper.setLabel("left", "")
            self.upper.setLabel("bottom", "")
            self._use_lower(False)
            return
        if found.quantity.kind == "value":
            self._use_lower(False)
            _draw_dots(self.upper, found)
            return
        tested = found.test is not None
        self._use_lower(tested)
        _draw_means(self.upper, found)
        if found.test is not None:
            _draw_difference(self.lower, found, found.test)

    def _use_lower(self, shown: bool) -> None:
        self.upper.getAxis("bottom").setStyle(showValues=not shown)
        self.lower.setVisible(shown)
        self.lower.setMaximumHeight(16_777_215 if shown else 0)


def group_colour(place: int) -> QColor:
    """Return the colour of a group by its place."""
    colours = theme.GROUP_COLOURS
    return QColor(theme.seen(colours[place % len(colours)]))


def _draw_means(plot: pg.PlotItem, found: Comparison) -> None:
    """Draw mean and spread of each group, and shade where groups differ."""
    nm = found.observed.nm
    if found.test is not None:
        _shade(plot, nm, found.test.different)
    for place, group in enumerate(found.summaries):
        colour = group_colour(place)
        sd = np.nan_to_num(group.sd)
        _fill(plot, nm, group.mean - sd, group.mean + sd, colour, _SPREAD_ALPHA)
        plot.plot(nm, group.mean, pen=pg.mkPen(colour, width=_WIDE_PX), antialias=True)
    if found.quantity.kind == "importance":
        plot.addItem(pg.InfiniteLine(0, angle=0, pen=pg.mkPen(theme.EDGE)), ignoreBounds=True)
    plot.setLabel("left", "evidence" if found.quantity.kind == "importance" else "mean spectrum")
    plot.setLabel("bottom", "" if found.test is not None else "wavelength (nm)")
    plot.autoRange(padding=0.02)


def _draw_difference(plot: pg.PlotItem, found: Comparison, test: GroupTest) -> None:
    """Draw the difference of two groups with its band, or F of more with its threshold."""
    nm = found.observed.nm
    plot.setLabel("bottom", "wavelength (nm)")
    _shade(plot, nm, test.different)
    difference, band = found.difference, found.band
    if difference is None:
        plot.plot(nm, test.found.f, pen=pg.mkPen(theme.TEXT, width=1.6), antialias=True)
        if np.isfinite(test.threshold):
            dashed = pg.mkPen(theme.MUTED, style=Qt.PenStyle.DashLine)
            plot.addItem(pg.InfiniteLine(test.threshold, angle=0, pen=dashed))
        plot.setLabel("left", "F")
    else:
        if band is not None:
            _fill(plot, nm, -band, band, QColor(theme.MUTED), _BAND_ALPHA)
        plot.addItem(pg.InfiniteLine(0, angle=0, pen=pg.mkPen(theme.EDGE)), ignoreBounds=True)
        plot.plot(nm, difference, pen=pg.mkPen(theme.TEXT, width=1.6), antialias=True)
        first, second = test.sample.names
        # In two lines: one is longer than the lower plot of a small window is high.
        plot.setLabel("left", f"{escape(_short(first))}<br>− {escape(_short(second))}")
    plot.enableAutoRange(y=True)


def _draw_dots(plot: pg.PlotItem, found: Comparison) -> None:
    """Draw a dot for each unit, mean and spread of each group; lines join a unit's dots."""
    observed, values = found.observed, found.observed.values[:, 0]
    rng = np.random.default_rng(0)
    x = observed.groups + rng.uniform(-_JITTER, _JITTER, len(values))
    if found.test is not None and found.test.sample.block_size:
        _join(plot, found, x)
    for place, group in enumerate(found.summaries):
        own, colour = observed.groups == place, group_colour(place)
        dots = {"symbol": "o", "symbolSize": _DOT_PX, "symbolBrush": colour, "symbolPen": None}
        plot.plot(x[own], values[own], pen=None, **dots)
        mean, sd = float(group.mean[0]), float(np.nan_to_num(group.sd[0]))
        ends = [place - _HALF, place + _HALF]
        plot.plot(ends, [mean, mean], pen=pg.mkPen(colour, width=3))
        _fill(plot, np.array(ends), np.full(2, mean - sd), np.full(2, mean + sd), colour, 30)
    plot.getAxis("bottom").setTicks([list(enumerate(observed.names))])
    plot.setLabel("left", escape(found.quantity.title))
    plot.setLabel("bottom", escape(found.plan.column))
    plot.setXRange(-0.6, len(observed.names) - 0.4, padding=0)
    plot.enableAutoRange(y=True)


def _join(plot: pg.PlotItem, found: Comparison, x: DoubleArray) -> None:
    """Draw a line for each unit through its groups."""
    units = np.array(found.observed.units)
    for unit in dict.fromkeys(found.observed.units):
        own = np.flatnonzero(units == unit)
        plot.plot(x[own], found.observed.values[own, 0], pen=pg.mkPen(theme.EDGE))


def _fill(
    plot: pg.PlotItem,
    x: DoubleArray,
    low: DoubleArray,
    high: DoubleArray,
    colour: QColor,
    alpha: int,
) -> None:
    shade = QColor(colour)
    shade.setAlpha(alpha)
    edges = [pg.PlotCurveItem(x, values, pen=pg.mkPen(None)) for values in (low, high)]
    for edge in edges:  # so that the range takes them in
        plot.addItem(edge)
    plot.addItem(pg.FillBetweenItem(*edges, brush=shade))


def _shade(plot: pg.PlotItem, nm: DoubleArray, inside: BoolArray) -> None:
    """Shade runs of wavelengths, half way to their neighbours."""
    if nm.size < _TWO:
        return
    middles = (nm[1:] + nm[:-1]) / 2
    low, high = np.append(nm[0], middles), np.append(middles, nm[-1])
    shade = QColor(theme.ACCENT)
    shade.setAlpha(_DIFFERENT_ALPHA)
    for start, end in runs(inside):
        region = pg.LinearRegionItem(
            (low[start], high[end]), movable=False, brush=shade, pen=pg.mkPen(None)
        )
        region.setZValue(-20)
        plot.addItem(region, ignoreBounds=True)


def _short(name: str, most: int = 14) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
