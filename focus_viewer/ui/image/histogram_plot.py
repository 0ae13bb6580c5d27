"""Histogram of a picture's channels, with the limits of one to drag."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor

from focus_viewer.core.pictures.stretch import Histogram, Limits
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.plain_plot import plain_plot

_HEIGHT_PX = 150
_SHADE = 60  # of 255


class HistogramPlot(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Plot of histograms; `dragged` has the limits as the user drags an edge, or both."""

    dragged = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setBackground(theme.PANEL)
        self.setMinimumHeight(_HEIGHT_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # limits are typed
        self.setAcceptDrops(False)
        self.plot = plain_plot()
        self.plot.hideAxis("left")  # how many pixels depends on the sample
        self.addItem(self.plot)
        shade = QColor(theme.ACCENT)
        shade.setAlpha(_SHADE)
        self.limits = pg.LinearRegionItem(
            brush=shade, hoverBrush=shade, pen=pg.mkPen(theme.ACCENT, width=2)
        )
        self.limits.setZValue(10)
        self.plot.addItem(self.limits)
        self.limits.sigRegionChanged.connect(self._on_dragged)
        self._lines: list[pg.PlotDataItem] = []

    def show_histograms(
        self, histograms: Sequence[Histogram | None], colours: Sequence[str]
    ) -> None:
        """Show a step line for each channel in its colour; channels without data have none."""
        for line in self._lines:
            self.plot.removeItem(line)
        self._lines = [
            self.plot.plot(
                each.edges,
                np.sqrt(each.counts),  # so that the few are seen beside the many
                stepMode="center",
                pen=pg.mkPen(colour, width=1.5),
            )
            for each, colour in zip(histograms, colours, strict=True)
            if each is not None
        ]

    def show_axis(self, title: str) -> None:
        """Show what the axis is of, with its unit."""
        self.plot.getAxis("bottom").setLabel(escape(title))

    def show_limits(self, limits: Limits) -> None:
        """Show limits, and widen the axis to them."""
        with QSignalBlocker(self.limits):
            self.limits.setVisible(bool(np.isfinite(limits).all()))
            if self.limits.isVisible():
                self.limits.setRegion(limits)

    def _on_dragged(self) -> None:
        low, high = self.limits.getRegion()
        if low < high:
            self.dragged.emit(float(low), float(high))
