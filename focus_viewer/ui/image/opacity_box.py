"""Opacity of the layers over the image: a slider, and its percentage to be typed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QSpinBox, QWidget

_SLIDER_PX: Final = 56
_FRAME_PX: Final = 22


class OpacityBox(QWidget):
    """Slider beside a field of the same percentage."""

    chosen = Signal(int)
    """Percentage that the user chose."""

    def __init__(self, tip: str) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFixedWidth(_SLIDER_PX)
        self.slider.setAccessibleName("Opacity")
        self.field = QSpinBox()
        self.field.setSuffix(" %")
        self.field.setKeyboardTracking(False)
        self.field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.field.setAccessibleName("Opacity in percent")
        widest = self.field.fontMetrics().horizontalAdvance("100 %")
        self.field.setFixedWidth(widest + _FRAME_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # no gaps in it
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in (self.slider, self.field):
            part.setRange(0, 100)
            part.setToolTip(tip)
            row.addWidget(part)
            part.valueChanged.connect(self._on_changed)

    def show_value(self, percent: int) -> None:
        """Show a percentage in both."""
        for part in (self.slider, self.field):
            with QSignalBlocker(part):
                part.setValue(percent)

    def _on_changed(self, percent: int) -> None:
        self.show_value(percent)
        self.chosen.emit(percent)
