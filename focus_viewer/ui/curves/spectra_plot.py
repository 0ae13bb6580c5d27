"""Spectra of pinned pixels and of the pixel under the cursor."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from focus_viewer.core.cubes.cube import Cube, Spectrum
from focus_viewer.core.regions.viewed_spectra import SpectralView, viewed
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.core.wording import shown_axis
from focus_viewer.session.state.document import Pin
from focus_viewer.ui.curves.readout import line_values
from focus_viewer.ui.curves.spectra_legend import SpectraLegend
from focus_viewer.ui.curves.spectral_plot import SpectralPlot
from focus_viewer.ui.curves.spectral_words import view_title
from focus_viewer.ui.widgets import theme

_ROOM = 0.05


class SpectraPlot(SpectralPlot):
    """Line for each pixel; the range only grows while hovering, so that it is steady."""

    def __init__(self) -> None:
        super().__init__(upper=False)
        self.legend = SpectraLegend(self)
        self._legend_wanted = True
        self.hovered = pg.PlotDataItem(pen=pg.mkPen(theme.TEXT, width=1), connect="finite")
        self.addItem(self.hovered, ignoreBounds=True)
        dashed = pg.mkPen(theme.TEXT, width=1, style=Qt.PenStyle.DashLine)
        self.other = pg.PlotDataItem(pen=dashed, connect="finite")
        self.addItem(self.other, ignoreBounds=True)
        self.lines: list[pg.PlotDataItem] = []
        self._range: tuple[float, float] | None = None
        self._view: SpectralView = "values"

    def show_cube(self, cube: Cube | None) -> None:
        """Lay out the axes for a cube; its spectra come later."""
        super().show_cube(cube)
        self._lay_out_values(cube, self._view)

    def show_view(self, cube: Cube | None, view: SpectralView) -> None:
        """Transform spectra by a view; drawn ones must be drawn again."""
        if view != self._view:
            self._lay_out_values(cube, view)

    def _lay_out_values(self, cube: Cube | None, view: SpectralView) -> None:
        self._view, self._range = view, None
        if cube is not None:
            self.set_title(view_title(cube, view))
            self.setYRange(0, 1, padding=_ROOM)

    def show_pins(self, cube: Cube | None, pins: tuple[Pin, ...]) -> None:
        """Show the spectra of pins, as far as they have been read."""
        for line in self.lines:
            self.removeItem(line)
        read = [pin for pin in pins if pin.spectrum is not None] if cube else []
        self.lines = [
            self.plot(
                pen=pg.mkPen(theme.seen(pin.colour), width=2),
                name=f"row {pin.row}, col {pin.col}",
                connect="finite",
            )
            for pin in read
        ]
        for line, pin in zip(self.lines, read, strict=True):
            if cube is not None and pin.spectrum is not None:
                self._draw(line, cube, pin.spectrum)
        self.show_legend()

    def show_hovered(self, cube: Cube | None, spectrum: Spectrum | None) -> None:
        """Show the spectrum under the cursor, or none."""
        if cube is None or spectrum is None:
            self.hovered.clear()
            self.refit()
        else:
            self._draw(self.hovered, cube, spectrum)

    def show_other(self, cube: Cube | None, spectrum: Spectrum | None) -> None:
        """Show the spectrum of the same place in another cube, dashed, or none."""
        self.legend.removeItem(self.other)
        if cube is None or spectrum is None:
            self.other.clear()
        else:
            self._draw(self.other, cube, spectrum)
            self.legend.addItem(self.other, f"{cube.name}, same place")
        self.show_legend()

    def values_at(self, position: float) -> list[str]:
        """Return the value of each spectrum at the band nearest to a position."""
        if self._cube is None:
            return []
        return line_values(self.listDataItems(), self._cube, position, self._view == "values")

    def _draw(self, line: pg.PlotDataItem, cube: Cube, spectrum: Spectrum) -> None:
        order = np.argsort(cube.axis, kind="stable")
        seen = viewed(cube, spectrum.values, self._view)
        values = np.where(cube.good_bands, seen, np.nan).astype(np.float32)
        line.setData(shown_axis(cube)[order], values[order])
        self.grow(values)

    def show_legend(self, wanted: bool | None = None) -> None:
        """Show the legend if any line has a name, and it is wanted; None for as before."""
        self._legend_wanted = self._legend_wanted if wanted is None else wanted
        shown = self._legend_wanted and bool(self.legend.items)
        self.legend.setVisible(shown)
        if shown:
            drawn = (item.getData() for item in self.listDataItems())
            self.legend.arrange([(x, y) for x, y in drawn if x is not None])

    def refit(self) -> None:
        """Fit the range to what is drawn, once no pixel is hovered over."""
        self._range = None
        for item in self.listDataItems():
            across = item.getData()[1]
            if across is not None:
                self.grow(np.asarray(across, dtype=np.float64))

    def grow(self, values: FloatArray | DoubleArray) -> None:
        """Widen the range to include values; NaN are left out."""
        finite = values[np.isfinite(values)]
        if finite.size == 0:
            return
        low, high = min(float(finite.min()), 0.0), float(finite.max())
        if self._range is not None:
            low, high = min(low, self._range[0]), max(high, self._range[1])
        if (low, high) != self._range:
            self._range = (low, high)
            self.setYRange(low, high, padding=_ROOM)
