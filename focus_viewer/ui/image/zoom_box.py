"""Zoom figure beside the image: pixels of the screen for each pixel of the image, in percent."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QSizePolicy, QSpinBox

_RANGE: Final = (1, 99_999)
_FIXED: Final = QSizePolicy.Policy.Fixed


class ZoomBox(QSpinBox):
    """Field that shows the zoom, and takes a percentage that is typed or stepped to."""

    asked = Signal(float)
    """The user asks for this percentage."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(*_RANGE)
        self.setSuffix(" %")
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setSizePolicy(_FIXED, _FIXED)  # as wide as the largest zoom
        self.setAccessibleName("Zoom")
        self.setToolTip(
            "Zoom: at 100 %, a pixel of the image is a pixel of the screen (Ctrl+=, Ctrl+-)"
        )
        self.valueChanged.connect(lambda percent: self.asked.emit(float(percent)))

    def show_zoom(self, percent: float) -> None:
        """Show a percentage."""
        with QSignalBlocker(self):
            self.setValue(round(percent))

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        """Enlarge twofold for each two steps, as a difference of one percent is not seen."""
        self.setValue(round(self.value() * 2 ** (steps / 2)))
