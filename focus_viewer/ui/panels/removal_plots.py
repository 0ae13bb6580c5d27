"""Plots of the probability of a class as its evidence is removed, or added."""

from __future__ import annotations

from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt

from focus_viewer.core.saliency.trust import (
    ORDER_TITLES,
    ORDERS,
    RIVAL_UNITS,
    UNIT_TITLES,
    UNITS,
    MethodTrial,
    Order,
    RemovalCurve,
    TrustReport,
    Unit,
)
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bare_plot import BarePlot
from focus_viewer.ui.widgets.flow_grid import FlowGrid

_PLOT_PX: Final = (210, 134)
_LINES: Final[dict[Order, Qt.PenStyle]] = {
    "strongest": Qt.PenStyle.SolidLine,
    "random": Qt.PenStyle.DotLine,
    "weakest": Qt.PenStyle.DashLine,
}


class RemovalPlots(FlowGrid):
    """Plots of removal by place, by wavelength, and by both; `plots` are by unit."""

    def __init__(self, plots: dict[Unit, RemovalPlot] | None = None) -> None:
        super().__init__(_PLOT_PX[0])
        self.plots = plots or {unit: RemovalPlot(unit) for unit in UNITS}
        self.show_widgets(tuple(self.plots.values()))

    def show_report(
        self, report: TrustReport | None, added: bool, rival: MethodTrial | None
    ) -> None:
        """Show the curves that are done.

        Parameters
        ----------
        added : bool
            Whether evidence is added to an empty image, rather than removed.
        rival : MethodTrial or None
            Method whose removal is drawn as well.
        """
        for unit, plot in self.plots.items():
            removal = report.removal(unit) if report is not None else None
            curves: dict[Order, RemovalCurve] = {}
            if removal is not None:
                curves = {
                    order: removal.added(order) if added else removal.removed(order)
                    for order in ORDERS
                }
            known = rival is not None and unit in RIVAL_UNITS and not added
            plot.show_curves(curves, rival.curve(unit) if rival and known else None, added)


class RemovalPlot(pg.PlotWidget):  # type: ignore[misc]
    """Plot of one unit, in percent; `lines` are by order."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(background=theme.PANEL, plotItem=BarePlot())
        self._unit = unit
        self.setMinimumWidth(_PLOT_PX[0])
        self.setFixedHeight(_PLOT_PX[1])
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAcceptDrops(False)  # files are for the window
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)
        item = self.getPlotItem()
        item.setXRange(0, 100, padding=0.02)
        item.setYRange(0, 100, padding=0.04)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(theme.LINE)
            axis.setTextPen(theme.MUTED)
            axis.setTickSpacing(50, 25)
        item.getAxis("left").setWidth(34)
        self.lines = {
            order: item.plot([], [], pen=pg.mkPen(_colour(order), width=2, style=_LINES[order]))
            for order in reversed(ORDERS)
        }
        self.rival = item.plot([], [], pen=pg.mkPen(theme.WARNING, width=2))

    def wheelEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Leave the wheel to the panel, which scrolls."""
        if hasattr(event, "ignore"):
            event.ignore()

    def show_curves(
        self, curves: dict[Order, RemovalCurve], rival: RemovalCurve | None, added: bool
    ) -> None:
        """Show curves by order, and that of another method."""
        title = f"{UNIT_TITLES[self._unit]}, % {'added' if added else 'removed'}"
        self.setTitle(title, color=theme.TEXT, size=f"{theme.SMALL_PX}px")
        for order, line in self.lines.items():
            _show(line, curves.get(order))
        _show(self.rival, rival)


def _show(line: pg.PlotDataItem, curve: RemovalCurve | None) -> None:
    if curve is None:
        line.setData([], [])
    else:
        line.setData(100 * curve.shares, 100 * curve.probabilities)


def _colour(order: Order) -> str:
    colours = {"strongest": theme.ACCENT, "random": theme.MUTED, "weakest": theme.WARNING}
    return colours[order]


def legend_text(added: bool, rival: MethodTrial | None) -> str:
    """Return the key of the lines, as rich text."""
    marks = {"strongest": "\u2501", "random": "\u2509", "weakest": "\u2505"}
    parts = [
        f'<span style="color: {_colour(order)}">{marks[order]}</span> {ORDER_TITLES[order]}'
        for order in ORDERS
    ]
    if rival is not None and not added:
        parts.append(f'<span style="color: {theme.WARNING}">\u2501</span> {rival.name}')
    return "&nbsp;&nbsp; ".join(parts)
