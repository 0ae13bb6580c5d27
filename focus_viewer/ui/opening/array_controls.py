"""Controls for the chosen array: axes, size, wavelengths, units and scale."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QSpinBox,
    QWidget,
)

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes, Candidate
from focus_viewer.core.cubes.cube import Units
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
_UNITS: Final[dict[Units | None, str]] = {
    None: "As given in the file",
    "reflectance": "Reflectance",
    "radiance": "Radiance",
    "counts": "Counts",
    "unknown": "Unknown",
}
_FROM_FILE, _NONE, _TABLE = range(3)
_MAX_SCALE: Final = 1e9


class _ScaleBox(QDoubleSpinBox):
    """Spin box that shows no trailing zeros."""

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """Format a number without trailing zeros."""
        return self.locale().toString(value, "f", self.decimals()).rstrip("0").rstrip(".,")


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
    table_note : QLabel
        Source of the wavelengths, or the error in their table.
    scale : QDoubleSpinBox
        0 means none.
    """

    changed = Signal()
    table_requested = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._candidate: Candidate | None = None
        self._table: tuple[float, ...] = ()
        self.axes = QComboBox()
        self.rows, self.cols = QSpinBox(), QSpinBox()
        self.image_size = QWidget()
        self.wavelengths = QComboBox()
        self.wavelengths.addItems(["", "None", "From table..."])
        self.table_note = label("", "muted", wrapped=True)
        self.units = QComboBox()
        self.units.addItems(list(_UNITS.values()))
        self.scale = _ScaleBox()
        self.scale.setRange(0.0, _MAX_SCALE)
        self.scale.setDecimals(4)
        self.scale.setSpecialValueText("As given in the file")
        self.scale.setToolTip("Divisor of the stored numbers, typically 10000 for reflectance")
        self._form = QFormLayout(self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        line = QHBoxLayout(self.image_size)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.rows, 1)
        line.addWidget(label("rows x"))
        line.addWidget(self.cols, 1)
        line.addWidget(label("columns"))
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(16)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow("Axes", self.axes)
        self._form.addRow("Image", self.image_size)
        self._form.addRow("Wavelengths", self.wavelengths)
        self._form.addRow("", self.table_note)
        self._form.addRow("Units", self.units)
        self._form.addRow("Divide by", self.scale)

    def _connect(self) -> None:
        self.axes.currentIndexChanged.connect(lambda: self._on_axes())
        self.rows.valueChanged.connect(lambda value: self._match_size(value, self.cols))
        self.cols.valueChanged.connect(lambda value: self._match_size(value, self.rows))
        self.wavelengths.activated.connect(self._on_wavelengths)
        self.units.currentIndexChanged.connect(lambda: self.changed.emit())
        self.scale.valueChanged.connect(lambda: self.changed.emit())

    # Array to widgets

    def show_array(self, candidate: Candidate) -> None:
        """Show the detected properties of an array; earlier choices are reset."""
        self._candidate = candidate
        self._table = ()
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
        text = f"{source}, from the file" if source else "None in the file"
        self.wavelengths.setItemText(_FROM_FILE, text)
        self.wavelengths.setCurrentIndex(_FROM_FILE)
        self._form.setRowVisible(self.table_note, False)
        self.changed.emit()

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
    def choice(self) -> ArrayChoice | None:
        """Current choice; None before an array is shown."""
        if self._candidate is None:
            return None
        size = (self.rows.value(), self.cols.value()) if len(self._candidate.shape) == 2 else None
        wavelengths = {_FROM_FILE: None, _NONE: (), _TABLE: self._table}
        return ArrayChoice(
            self._candidate.name,
            self._order,
            size,
            wavelengths[self.wavelengths.currentIndex()],
            list(_UNITS)[self.units.currentIndex()],
            self.scale.value() or None,
        )

    def _on_axes(self) -> None:
        # Keep a size that was entered as long as the number of pixels is the same.
        if self.rows.value() * self.cols.value() != self._pixels:
            self._show_size()
        self.changed.emit()

    def _match_size(self, value: int, side: QSpinBox) -> None:
        """Adjust the other side of the image where the number of pixels can be kept."""
        if self._pixels % value == 0:
            with QSignalBlocker(side):
                side.setValue(self._pixels // value)
        self.changed.emit()

    def _on_wavelengths(self, index: int) -> None:
        if index != _TABLE:
            self._table = ()
            self._form.setRowVisible(self.table_note, False)
            self.changed.emit()
            return
        path = ask_table(self)
        if path is None:
            self.wavelengths.setCurrentIndex(_TABLE if self._table else _FROM_FILE)
        else:
            self.table_requested.emit(path)

    def take_table(self, path: Path, read: tuple[float, ...] | str) -> None:
        """Use the wavelengths of a table, or show the error."""
        self._form.setRowVisible(self.table_note, True)
        if isinstance(read, str):
            self._table = ()
            self.wavelengths.setCurrentIndex(_FROM_FILE)
            self.table_note.setText(read)
        else:
            self._table = read
            note = f"{len(read)} wavelengths from {read[0]:g} to {read[-1]:g} nm, in {path.name}"
            self.table_note.setText(note)
        self.changed.emit()


def ask_table(parent: QWidget) -> Path | None:
    """Prompt for a table of wavelengths."""
    name, _ = QFileDialog.getOpenFileName(
        parent, "Open wavelength table", "", "Tables (*.csv *.txt *.tsv *.dat);;All files (*)"
    )
    return Path(name) if name else None
