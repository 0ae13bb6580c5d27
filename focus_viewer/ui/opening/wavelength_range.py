"""Fields for evenly spaced wavelengths: first, last and step."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import label
from focus_viewer.ui.widgets.number_box import NumberBox

_FIRST_NM: Final = (400.0, 1000.0)
_MOST_NM: Final = 100_000.0
_LEAST_PX: Final = 60


class PlainSpinBox(NumberBox):
    """Spin box that shows no trailing zeros."""

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """Format a number without trailing zeros."""
        return self.locale().toString(value, "f", self.decimals()).rstrip("0").rstrip(".")


class WavelengthRange(QWidget):
    """First, last and step in nm, of which two determine the third.

    A new step moves the last wavelength; a new first or last one changes the step.

    Attributes
    ----------
    changed : Signal
        Emitted when the user has changed one.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._bands = 1
        self._even = 0.0, 0.0  # step and last wavelength as they were when the step was shown
        self.first, self.last, self.step = _box("first"), _box("last"), _box("step")
        self.step.setRange(-_MOST_NM, _MOST_NM)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.GAP_PX)
        for place, (text, box) in enumerate(
            (("First (nm)", self.first), ("Last (nm)", self.last), ("Step (nm)", self.step))
        ):
            grid.addWidget(label(text, "small"), 0, place)
            grid.addWidget(box, 1, place)
            grid.setColumnStretch(place, 1)
        self.first.setValue(_FIRST_NM[0])
        self.last.setValue(_FIRST_NM[1])
        self.first.valueChanged.connect(self._on_end)
        self.last.valueChanged.connect(self._on_end)
        self.step.valueChanged.connect(self._on_step)
        for box in (self.first, self.last, self.step):
            box.looked_at.connect(self.changed)

    def set_bands(self, bands: int) -> None:
        """Divide the range among so many bands."""
        self._bands = bands
        self._show_step()

    @property
    def wavelengths_nm(self) -> tuple[float, ...]:
        """Wavelength of each band; of a single one the first."""
        return tuple(np.linspace(self.first.value(), self.last.value(), self._bands).tolist())

    @property
    def problem(self) -> str:
        """Reason why they cannot be wavelengths; empty if they can."""
        doubt = self.first.doubt or self.last.doubt or self.step.doubt
        if doubt:
            return doubt
        if self._bands > 1 and self.first.value() == self.last.value():
            return "The first and the last wavelength must differ."
        return "" if min(self.first.value(), self.last.value()) > 0 else "Wavelengths are above 0."

    @property
    def text(self) -> str:
        """The range in words; empty with a problem."""
        first, last = self.first.value(), self.last.value()
        return "" if self.problem else f"{first:g} to {last:g} nm, evenly spaced"

    def _on_end(self) -> None:
        self._show_step()
        self.changed.emit()

    def _on_step(self) -> None:
        step, last = self._even
        if self.step.value() != step:
            last = self.first.value() + self.step.value() * (self._bands - 1)
        with QSignalBlocker(self.last):
            self.last.setValue(last)
        self.changed.emit()

    def _show_step(self) -> None:
        with QSignalBlocker(self.step):
            span = self.last.value() - self.first.value()
            self.step.setValue(span / max(1, self._bands - 1))
        # The step is rounded: taken back after half a number, it must not move the last wavelength.
        self._even = self.step.value(), self.last.value()


def _box(name: str) -> PlainSpinBox:
    box = PlainSpinBox()
    box.setDecimals(3)
    box.setRange(0.0, _MOST_NM)
    box.setMinimumWidth(_LEAST_PX)
    box.setAccessibleName(f"{name} wavelength")
    box.setButtonSymbols(PlainSpinBox.ButtonSymbols.NoButtons)
    return box
