"""Controls for the chosen array: axes and size of the image, and the values of any file."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes, Candidate
from focus_viewer.ui.opening.value_controls import ValueControls
from focus_viewer.ui.widgets.labels import label

_NAMES: Final = {"rows": "rows", "cols": "columns", "bands": "bands"}
_IMAGE: Final[tuple[Axes, ...]] = (
    ("rows", "cols", "bands"), ("bands", "rows", "cols"), ("rows", "bands", "cols"),
    ("cols", "rows", "bands"), ("bands", "cols", "rows"), ("cols", "bands", "rows"),
)  # fmt: skip
_SPECTRA: Final[dict[Axes, str]] = {
    ("bands", "rows", "cols"): "bands, pixels row by row",
    ("bands", "cols", "rows"): "bands, pixels column by column",
    ("rows", "cols", "bands"): "pixels row by row, bands",
    ("cols", "rows", "bands"): "pixels column by column, bands",
}


class ChoiceControls(QWidget):
    """Form for the properties of the chosen array.

    Attributes
    ----------
    changed : Signal
        Emitted when a property changes.
    table_requested : Signal of Path
        Emitted when a table of wavelengths must be read.
    rows, cols : QSpinBox
        Size of the image, for an array of spectra.
    values : ValueControls
        Wavelengths, units, scale and no-data value.
    """

    changed = Signal()
    table_requested = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._candidate: Candidate | None = None
        self.axes = QComboBox()
        self.rows, self.cols = QSpinBox(), QSpinBox()
        self.rows.setAccessibleName("Rows of the image")
        self.cols.setAccessibleName("Columns of the image")
        self.image_size = QWidget()
        self.values = ValueControls()
        self._form = self.values.form
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        line = QHBoxLayout(self.image_size)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.rows, 1)
        line.addWidget(label("rows x"))
        line.addWidget(self.cols, 1)
        line.addWidget(label("columns"))
        self._form.insertRow(0, "&Axes", self.axes)
        self._form.insertRow(1, "Image", self.image_size)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.values)

    def _connect(self) -> None:
        self.axes.currentIndexChanged.connect(lambda: self._on_axes())
        self.rows.valueChanged.connect(lambda value: self._match_size(value, self.cols))
        self.cols.valueChanged.connect(lambda value: self._match_size(value, self.rows))
        self.values.changed.connect(self.changed)
        self.values.table_requested.connect(self.table_requested)

    # Array to widgets

    def show_array(self, candidate: Candidate, said: ArrayChoice | None = None) -> None:
        """Show the detected properties of an array, or what was said of it before."""
        if said is not None:
            candidate = replace(
                candidate,
                axes=said.axes or candidate.axes,
                image_shape=said.image_shape or candidate.image_shape,
            )
        self._candidate = candidate
        blockers = [QSignalBlocker(widget) for widget in (self.axes, self.rows, self.cols)]
        self.axes.clear()
        orders = _SPECTRA if len(candidate.shape) == 2 else _IMAGE
        for order in orders:
            text = (
                _SPECTRA[order]
                if len(candidate.shape) == 2
                else ", ".join(_NAMES[axis] for axis in order)
            )
            self.axes.addItem(text, order)
        if candidate.axes is not None:
            self.axes.setCurrentIndex(list(orders).index(candidate.axes))
        del blockers
        self._form.setRowVisible(self.image_size, len(candidate.shape) == 2)
        self._show_size()
        source = candidate.wavelengths
        text = f"From the file: {source}" if source else "None in the file"
        self.values.show_file(text, self.bands, said)

    def _show_size(self) -> None:
        """Show the size of an image of spectra: as declared, otherwise nearly square."""
        if self._candidate is None or len(self._candidate.shape) != 2:
            return
        count = self._pixels
        size = self._candidate.image_shape
        if size is None or size[0] * size[1] != count:
            rows = next(n for n in range(math.isqrt(count), 0, -1) if count % n == 0)
            size = (rows, count // rows)
        for box, value in zip((self.rows, self.cols), size, strict=True):
            with QSignalBlocker(box):
                box.setRange(1, count)
                box.setValue(value)

    @property
    def _pixels(self) -> int:
        shape = self._candidate.shape if self._candidate else (1, 1)
        return shape[1] if self._order[0] == "bands" else shape[0]

    @property
    def _order(self) -> Axes:
        return cast("Axes", tuple(self.axes.currentData()))

    @property
    def bands(self) -> int:
        """Number of bands along the chosen axis."""
        shape = self._candidate.shape if self._candidate else (1, 1, 1)
        axis = self._order.index("bands")
        return shape[axis if len(shape) == 3 else min(axis, 1)]

    # Widgets to choice

    @property
    def choice(self) -> ArrayChoice | str | None:
        """Current choice, or what is missing yet; None before an array is shown."""
        values = self.values.values
        if self._candidate is None or isinstance(values, str):
            return None if self._candidate is None else values
        size = (self.rows.value(), self.cols.value()) if len(self._candidate.shape) == 2 else None
        return replace(values, array=self._candidate.name, axes=self._order, image_shape=size)

    def _on_axes(self) -> None:
        # Keep a size that was entered as long as the number of pixels is the same.
        if self.rows.value() * self.cols.value() != self._pixels:
            self._show_size()
        self.values.set_bands(self.bands)
        self.changed.emit()

    def _match_size(self, value: int, side: QSpinBox) -> None:
        """Adjust the other side of the image where the number of pixels can be kept."""
        if self._pixels % value == 0:
            with QSignalBlocker(side):
                side.setValue(self._pixels // value)
        self.changed.emit()
