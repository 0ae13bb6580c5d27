"""Plots of the previews in dialogs, which show and take no clicks."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor

from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bare_plot import BarePlot
from focus_viewer.ui.widgets.fonts import small_font

_LEFT_PX = 62


def plain_plot() -> pg.PlotItem:
    """Return a plot in the look of the previews, without menu and mouse."""
    plot = BarePlot()
    plot.hideButtons()
    plot.setMouseEnabled(x=False, y=False)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(QColor(theme.LINE))
        axis.setTextPen(theme.MUTED)
        axis.setStyle(tickFont=small_font(), tickLength=-4)
        axis.label.setFont(small_font())
    plot.getAxis("left").setWidth(_LEFT_PX)
    plot.getAxis("left").enableAutoSIPrefix(False)
    plot.getAxis("bottom").enableAutoSIPrefix(False)
    return plot
