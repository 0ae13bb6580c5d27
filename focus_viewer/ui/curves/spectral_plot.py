"""Plot over the spectral axis: regions, bad bands, the band window, and positions to pick."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, Signal

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.wording import axis_title, first_number, shown_axis, window_text
from focus_viewer.ui.curves.band_window_item import BandWindowItem
from focus_viewer.ui.curves.span_shading import (
    SpanShading,
    bad_band_spans,
    region_spans,
    unused_spans,
)
from focus_viewer.ui.curves.wavelength_picking import PickBox
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bare_plot import BarePlot
from focus_viewer.ui.widgets.fonts import small_font

_LEFT_PX = 68  # both plots: their axes stand one over the other
_BOTTOM_PX = 33
_MOST_ZOOM = 200
_BEHIND, _IN_FRONT = -10, 20
_BELOW_LABEL = 0.9  # of the height: the label of the band window is above it


class SpectralPlot(BarePlot):
    """Common base of the importance curve and the spectra.

    Parameters
    ----------
    upper : bool
        Whether it stands on another plot, which bears the axis; it bears the names.

    Attributes
    ----------
    picked : signal of float
        Position on the cube's axis that was clicked or dragged to.
    widened : signal of float
        Width that the band window was dragged to.
    pointed : signal of float, QPoint
        Position on the cube's axis under the mouse, and the mouse on the screen.
    unpointed : signal
        The mouse has left.
    """

    picked = Signal(float)
    widened = Signal(float)
    pointed = Signal(float, QPoint)
    unpointed = Signal()

    def __init__(self, upper: bool) -> None:
        super().__init__(viewBox=PickBox(enableMenu=False))
        self._cube: Cube | None = None
        self._upper = upper
        self.hideButtons()
        self.setMouseEnabled(x=True, y=False)
        self.regions = SpanShading(named=upper)
        self.bad_bands = SpanShading(named=False)
        self.unused = SpanShading(named=False)
        for shading in (self.regions, self.bad_bands, self.unused):
            shading.setZValue(_BEHIND)
            self.addItem(shading, ignoreBounds=True)
        self.window = BandWindowItem(self, labelled=upper)
        heights = (_BELOW_LABEL if upper else 0.5, 1.0)
        self.notice, self.footnote = map(self._notice, heights)
        self._notices = tuple(zip((self.notice, self.footnote), heights, strict=True))
        self.vb.sigResized.connect(self._wrap_notices)
        self._dress_axes()
        self.vb.picked.connect(self._on_picked)
        self.vb.fit_wanted.connect(self.fit)
        self.vb.hovered.connect(self._on_hovered)
        self.vb.unhovered.connect(self.unpointed)
        self.window.moved.connect(self._on_picked)
        self.window.widened.connect(self.widened)

    def _notice(self, height: float) -> pg.LabelItem:
        size = theme.SMALL_PX if height == 1 else theme.FONT_PX  # curves are behind a footnote
        notice = pg.LabelItem("", color=theme.MUTED, size=f"{size}px")
        notice.setParentItem(self.vb)
        notice.anchor((0.5, height), (0.5, height))
        notice.setZValue(_IN_FRONT)
        return notice

    def _dress_axes(self) -> None:
        self.getAxis("left").setWidth(_LEFT_PX)
        self.getAxis("left").enableAutoSIPrefix(False)
        self.getAxis("bottom").setHeight(_BOTTOM_PX)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(theme.LINE)
            axis.setTextPen(theme.MUTED)
            axis.setStyle(tickFont=small_font(), tickLength=-4)
            axis.label.setFont(small_font())

    def show_cube(self, cube: Cube | None) -> None:
        """Lay out the spectral axis of a cube, and show all of it; bare without one."""
        self._cube = cube
        self.show_spans()
        self.window.set_visible(cube is not None)
        self.getAxis("left").setVisible(cube is not None)
        self.getAxis("bottom").setVisible(cube is not None and not self._upper)
        if cube is not None:
            self.getAxis("bottom").setLabel(axis_title(cube))
            self.fit()

    def show_spans(self) -> None:
        """Shade spectral regions and bad bands."""
        cube = self._cube
        self.regions.set_spans(region_spans(cube) if cube else ())
        self.bad_bands.set_spans(bad_band_spans(cube) if cube else ())

    def show_used(self, used_nm: Sequence[tuple[float, float]]) -> None:
        """Shade what a model that is taught may not read; nothing without ranges."""
        self.unused.set_spans(unused_spans(self._cube, used_nm))

    def set_title(self, text: str) -> None:
        """Set the title of the levels, in HTML, in the middle of its axis."""
        axis = self.getAxis("left")
        axis.setLabel(text)
        axis.resizeEvent()  # pyqtgraph 0.14 leaves a new text where the one before began

    def fit(self) -> None:
        """Show the whole spectral axis."""
        if self._cube is None:
            return
        shown = shown_axis(self._cube)
        low, high = float(np.min(shown)), float(np.max(shown))
        room = max((high - low) * 0.005, 0.5)
        limits = {"xMin": low - room, "xMax": high + room}
        self.setLimits(**limits, minXRange=(high - low + 2 * room) / _MOST_ZOOM)
        self.setXRange(low - room, high + room, padding=0)

    def show_window(self, cube: Cube, window: BandWindow) -> None:
        """Show the band window."""
        center = window.center_nm + first_number(cube)
        self.window.show_window(center, window.width_nm, window_text(cube, window))

    def show_notice(self, text: str) -> None:
        """Show in the middle why there is no curve."""
        _write(self.notice, text)
        self._wrap_notices()

    def show_footnote(self, text: str) -> None:
        """Show at the foot, beside the curves, why one of them is not there."""
        _write(self.footnote, text)
        self._wrap_notices()

    def _wrap_notices(self) -> None:
        """Split into lines what is wider than the plot."""
        for notice, height in self._notices:
            notice.item.setTextWidth(-1)  # as wide as the text
            if notice.item.boundingRect().width() > self.vb.width():
                notice.item.setTextWidth(self.vb.width())
            notice.updateMin()
            notice.resize(notice.itemRect().size())
            notice.anchor((0.5, height), (0.5, height))

    def values_at(self, position: float) -> list[str]:
        """Return what the curves are at a position of the cube's axis, a line each."""
        return []

    def _on_hovered(self, position: float, screen: QPoint) -> None:
        if self._cube is not None:
            self.pointed.emit(position - first_number(self._cube), screen)

    def _on_picked(self, position: float) -> None:
        if self._cube is not None:
            self.picked.emit(position - first_number(self._cube))


def _write(notice: pg.LabelItem, text: str) -> None:
    ground = f"background-color: {theme.PANEL}"  # lines pass behind it
    notice.setText(f"<span style='{ground}'>&nbsp;{escape(text)}&nbsp;</span>")
    notice.setVisible(bool(text))
