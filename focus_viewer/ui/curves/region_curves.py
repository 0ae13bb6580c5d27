"""Curves of regions: spectra with their spread, and parts of the importance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import Spread
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.spectra import RegionSpectrum
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import shown_axis
from focus_viewer.session.state.state import State
from focus_viewer.ui.curves.spectra_plot import SpectraPlot
from focus_viewer.ui.curves.spectral_words import SHOWN
from focus_viewer.ui.widgets import theme

_BAND_ALPHA = 60


@dataclass(frozen=True, eq=False)
class _Curve:
    """Inputs of a curve, and its items."""

    shows: tuple[object, ...]
    items: tuple[QGraphicsItem, ...]


class Curves:
    """Curves on a plot in the regions' order; those that stay are not redrawn."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._curves: list[_Curve] = []

    def show(
        self,
        wanted: Sequence[tuple[object, ...]],
        make: Callable[[int], tuple[QGraphicsItem, ...]],
    ) -> None:
        """Show the wanted curves; the items of each are made by its number."""
        same = 0
        for shows, curve in zip(wanted, self._curves, strict=False):
            if shows != curve.shows:  # holders of arrays are equal to themselves alone
                break
            same += 1
        for curve in self._curves[same:]:
            for item in curve.items:
                self._plot.removeItem(item)
        del self._curves[same:]
        for number in range(same, len(wanted)):
            items = make(number)
            for item in items:
                self._plot.addItem(item, ignoreBounds=True)
            self._curves.append(_Curve(wanted[number], items))


class RegionSpectra:
    """Spectra of regions, with their spread, on a plot of spectra."""

    def __init__(self, plot: SpectraPlot) -> None:
        self._plot = plot
        self._curves = Curves(plot)

    def show_state(self, state: State) -> None:
        """Show the regions that are drawn, each in its colour."""
        drawn, spread = _drawn_spectra(state), state.view.display.spread
        wanted = [
            (cube, each.name, theme.seen(each.colour), seen, spread, pixels)
            for cube, each, seen, pixels in drawn
        ]
        self._curves.show(wanted, lambda number: self._items(*drawn[number], spread))
        self._plot.show_legend()

    def _items(
        self,
        cube: Cube,
        region: Annotation,
        spectrum: RegionSpectrum,
        pixels: str,
        spread: Spread,
    ) -> tuple[QGraphicsItem, ...]:
        order = np.argsort(cube.axis, kind="stable")
        axis = shown_axis(cube)[order]
        middle, low, high = (
            np.where(cube.good_bands, values, np.nan)[order]
            for values in spread_of(spectrum, spread)
        )
        fill = QColor(theme.seen(region.colour))
        fill.setAlpha(_BAND_ALPHA)
        band = QGraphicsPathItem(_band(axis, low, high))
        band.setPen(QPen(Qt.PenStyle.NoPen))
        band.setBrush(fill)
        pen = pg.mkPen(theme.seen(region.colour), width=2)
        name = f"{region.name}: {SHOWN[spread]} of {pixels}"
        line = pg.PlotCurveItem(axis, middle, pen=pen, connect="finite", name=name)
        self._plot.grow(middle)
        return band, line


def _pixels(spectrum: RegionSpectrum, whole: int, masked: bool) -> str:
    inside = " in mask" if masked else ""
    if spectrum.pixels == whole:
        return f"{whole} px{inside}"
    return f"{spectrum.pixels} of {whole} px{inside}"


def _drawn_spectra(state: State) -> list[tuple[Cube, Annotation, RegionSpectrum, str]]:
    """Return regions whose spectra are drawn as far as they were transformed, and their pixels."""
    document = state.document
    measures = document.measures if document else None
    if document is None or measures is None or measures.view != state.view.display.spectral_view:
        return []
    masked = measures.mask is not None
    return [
        (
            document.cube,
            region,
            measures.viewed[region.id],
            _pixels(measures.viewed[region.id], measures.spectra[region.id].pixels, masked),
        )
        for region in document.annotations
        if region.id in measures.viewed and not region.hidden
    ]


def spread_of(spectrum: RegionSpectrum, spread: Spread) -> tuple[DoubleArray, ...]:
    """Return middle, lower and upper line of a region's pixels, shape (bands,) each."""
    if spread == "quartiles":
        low, middle, high = (
            spectrum.quantiles[spectrum.probabilities.index(part)] for part in (0.25, 0.5, 0.75)
        )
        return middle, low, high
    sd = np.nan_to_num(spectrum.sd)
    return spectrum.mean, spectrum.mean - sd, spectrum.mean + sd


def _band(axis: DoubleArray, low: DoubleArray, high: DoubleArray) -> QPainterPath:
    """Return the area between two lines; gaps stay gaps."""
    known = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    runs = [run for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if run.size]
    if not runs:
        return QPainterPath()
    there_and_back = np.concatenate([np.append(run, run[::-1]) for run in runs])
    across = np.concatenate([np.append(high[run], low[run[::-1]]) for run in runs])
    goes_on = np.ones(across.size, dtype=np.int32)
    goes_on[np.cumsum([2 * run.size for run in runs]) - 1] = 0
    path: QPainterPath = pg.arrayToQPath(axis[there_and_back], across, connect=goes_on)
    return path


class RegionImportance:
    """Importance of regions as steps over the bars of the whole image."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._curves = Curves(plot)

    def show_state(self, state: State) -> None:
        """Show the regions that are drawn, each in its colour."""
        drawn = _drawn_importance(state)
        measures = state.document.measures if state.document else None
        mask = measures.mask if measures else None
        wanted = [
            (volume, region.outline, theme.seen(region.colour), mask) for volume, region, _ in drawn
        ]
        self._curves.show(wanted, lambda number: (_steps(*drawn[number]),))


def _drawn_importance(state: State) -> list[tuple[SaliencyVolume, Annotation, DoubleArray]]:
    """Return regions whose importance is drawn; none while another class is being computed."""
    document = state.document
    measures = document.measures if document else None
    volume = measures.volume if measures else None
    if document is None or measures is None or volume is None or volume is not state.viewed_volume:
        return []
    return [
        (volume, region, measures.importance[region.id])
        for region in document.annotations
        if region.id in measures.importance and not region.hidden
    ]


def _steps(volume: SaliencyVolume, region: Annotation, curve: DoubleArray) -> pg.PlotCurveItem:
    """Return a line that is level over each group; gaps between groups stay gaps."""
    low, high = volume.edges_nm[:, 0], volume.edges_nm[:, 1]
    gap = np.full_like(low, np.nan)
    along = np.stack([low, high, gap], axis=1).ravel()
    across = np.stack([curve, curve, np.where(_touching(low, high), curve, np.nan)], axis=1).ravel()
    along = np.where(np.isnan(along), np.roll(along, 1), along)
    pen = pg.mkPen(theme.seen(region.colour), width=2)
    return pg.PlotCurveItem(along, across, pen=pen, connect="finite")


def _touching(low: DoubleArray, high: DoubleArray) -> DoubleArray:
    return np.asarray(np.append(np.isclose(high[:-1], low[1:]), False), dtype=np.float64)
