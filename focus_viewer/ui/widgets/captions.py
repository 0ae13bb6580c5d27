"""Muted lines of text that give way when there is little room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

WITHHELD = "The model does not apply: its evidence is shown when asked for (H)"
"""In place of evidence."""


class Caption(QLabel):
    """Muted line that is elided where it does not fit; its tooltip has the whole text."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("small")  # the style sheet's small, muted text
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show a line."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no width and the height of a line."""
        return QSize(0, super().minimumSizeHint().height())

    def drawn(self) -> str:
        """Return the text as it is drawn: what does not fit is elided, dots alone are nothing."""
        room = self.contentsRect().width()
        line = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        return "" if line == "…" else line

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the text."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.contentsRect(), int(self.alignment()), self.drawn())
