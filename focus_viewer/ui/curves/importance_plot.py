"""Importance plot: saliency of each spectral group for the chosen class, and what is left over."""

from __future__ import annotations

from html import escape

import numpy as np
import pyqtgraph as pg

from focus_viewer.core.saliency.modes import MODE_WORDS
from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import DoubleArray
from focus_viewer.ui.curves.readout import bar_at
from focus_viewer.ui.curves.spectral_plot import SpectralPlot
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.colourmaps import bar_colours, name_for
from focus_viewer.ui.widgets.terms import with_terms

_LEFT_TIP = "What the sink took of the logit at each group, less that of the other classes"
_ROOM_ABOVE = 0.5  # for the names of regions and the window's label
_ROOM_BELOW = 0.2  # for the legend

_LEAST_SPAN = 1e-4  # logits: below is rounding


class ImportancePlot(SpectralPlot):
    """Bar for each group, as wide as the group: gaps of the sensor stay gaps."""

    def __init__(self) -> None:
        super().__init__(upper=True)
        self._volume: SaliencyVolume | None = None
        self.bars = pg.BarGraphItem(x0=[], x1=[], height=[], pen=None)
        self.zero = pg.InfiniteLine(0, angle=0, pen=pg.mkPen(theme.MUTED))
        # Its dark edge keeps the line apart from the bars behind it.
        self.left = pg.PlotCurveItem(
            pen=pg.mkPen(theme.MUTED),
            shadowPen=pg.mkPen(theme.WINDOW, width=3),
            connect="finite",
        )
        # Inside the plot: the axis is often shorter than a class's name.
        self.key = pg.LabelItem(color=theme.MUTED, size=f"{theme.SMALL_PX}px", justify="right")
        self.key.setParentItem(self.vb)
        self.key.anchor((1, 1), (1, 1), (-6, 0))
        self.addItem(self.bars, ignoreBounds=True)
        self.addItem(self.left, ignoreBounds=True)
        self.addItem(self.zero, ignoreBounds=True)

    def show_curve(
        self, volume: SaliencyVolume | None, colourmap: str, left: DoubleArray | None = None
    ) -> None:
        """Show the importance curve of a volume, or none.

        Parameters
        ----------
        colourmap : str
            Of the heatmap, whose colours the bars have; "auto" fits the volume.
        left : DoubleArray, shape (groups,), or None
            What could not be attributed, of evidence.
        """
        self._volume = volume
        self.bars.setVisible(volume is not None)
        self.zero.setVisible(volume is not None and volume.signed)
        self.getAxis("left").setTicks([] if volume is None else None)
        if volume is None:
            self.set_title("")
            self.key.hide()
            self._show_left(np.empty((0, 2)), None)
            return
        curve, colours = importance_curve(volume), bar_colours(name_for(volume, colourmap))
        above, below = theme.seen(colours.above), theme.seen(colours.below)
        self.bars.setOpts(
            x0=volume.edges_nm[:, 0],
            x1=volume.edges_nm[:, 1],
            height=curve,
            brushes=[below if value < 0 else above for value in curve],
        )
        unit = _unit(volume)
        title = volume.method or MODE_WORDS[volume.mode].title
        self.set_title(f"{title}<br>({unit})" if unit else title)
        self._show_key(volume, above, left is not None)
        self._show_left(volume.edges_nm, left)
        both = curve if left is None else np.concatenate([curve, left])
        self.setYRange(*value_range(both, _LEAST_SPAN), padding=0)

    def values_at(self, position: float) -> list[str]:
        """Return the value over a position: `evidence +0.0213 logit for rust`."""
        value = bar_at(self.bars, position)
        if self._volume is None:
            return []
        if value is None:
            return ["no spectral group of the model here"]
        volume = self._volume
        sign = "+" if volume.signed else ""
        unit = _unit(volume)
        name = volume.method or volume.mode
        return [f"{name} {value:{sign}.3g}{f' {unit}' if unit else ''}", f"for {volume.class_name}"]

    def _show_key(self, volume: SaliencyVolume, colour: str, with_left: bool) -> None:
        kind = f"{escape(volume.method)}, not FOCUS," if volume.method else volume.mode
        name = f"{kind} for {escape(volume.class_name)}"
        bar = f'<span style="color: {colour}">\u25a0</span> {name}'
        text = f"{bar} &nbsp; \u2014 not attributed" if with_left else bar
        # Bars that reach down to it pass behind it.
        self.key.setText(f"<span style='background-color: {theme.PANEL}'>{text}</span>")
        self.key.setToolTip(with_terms(_LEFT_TIP if with_left else "", "importance curve"))
        self.key.show()

    def _show_left(self, edges_nm: DoubleArray, left: DoubleArray | None) -> None:
        """Draw a level line over each group; gaps of the sensor stay gaps."""
        self.left.setVisible(left is not None)
        if left is None:
            self.left.setData([], [])
            return
        ends = np.column_stack([edges_nm, np.full(len(edges_nm), np.nan)]).ravel()
        levels = np.column_stack([left, left, np.full(len(left), np.nan)]).ravel()
        self.left.setData(ends, levels)


def _unit(volume: SaliencyVolume) -> str:
    """Return the unit of a volume's values; that of another method has none in common."""
    return "" if volume.method else MODE_WORDS[volume.mode].unit


def value_range(curve: DoubleArray, least: float = 0.0) -> tuple[float, float]:
    """Return a range that includes a curve and zero, with room above and below for labels.

    Parameters
    ----------
    least : float
        Span that is shown at the least.
    """
    low, high = min(0.0, float(np.min(curve))), max(0.0, float(np.max(curve)))
    span = max(high - low, least) or 1.0
    return low - _ROOM_BELOW * span, high + _ROOM_ABOVE * span
