"""Field of a number whose decimals follow a point or a comma, whichever is typed."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget


class NumberBox(QDoubleSpinBox):
    """Field that shows a point before decimals, as all texts do, and turns a typed comma into it.

    Qt's own drops whichever of the two the system's language has between thousands: 702.5 typed
    on a German system became 7025, and 0,5 on an English one became 5.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain = QLocale.c()
        plain.setNumberOptions(
            QLocale.NumberOption.OmitGroupSeparator | QLocale.NumberOption.RejectGroupSeparator
        )
        self.setLocale(plain)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept numbers, and what may become one; a second point or comma is refused."""
        found: tuple[QValidator.State, str, int]
        found = super().validate(pointed(text), position)  # type: ignore[assignment]
        return found


def pointed(text: str) -> str:
    """Return a typed number with a point where a comma was typed."""
    return text.replace(",", ".")
