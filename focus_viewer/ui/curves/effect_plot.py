"""Plot of the difference of two groups of regions at each band, with its range by chance."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.regions.effect_size import EffectSize
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import first_number, value_title
from focus_viewer.session.state.comparison import FEWEST_SPECTRA, GroupComparison
from focus_viewer.session.state.groups import left_out_text, question
from focus_viewer.session.state.state import State
from focus_viewer.ui.curves.importance_plot import value_range
from focus_viewer.ui.curves.readout import bar_at
from focus_viewer.ui.curves.spectral_plot import SpectralPlot
from focus_viewer.ui.widgets import theme

_CHANCE_ALPHA = 46
_UNCLEAR_ALPHA = 120


class EffectPlot(SpectralPlot):
    """Bar for each band: above zero where the first group is higher.

    Bars that leave the shaded band of chance are bright; bands that were not compared are gaps.
    """

    def __init__(self) -> None:
        super().__init__(upper=True)
        self._unit = ""
        self.bars = pg.BarGraphItem(x0=[], x1=[], height=[], pen=None)
        shade = QColor(theme.MUTED)
        shade.setAlpha(_CHANCE_ALPHA)
        self.chance = pg.LinearRegionItem(
            orientation="horizontal", movable=False, brush=shade, pen=pg.mkPen(None)
        )
        self.zero = pg.InfiniteLine(0, angle=0, pen=pg.mkPen(theme.MUTED))
        for item in (self.chance, self.bars, self.zero):
            self.addItem(item, ignoreBounds=True)

    def show_state(self, state: State) -> None:
        """Show the chosen comparison, or why there is none."""
        comparison, cube = state.comparison.groups, state.document.cube if state.document else None
        effect = comparison.effect if comparison else None
        for item in (self.bars, self.zero):
            item.setVisible(effect is not None)
        self.getAxis("left").setTicks([] if effect is None else None)
        self.set_title("")
        self.chance.setVisible(False)
        notice = _notice(state)
        self.show_notice(notice)
        # It would cover the notice that nothing is compared, and be of nothing.
        self.show_footnote("" if notice else left_out_text(state))
        if comparison is None or effect is None or cube is None:
            return
        if state.view.display.curve == "effect":
            self._draw(comparison, effect, effect.d, cube)
            self._draw_chance(effect)
            self.set_title("Cohen's d<br>A − B")
            self._unit = "(Cohen's d)"
        else:
            self._draw(comparison, effect, comparison.difference, cube)
            self._unit = "" if cube.units == "unknown" else cube.units
            self.set_title(f"Δ {value_title(cube).lower()}<br>A − B")

    def values_at(self, position: float) -> list[str]:
        """Return the value of the comparison at the band under a position."""
        shown = position + first_number(self._cube) if self._cube else position
        value = bar_at(self.bars, shown)
        return [] if value is None else [f"A \u2212 B: {value:+.3g} {self._unit}".rstrip()]

    def _draw(
        self, comparison: GroupComparison, effect: EffectSize, heights: DoubleArray, cube: Cube
    ) -> None:
        low, high = band_edges(comparison.axis)
        known = np.flatnonzero(np.isfinite(heights))
        self.bars.setOpts(
            x0=low[known] + first_number(cube),
            x1=high[known] + first_number(cube),
            height=heights[known],
            brushes=[_colour(clear) for clear in effect.significant[known]],
        )
        self._reach(heights[known])

    def _draw_chance(self, effect: EffectSize) -> None:
        """Shade the range by chance; with too few shuffles it has no end."""
        if np.isfinite(effect.threshold):
            limits = np.array([-effect.threshold, effect.threshold])
            self.chance.setRegion(limits)
            self.chance.setVisible(True)
            self._reach(np.append(limits, effect.d[np.isfinite(effect.d)]))

    def _reach(self, heights: DoubleArray) -> None:
        self.setYRange(*value_range(np.append(heights, 0.0)), padding=0)


def band_edges(axis: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Return lower and upper edge of each band, half way to its neighbours; shape (bands,) each."""
    if axis.size < 2:
        return axis - 0.5, axis + 0.5
    order = np.argsort(axis, kind="stable")
    ascending = axis[order]
    half = np.diff(ascending) / 2
    low, high = np.empty(axis.shape), np.empty(axis.shape)
    low[order] = ascending - np.append(half[0], half)
    high[order] = ascending + np.append(half, half[-1])
    return low, high


def _colour(clear: bool) -> QColor:
    colour = QColor(theme.ACCENT if clear else theme.MUTED)
    colour.setAlpha(255 if clear else _UNCLEAR_ALPHA)
    return colour


def _notice(state: State) -> str:
    if state.document is None:
        return ""
    if question(state) is None:
        return "Select two regions, or choose two different groups A and B"
    if state.comparison.groups is None:
        return "Comparing..."
    if state.comparison.groups.effect is None:
        first, second = state.comparison.groups.spectra
        has = f"A has {first}, B has {counted(second, 'spectrum')}"
        limits = left_out_text(state)
        return f"{has}: each needs at least {FEWEST_SPECTRA}" + (f" ({limits})" if limits else "")
    return ""
