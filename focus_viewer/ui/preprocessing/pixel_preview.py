"""Preview of a pixel's spectrum before and after preprocessing."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.session.tasks.preprocessing import PreprocessingPreview
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.plain_plot import plain_plot

_HEIGHT_PX = 260


class PixelPreview(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Plots of both spectra, above one another; a single plot if they share a unit."""

    def __init__(self) -> None:
        super().__init__()
        self.setBackground(theme.PANEL)
        self.setMinimumHeight(_HEIGHT_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.above = plain_plot()
        self.below = plain_plot()
        self.addItem(self.above, 0, 0)
        self.addItem(self.below, 1, 0)
        before, after = pg.mkPen(theme.MUTED, width=1), pg.mkPen(theme.ACCENT, width=2)
        self.before = pg.PlotDataItem(pen=before, connect="finite")
        self.beneath = pg.PlotDataItem(pen=before, connect="finite")
        self.after = pg.PlotDataItem(pen=after, connect="finite")
        self.above.addItem(self.before)
        self.below.addItem(self.beneath)
        self.below.addItem(self.after)
        self.clear_lines()

    def clear_lines(self) -> None:
        """Clear both plots."""
        for line in (self.before, self.beneath, self.after):
            line.clear()

    def show_preview(self, preview: PreprocessingPreview, axis_title: str) -> None:
        """Show a pixel; bands without data are gaps."""
        same_units = preview.before_units == preview.after_units
        self.above.setVisible(not same_units)
        before = _line(preview.before_axis, preview.before)
        self.before.setData(*before)
        self.beneath.setData(*(before if same_units else ((), ())))
        self.after.setData(*_line(preview.after_axis, preview.after))
        self.above.getAxis("left").setLabel(f"before: {preview.before_units}")
        self.below.getAxis("left").setLabel(
            preview.after_units if same_units else f"after: {preview.after_units}"
        )
        self.below.getAxis("bottom").setLabel(axis_title)
        _fit(self.above, preview.before)
        _fit(self.below, *((preview.before,) if same_units else ()), preview.after)


def _fit(plot: pg.PlotItem, *lines: FloatArray) -> None:
    """Fit the y range to the values, including zero so that flat spectra look flat."""
    values = np.concatenate(lines)
    finite = values[np.isfinite(values)]
    if finite.size:
        plot.setYRange(min(0.0, float(finite.min())), float(finite.max()), padding=0.05)


def _line(axis: DoubleArray, values: FloatArray) -> tuple[DoubleArray, FloatArray]:
    order = np.argsort(axis, kind="stable")
    return axis[order], values[order]
