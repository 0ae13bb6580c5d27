"""Muted lines of text that give way when there is little room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

WITHHELD = "The model does not apply: its evidence is shown when asked for (H)"
"""In place of evidence."""


class Caption(QLabel):
    """Muted line that is elided where it does not fit; its tooltip has the whole text.

    Parameters
    ----------
    two : bool
        Whether it may take a second line.
    """

    def __init__(self, two: bool = False) -> None:
        super().__init__()
        self._two = two
        self.setObjectName("small")  # the style sheet's small, muted text
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show a line."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no width and the height of a line."""
        return QSize(0, super().minimumSizeHint().height())

    def lines(self) -> tuple[str, ...]:
        """Return the text as it is drawn: its first line full, what does not fit elided."""
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        first, words = "", self.text().split(" ")
        while self._two and words and metrics.horizontalAdvance(f"{first}{words[0]}") <= room:
            first += f"{words.pop(0)} "
        rest = metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, room)
        return tuple(line for line in (first.rstrip(), rest) if line)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = "\n".join(self.lines())
        if len(text) > 1 or text == self.text():  # dots alone say nothing
            painter.drawText(self.contentsRect(), int(self.alignment()), text)
