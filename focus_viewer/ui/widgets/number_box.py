"""Field of a number whose decimals follow a point or a comma, whichever is typed."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QToolTip, QWidget

from focus_viewer.core.typed_number import doubt_about

_POWER = re.compile(r"[+-]?\d*[.]?\d*[eE][+-]?\d*")  # typed so far: e4 is left of a deleted 1
_CLICK_MS = 300


class NumberBox(QDoubleSpinBox):
    """Field that shows a point before decimals, as all texts do, and takes a typed comma for one.

    Qt's own drops whichever of the two the system's language has between thousands: 702.5 typed
    on a German system became 7025, and 0,5 on an English one became 5. What can be
    either, such as 10,000, is asked about. 1e4 is a number too: Qt's own made 14 of it.
    Where the field cannot take what was typed, the number before comes back with the reason.
    """

    looked_at = Signal()
    """The text was edited or taken: there may be another `doubt`, with the same number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain = QLocale.c()
        plain.setNumberOptions(
            QLocale.NumberOption.OmitGroupSeparator | QLocale.NumberOption.RejectGroupSeparator
        )
        self.setLocale(plain)
        self._before, self._left = self.value(), False
        self.lineEdit().textEdited.connect(lambda: self.looked_at.emit())
        self.editingFinished.connect(self.looked_at)

    @property
    def doubt(self) -> str | None:
        """Reason why the field cannot take the text as a number; None if it can."""
        return None if self.hasAcceptableInput() else self._reason(self.lineEdit().text())

    def event(self, event: QEvent) -> bool:
        """Remember the number that stands before one is typed or pasted."""
        # With keyboard tracking, the value is soon that of what has been typed so far.
        if not self.lineEdit().isModified():
            self._before = self.value()
        self._left = event.type() == QEvent.Type.FocusOut
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Keep Enter after a doubtful number from the dialog, which would go on without it."""
        doubtful = self.doubt is not None
        super().keyPressEvent(event)
        if doubtful and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept numbers, and what may become one; a second point or comma is refused."""
        if self._doubt(text):
            return QValidator.State.Intermediate, text, position
        number = pointed(self._number(text))
        if _POWER.fullmatch(number):
            return self._state_of(number), text, position
        state = super().validate(self._cut(text), position)[0]  # type: ignore[index]
        return state, text, position

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        """Return the number that was typed, rounded to the decimals that the field has."""
        value = _value(pointed(self._number(text)))
        return super().valueFromText(text) if value is None else round(value, self.decimals())

    def fixup(self, text: str) -> str:
        """Show what is wrong with what was typed; the number before comes back."""
        # Read first: a tip is a new child, of which `event` hears.
        before, reason = self.textFromValue(self._before), self._reason(text)
        if self._left:  # the click that took the focus would hide it at once
            QTimer.singleShot(_CLICK_MS, self, lambda: self._explain(reason))
        else:
            self._explain(reason)
        return f"{self.prefix()}{before}{self.suffix()}"

    def _state_of(self, number: str) -> QValidator.State:
        value = _value(number)
        fits = value is not None and self.minimum() <= value <= self.maximum()
        return QValidator.State.Acceptable if fits else QValidator.State.Intermediate

    def _cut(self, text: str) -> str:
        """Return a typed number with no more decimals than the field has.

        Qt would refuse the keys of others, and make 10 of 10,000.
        """
        return re.sub(rf"([.]\d{{{self.decimals()}}})\d+", r"\1", pointed(text))

    def _explain(self, reason: str) -> None:
        QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), reason, self)

    def _reason(self, text: str) -> str:
        """Return why a text is not taken."""
        bounds = f"{self.minimum():.10g} to {self.maximum():.10g}{self.suffix()}"
        found = self._number(text) or "nothing"
        return self._doubt(text) or f"expected a number from {bounds}, found {found}"

    def _doubt(self, text: str) -> str | None:
        return doubt_about(self._number(text), self.maximum())

    def _number(self, text: str) -> str:
        return text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()


def _value(number: str) -> float | None:
    try:
        return float(number)
    except ValueError:
        return None


def pointed(text: str) -> str:
    """Return a typed number with a point where a comma was typed."""
    return text.replace(",", ".")
