"""Preview of an image's spectra on given wavelengths, with marks of what leaves show where."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from focus_viewer.core.spectra.sample_spectra import FEATURES_NM, SampleSpectra
from focus_viewer.core.wording import units_text
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import small_font
from focus_viewer.ui.widgets.plain_plot import plain_plot

_ON_THE_LEFT: Final = ("chlorophyll",)  # the red edge is close to its right
_MARGIN: Final = 0.03
_HEADROOM: Final = 0.35
_LINE_ALPHA: Final = 150
_AREA_ALPHA: Final = 60


class SpectrumPreview(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Plot of two mean spectra: of the strongest contrast, such as of leaves, and of all."""

    def __init__(self) -> None:
        super().__init__()
        self.setBackground(theme.PANEL)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot = plain_plot()
        self.addItem(self.plot)
        self.mean = pg.PlotDataItem(pen=pg.mkPen(theme.MUTED, width=1), connect="finite")
        self.contrasted = pg.PlotDataItem(pen=pg.mkPen(theme.ACCENT, width=2), connect="finite")
        self.plot.addItem(self.mean)
        self.plot.addItem(self.contrasted)
        self.marks = [mark for feature in FEATURES_NM for mark in _marks(*feature)]
        for mark in self.marks:
            self.plot.addItem(mark)
        self.clear_spectra()

    def clear_spectra(self) -> None:
        """Show nothing."""
        self.mean.clear()
        self.contrasted.clear()
        for mark in self.marks:
            mark.hide()
        self.plot.getAxis("bottom").setLabel("")
        self.plot.getAxis("left").setLabel("")

    def show_spectra(self, spectra: SampleSpectra) -> None:
        """Show spectra; marks only where there are wavelengths."""
        self.mean.setData(spectra.axis, spectra.mean)
        self.contrasted.setData(spectra.axis, spectra.contrasted)
        for mark in self.marks:
            mark.setVisible(spectra.has_wavelengths)
        title = "Wavelength (nm)" if spectra.has_wavelengths else "Band"
        self.plot.getAxis("bottom").setLabel(title)
        self.plot.getAxis("left").setLabel(units_text(spectra.units))
        low, high = float(spectra.axis[0]), float(spectra.axis[-1])
        self.plot.setXRange(low, max(high, low + 1), padding=_MARGIN)
        values = np.concatenate([spectra.mean, spectra.contrasted])
        finite = values[np.isfinite(values)]
        if finite.size:
            bottom, top = min(0.0, float(finite.min())), float(finite.max())
            # Room for the names of the marks above the curves.
            self.plot.setYRange(bottom, top + _HEADROOM * ((top - bottom) or 1.0), padding=0.02)


def _marks(name: str, first: float, last: float) -> list[pg.GraphicsObject]:
    """Return a line with its name beside it, and the area of a feature that is wider."""
    colour = QColor(theme.REGION_COLOURS["red edge"] if last > first else theme.MUTED)
    colour.setAlpha(_LINE_ALPHA)
    line = pg.InfiniteLine(first, pen=pg.mkPen(colour, style=Qt.PenStyle.DashLine))
    side = 1 if name in _ON_THE_LEFT else 0
    text = pg.InfLineLabel(
        line,
        name,
        color=theme.MUTED,
        position=0.98,
        rotateAxis=(1, 0),
        anchors=[(1, side), (1, side)],
    )
    text.setFont(small_font())
    if last == first:
        return [line]
    faint = QColor(colour)
    faint.setAlpha(_AREA_ALPHA)
    area = pg.LinearRegionItem((first, last), movable=False, brush=faint, pen=pg.mkPen(None))
    return [area, line]
