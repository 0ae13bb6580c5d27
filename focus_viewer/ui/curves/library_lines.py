"""Lines of spectra of libraries over those of a cube."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.regions.viewed_spectra import SpectralView, viewed
from focus_viewer.core.spectra.library import LibrarySpectrum, at_bands
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.session.state.state import State
from focus_viewer.ui.curves.spectra_plot import SpectraPlot
from focus_viewer.ui.curves.spectral_words import UNITLESS
from focus_viewer.ui.widgets import theme


class LibraryLines:
    """Dotted lines on a plot of spectra, at the library's own wavelengths."""

    def __init__(self, plot: SpectraPlot) -> None:
        self._plot = plot
        self._lines: list[pg.PlotDataItem] = []

    def show_state(self, state: State) -> None:
        """Show the spectra that are drawn, where the cube has their units or the view has none."""
        for line in self._lines:
            self._plot.removeItem(line)
        cube = state.document.cube if state.document else None
        drawn = state.libraries.drawn if cube and not why_not_drawn(state) else ()
        self._lines = []
        for spectrum, colour in zip(drawn, theme.LIBRARY_COLOURS, strict=False):
            if cube is not None:
                self._add(cube, spectrum, colour, state.view.display.spectral_view)
        self._plot.show_legend()

    def _add(self, cube: Cube, spectrum: LibrarySpectrum, colour: str, view: SpectralView) -> None:
        nm, values = _seen(cube, spectrum, view)
        pen = pg.mkPen(theme.seen(colour), width=2, style=Qt.PenStyle.DotLine)
        line = pg.PlotDataItem(nm, values, pen=pen, connect="finite", name=spectrum.name)
        self._plot.addItem(line, ignoreBounds=True)
        self._lines.append(line)
        self._plot.grow(values)


def why_not_drawn(state: State) -> str:
    """Return why spectra of libraries are not drawn; empty where they are."""
    if state.document is None:
        return "no cube is open"
    cube = state.document.cube
    if cube.wavelengths_nm is None:
        return f"{cube.name} has no wavelengths"
    if cube.units != "reflectance" and state.view.display.spectral_view not in UNITLESS:
        held = "values of unknown units" if cube.units == "unknown" else cube.units
        return (
            f"{cube.name} holds {held}, and libraries reflectance. Calibrate it, or choose a view "
            "without units (SNV, continuum removed)"
        )
    return ""


def _seen(
    cube: Cube, spectrum: LibrarySpectrum, view: SpectralView
) -> tuple[DoubleArray, FloatArray | DoubleArray]:
    """Return wavelengths and values: its own within the cube's range, or seen at its bands."""
    nm = spectrum.wavelengths_nm
    if view == "values":
        inside = (nm >= cube.axis.min()) & (nm <= cube.axis.max())
        return nm[inside], spectrum.values[inside]
    order = np.argsort(cube.axis, kind="stable")
    values = viewed(cube, at_bands(spectrum, cube), view)
    return cube.axis[order], np.where(cube.good_bands, values, np.nan)[order]
