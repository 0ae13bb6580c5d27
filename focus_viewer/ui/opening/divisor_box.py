"""Spin box for a divisor: any positive number, however small or large."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QLocale
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QWidget

from focus_viewer.ui.widgets.number_box import NumberBox, pointed

_MAX: Final = 1e30
_DECIMALS: Final = 50  # of 1e-30 with all its digits
_SHORTEST: Final = QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value
_BEGUN: Final = re.compile(r"\d*[.]?\d*([eE][+-]?\d*)?")


class DivisorBox(NumberBox):
    """Spin box with the shortest text that is the same number again, such as 2.75e-05."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(_DECIMALS)
        self.setRange(0.0, _MAX)

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """Format a number with as many digits as it has."""
        return self.locale().toString(value, "g", _SHORTEST)

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        """Parse a number, which may have an exponent."""
        return self._parsed(text)[0]

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept numbers, and what may become one."""
        if self._doubt(text):
            return QValidator.State.Intermediate, text, position
        plain = pointed(text.strip())
        value, is_number = self._parsed(plain)
        state = QValidator.State.Invalid
        shown = text == self.specialValueText()
        if shown or (is_number and 0 <= value <= _MAX):
            state = QValidator.State.Acceptable
        elif _BEGUN.fullmatch(plain):
            state = QValidator.State.Intermediate
        return state, text, position

    def _parsed(self, text: str) -> tuple[float, bool]:
        return self.locale().toDouble(pointed(text.strip()))
