"""What can be said of an array: its axes, size, wavelengths, units and scale."""

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
    None: "As the file tells",
    "reflectance": "Reflectance",
    "radiance": "Radiance",
    "counts": "Counts",
    "unknown": "Not known",
}
_AS_TOLD, _NONE, _TABLE = range(3)
_MOST_SCALE: Final = 1e9


class _ScaleBox(QDoubleSpinBox):
    """Shows no more decimals than there are."""

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """Text of a number."""
        return self.locale().toString(value, "f", self.decimals()).rstrip("0").rstrip(".,")


class ChoiceControls(QWidget):
    """Fields about the array that is chosen.

    Attributes
    ----------
    changed : Signal
        Something else is said.
    wanted : Signal of Path
        A table of wavelengths is to be read.
    axes : QComboBox
    rows, cols : QSpinBox
        Of the image, for an array of spectra.
    wavelengths : QComboBox
    told : QLabel
        Where wavelengths come from, or what is wrong with their table.
    units : QComboBox
    scale : QDoubleSpinBox
        0 stands for none.
    """

    changed = Signal()
    wanted = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._candidate: Candidate | None = None
        self._table: tuple[float, ...] = ()
        self.axes = QComboBox()
        self.rows, self.cols = QSpinBox(), QSpinBox()
        self.image_size = QWidget()
        self.wavelengths = QComboBox()
        self.wavelengths.addItems(["", "None", "From a table..."])
        self.told = label("", "muted", wrapped=True)
        self.units = QComboBox()
        self.units.addItems(list(_UNITS.values()))
        self.scale = _ScaleBox()
        self.scale.setRange(0.0, _MOST_SCALE)
        self.scale.setDecimals(4)
        self.scale.setSpecialValueText("As the file tells")
        self.scale.setToolTip("Stored numbers are divided by it: 10000 is usual for reflectance")
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
        self._form.addRow("", self.told)
        self._form.addRow("Units", self.units)
        self._form.addRow("Divide by", self.scale)

    def _connect(self) -> None:
        self.axes.currentIndexChanged.connect(lambda: self._on_axes())
        self.rows.valueChanged.connect(lambda value: self._keep_count(value, self.cols))
        self.cols.valueChanged.connect(lambda value: self._keep_count(value, self.rows))
        self.wavelengths.activated.connect(self._on_wavelengths)
        self.units.currentIndexChanged.connect(lambda: self.changed.emit())
        self.scale.valueChanged.connect(lambda: self.changed.emit())

    # The array to widgets

    def show_array(self, candidate: Candidate) -> None:
        """Show what an array seems to be; what was said of another does not hold for it."""
        self._candidate = candidate
        self._table = ()
        blockers = [QSignalBlocker(one) for one in (self.axes, self.rows, self.cols)]
        self.axes.clear()
        orders = _SPECTRA if len(candidate.shape) == 2 else _IMAGE
        for order in orders:
            words = (
                _SPECTRA[order]
                if len(candidate.shape) == 2
                else ", ".join(_NAMES[axis] for axis in order)
            )
            self.axes.addItem(words, order)
        if candidate.axes is not None:
            self.axes.setCurrentIndex(list(orders).index(candidate.axes))
        del blockers
        self._form.setRowVisible(self.image_size, len(candidate.shape) == 2)
        self._show_size()
        source = candidate.wavelengths
        self.wavelengths.setItemText(_AS_TOLD, f"{source}, of the file" if source else "None told")
        self.wavelengths.setCurrentIndex(_AS_TOLD)
        self._form.setRowVisible(self.told, False)
        self.changed.emit()

    def _show_size(self) -> None:
        """Rows and columns of an array of spectra: as told, else as near to a square as can be."""
        if self._candidate is None or len(self._candidate.shape) != 2:
            return
        count = self._pixels
        size = self._candidate.image_shape
        if size is None or size[0] * size[1] != count:
            rows = next(n for n in range(math.isqrt(count), 0, -1) if count % n == 0)
            size = (rows, count // rows)
        for one, value in zip((self.rows, self.cols), size, strict=True):
            with QSignalBlocker(one):
                one.setRange(1, count)
                one.setValue(value)

    @property
    def _pixels(self) -> int:
        shape = self._candidate.shape if self._candidate else (1, 1)
        return shape[1] if self._order[0] == "bands" else shape[0]

    @property
    def _order(self) -> Axes:
        return cast("Axes", tuple(self.axes.currentData()))

    @property
    def bands(self) -> int:
        """How many bands the array has along the axis that is chosen."""
        shape = self._candidate.shape if self._candidate else (1, 1, 1)
        place = self._order.index("bands")
        return shape[place if len(shape) == 3 else min(place, 1)]

    # Widgets to a choice

    @property
    def choice(self) -> ArrayChoice | None:
        """What is said; None before an array is shown."""
        if self._candidate is None:
            return None
        size = (self.rows.value(), self.cols.value()) if len(self._candidate.shape) == 2 else None
        wavelengths = {_AS_TOLD: None, _NONE: (), _TABLE: self._table}
        return ArrayChoice(
            self._candidate.name,
            self._order,
            size,
            wavelengths[self.wavelengths.currentIndex()],
            list(_UNITS)[self.units.currentIndex()],
            self.scale.value() or None,
        )

    def _on_axes(self) -> None:
        # A size that was said stays as long as the same axis holds the pixels.
        if self.rows.value() * self.cols.value() != self._pixels:
            self._show_size()
        self.changed.emit()

    def _keep_count(self, value: int, other: QSpinBox) -> None:
        """Let the other side of the image follow where it can."""
        if self._pixels % value == 0:
            with QSignalBlocker(other):
                other.setValue(self._pixels // value)
        self.changed.emit()

    def _on_wavelengths(self, index: int) -> None:
        if index != _TABLE:
            self._table = ()
            self._form.setRowVisible(self.told, False)
            self.changed.emit()
            return
        path = ask_table(self)
        if path is None:
            self.wavelengths.setCurrentIndex(_TABLE if self._table else _AS_TOLD)
        else:
            self.wanted.emit(path)

    def take_table(self, path: Path, found: tuple[float, ...] | str) -> None:
        """Take wavelengths of a table, or say why there are none."""
        self._form.setRowVisible(self.told, True)
        if isinstance(found, str):
            self._table = ()
            self.wavelengths.setCurrentIndex(_AS_TOLD)
            self.told.setText(found)
        else:
            self._table = found
            told = f"{len(found)} from {found[0]:g} to {found[-1]:g} nm, of {path.name}"
            self.told.setText(told)
        self.changed.emit()


def ask_table(parent: QWidget) -> Path | None:
    """Ask for a table of wavelengths."""
    name, _ = QFileDialog.getOpenFileName(
        parent, "Table of wavelengths", "", "Tables (*.csv *.txt *.tsv *.dat);;All files (*)"
    )
    return Path(name) if name else None
