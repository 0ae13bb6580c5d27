"""Curves of regions: mean spectra with their spread, and what each adds to the importance."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from focus_viewer.core.cube import Cube
from focus_viewer.core.region_spectra import RegionSpectrum
from focus_viewer.core.saliency import SaliencyVolume
from focus_viewer.core.typing import DoubleArray
from focus_viewer.session.state import State
from focus_viewer.ui.spectra_plot import SpectraPlot
from focus_viewer.ui.wording import first_number

_BAND_ALPHA = 60


class RegionSpectra:
    """Draws mean and standard deviation of regions on a plot of spectra.

    Parameters
    ----------
    plot : SpectraPlot
    """

    def __init__(self, plot: SpectraPlot) -> None:
        self._plot = plot
        self._items: list[QGraphicsItem] = []

    def show_state(self, state: State) -> None:
        """Show the regions that are drawn, each in its colour."""
        for item in self._items:
            self._plot.removeItem(item)
        self._items = []
        document = state.document
        spectra = document.measures.spectra if document and document.measures else None
        if document is not None and spectra:
            for region in document.annotations:
                if region.id in spectra and not region.hidden:
                    self._draw(document.cube, spectra[region.id], region.colour, region.name)
        self._plot.show_legend()

    def _draw(self, cube: Cube, spectrum: RegionSpectrum, colour: str, name: str) -> None:
        order = np.argsort(cube.axis, kind="stable")
        axis = cube.axis[order] + first_number(cube)
        mean, sd = (_good(cube, values)[order] for values in (spectrum.mean, spectrum.sd))
        fill = QColor(colour)
        fill.setAlpha(_BAND_ALPHA)
        band = QGraphicsPathItem(_band(axis, mean, np.nan_to_num(sd)))
        band.setPen(QPen(Qt.PenStyle.NoPen))
        band.setBrush(fill)
        line = pg.PlotDataItem(axis, mean, pen=pg.mkPen(colour, width=2), connect="finite")
        line.opts["name"] = f"{name}: mean ± sd of {spectrum.pixels} px"
        self._plot.grow(mean)
        for item in (band, line):
            self._plot.addItem(item, ignoreBounds=True)
            self._items.append(item)


def _band(axis: DoubleArray, mean: DoubleArray, sd: DoubleArray) -> QPainterPath:
    """From a standard deviation below the mean to one above; gaps stay gaps."""
    path = QPainterPath()
    known = np.flatnonzero(np.isfinite(mean))
    for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        above = zip(axis[run], mean[run] + sd[run], strict=True)
        below = zip(axis[run][::-1], (mean - sd)[run][::-1], strict=True)
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in (*above, *below)]))
    return path


class RegionImportance:
    """Draws the importance of regions as steps over the bars of the whole image.

    Parameters
    ----------
    plot : pyqtgraph.PlotItem
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._items: list[pg.PlotDataItem] = []

    def show_state(self, state: State) -> None:
        """Show the regions that are drawn, each in its colour."""
        for item in self._items:
            self._plot.removeItem(item)
        self._items = []
        document = state.document
        measures = document.measures if document else None
        if document is None or measures is None or not measures.importance:
            return
        if measures.volume is None or measures.volume is not state.volume:
            return  # of another class: its own is on its way
        for region in document.annotations:
            curve = measures.importance.get(region.id)
            if curve is not None and not region.hidden:
                self._items.append(_steps(measures.volume, curve, region.colour))
                self._plot.addItem(self._items[-1], ignoreBounds=True)


def _steps(volume: SaliencyVolume, curve: DoubleArray, colour: str) -> pg.PlotDataItem:
    """A line that is level over each group; gaps between groups stay gaps."""
    low, high = volume.edges_nm[:, 0], volume.edges_nm[:, 1]
    gap = np.full_like(low, np.nan)
    along = np.stack([low, high, gap], axis=1).ravel()
    across = np.stack([curve, curve, np.where(_touching(low, high), curve, np.nan)], axis=1).ravel()
    along = np.where(np.isnan(along), np.roll(along, 1), along)
    return pg.PlotDataItem(along, across, pen=pg.mkPen(colour, width=2), connect="finite")


def _touching(low: DoubleArray, high: DoubleArray) -> DoubleArray:
    return np.asarray(np.append(np.isclose(high[:-1], low[1:]), False), dtype=np.float64)


def _good(cube: Cube, values: DoubleArray) -> DoubleArray:
    return np.where(cube.good_bands, values, np.nan)
