"""Read-out of the pixel under the cursor."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QSizePolicy, QWidget

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.place_text import place_text
from focus_viewer.core.typing import FloatArray
from focus_viewer.core.wording import position_text, value_text
from focus_viewer.session.state.slices.selection import Cursor
from focus_viewer.session.state.state import State
from focus_viewer.ui.image.class_layer import class_text
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.fonts import digits_font

NO_VALUE = "–"
_GAP = "  │  "
_NARROW_GAP = " │ "


class PixelReadout(Caption):
    """Label such as `row 53, col 88 │ 702 nm: 0.213 reflectance │ saliency +0.0123`.

    Of a cube on a map the coordinates follow, where there is room for them; the tooltip has them.
    Where there is little room, names and units go before the values do.

    Parameters
    ----------
    beside : QWidget
        What shares the row, and gives way to the pixel; only the coordinates give way to it.
    """

    def __init__(self, beside: QWidget | None = None) -> None:
        super().__init__()
        self._beside = beside
        # The style sheet sets the size of all fonts, but not the family.
        self.setFont(digits_font())
        if beside is not None:
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def show_pixel(self, state: State, plane: FloatArray | None) -> None:
        """Show the pixel under the cursor and its value in a heatmap of any resolution."""
        text = readout(state, plane)
        if text == NO_VALUE:  # fits anywhere, and nothing is measured while bands are stepped
            self.setText(text)
            return
        whole, *shorter = _with_place(state, text)
        brief = readout(state, plane, brief=True)
        self.setText(
            self._first_within(self.room_px, (whole, *shorter))
            or self._first_within(self._row_px, (text, text.replace(_GAP, _NARROW_GAP), brief))
            or brief.replace("row ", "").replace("col ", "")
        )
        self.setToolTip(whole)

    def _first_within(self, width: int, lines: Sequence[str]) -> str:
        """Return the first line that fits; an empty one where none does."""
        advance = self.fontMetrics().horizontalAdvance
        return next((line for line in lines if advance(line) <= width), "")

    @property
    def room_px(self) -> int:
        """Width that a line may have for all that the row holds to be seen."""
        return self._room_px(0 if self._beside is None else self._beside.sizeHint().width())

    @property
    def _row_px(self) -> int:
        """Width that a line may have when what it shares the row with gives way."""
        return self._room_px(0 if self._beside is None else self._beside.minimumWidth())

    def _room_px(self, beside_px: int) -> int:
        row = self.parentWidget()
        if self._beside is None or row is None:
            return self.contentsRect().width()
        return row.width() - beside_px - 4 * theme.GAP_PX


def readout(state: State, plane: FloatArray | None, brief: bool = False) -> str:
    """Return position, value at the selected band and saliency of the pixel under the cursor.

    Where statistics are limited to a mask, it says of a pixel that it is outside; of the second of
    two overlaid cubes, its name.

    Parameters
    ----------
    brief : bool
        Leave out what stands elsewhere in the window: the wavelength, and the unit.
    """
    if state.document is None or state.selection.cursor is None:
        return NO_VALUE
    cube = state.document.cube
    digits = len(str(max(cube.rows, cube.cols) - 1))
    cursor = state.selection.cursor
    position = f"row {cursor.row:{digits}d}, col {cursor.col:{digits}d}"
    measured = _measured(state, cube, cursor)
    if brief:
        measured = measured.rpartition(":")[2].removesuffix(cube.units).strip()
    parts = [position, measured, _saliency(cube, state, plane)]
    mask = state.document.inside
    if mask is not None and not mask.inside[cursor.row, cursor.col]:
        parts.append("outside the mask")
    if state.document is state.overlaid and not brief:
        parts.append(f"of {cube.name}")
    return (_NARROW_GAP if brief else _GAP).join(parts)


def _with_place(state: State, text: str) -> list[str]:
    """Return the text with map coordinates of the middle of the pixel, and shorter ones."""
    document, cursor = state.document, state.selection.cursor
    if document is None or cursor is None:
        return [text]
    cube = document.cube
    at, shape = (cursor.col + 0.5, cursor.row + 0.5), (cube.rows, cube.cols)
    places = (place_text(cube.georeference, at, shape, system) for system in (True, False))
    return [*(f"{text}{_GAP}{place}" for place in places if place), text]


def _measured(state: State, cube: Cube, cursor: Cursor) -> str:
    """Return the value at the good band nearest to the window centre; a dash while it loads."""
    band = cube.nearest_band(state.view.window_nm.center_nm)
    if band is None:
        return NO_VALUE
    spectrum = state.selection.spectrum
    loaded = spectrum is not None and (spectrum.row, spectrum.col) == (cursor.row, cursor.col)
    value = value_text(cube, float(spectrum.values[band])) if spectrum and loaded else NO_VALUE
    width = len(value_text(cube, 0.0))
    return f"{position_text(cube, float(cube.axis[band]))}: {value:>{width}}"


def _saliency(cube: Cube, state: State, plane: FloatArray | None) -> str:
    """Return the heatmap value at the pixel: saliency, or difference of two cubes."""
    volume, cursor, pair = state.shown_volume, state.selection.cursor, state.comparison.pair
    if state.class_map is not None and cursor is not None:
        return class_text(state.class_map, cursor.row, cursor.col)
    name = "difference" if pair and pair.how in ("difference", "measured") else "saliency"
    if volume is None or plane is None or cursor is None or state.withheld:
        return f"{name} {NO_VALUE}"
    height, width = plane.shape
    value = plane[cursor.row * height // cube.rows, cursor.col * width // cube.cols]
    if not np.isfinite(value):
        return f"{name} {NO_VALUE}"
    return f"{name} {value:{'+' if volume.signed else ''}{_digits(volume.limits[1])}}"


def _digits(top: float) -> str:
    """Format with three significant digits for the largest value."""
    decimals = 2 - math.floor(math.log10(top))
    return f".{max(decimals, 0)}f" if decimals <= 5 else ".2e"
