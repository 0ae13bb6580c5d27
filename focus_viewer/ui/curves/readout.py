"""Read-out of the curves under the mouse: wavelength, and the value of each curve there."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.wording import first_number, position_text, value_text

_APART_PX: Final = 14  # from the mouse
_MOST_LINES: Final = 7


class CurveReadout(QLabel):
    """Label beside the mouse, within its parent; it never takes the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._within = parent
        self.setObjectName("readout")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, place: QPoint, text: str) -> None:
        """Show a text beside a place of the parent, on the side that has room; none hides it."""
        self.setVisible(bool(text))
        if not text:
            return
        most = self._within.width() - 2 * _APART_PX
        middle, metrics = Qt.TextElideMode.ElideMiddle, self.fontMetrics()
        lines = [metrics.elidedText(line, middle, most) for line in text.split("\n")]
        self.setText("\n".join(lines))
        self.adjustSize()
        room, size = self._within.size(), self.size()
        right = place.x() + _APART_PX
        left = (
            right if right + size.width() <= room.width() else right - size.width() - 2 * _APART_PX
        )
        top = min(max(place.y() - size.height() // 2, 0), max(room.height() - size.height(), 0))
        self.move(max(left, 0), top)


def readout_text(cube: Cube, position: float, values: list[str]) -> str:
    """Return the band nearest to a position of a cube's axis, and values, a line each."""
    band = nearest_band(cube, position)
    name = position_text(cube, float(cube.axis[band]))
    heading = name if cube.good_bands[band] else f"{name}, bad band"
    shown = values[:_MOST_LINES]
    more = len(values) - len(shown)
    return "\n".join([heading, *shown, *([f"and {more} more"] if more else [])])


def nearest_band(cube: Cube, position: float) -> int:
    """Return the band whose centre is nearest to a position, good or bad."""
    return int(np.nanargmin(np.abs(cube.axis - position)))


def bar_at(bars: pg.BarGraphItem, position: float) -> float | None:
    """Return the height of the bar over a position; None where there is no bar."""
    first, last = (np.asarray(bars.opts[end], dtype=np.float64) for end in ("x0", "x1"))
    found = np.flatnonzero((first <= position) & (position < last))
    if not bars.isVisible() or not found.size:
        return None
    return float(np.asarray(bars.opts["height"], dtype=np.float64)[found[0]])


def line_values(lines: list[Any], cube: Cube, position: float, in_units: bool) -> list[str]:
    """Return `row 3, col 4: 0.213 reflectance` for each named line, at the nearest band.

    Parameters
    ----------
    in_units : bool
        Whether the lines are in the cube's units; else numbers stand alone.
    """
    place = float(cube.axis[nearest_band(cube, position)]) + first_number(cube)
    found = []
    for line in lines:
        along, across = line.getData()
        if along is None or not line.isVisible() or not len(along):
            continue
        value = float(across[int(np.nanargmin(np.abs(np.asarray(along) - place)))])
        if np.isfinite(value):
            text = value_text(cube, value).strip() if in_units else f"{value:.3g}"
            found.append(f"{line.name() or 'under the cross'}: {text}")
    return found
