"""The text of a header: to be read, searched and copied."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor, QGuiApplication, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import digits_font
from focus_viewer.ui.widgets.labels import button, label

_MOST_MARKS = 1000


class HeaderText(QWidget):
    """Shows a header's entries as they were written; what is searched for is marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the header")
        self.search.setClearButtonEnabled(True)
        self.found = label("", "muted")
        self.copy = button("Copy all")
        self.copy.setToolTip("Copy the whole text; Ctrl+C copies what is selected")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setFont(digits_font())
        # The style sheet of the window gives all widgets the size of its text.
        self.text.setStyleSheet(
            f"font-family: '{digits_font().family()}'; font-size: {theme.SMALL_PX}px; "
            f"background: {theme.WINDOW}"
        )
        self._matches: list[QTextCursor] = []
        self._place = -1
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.search, 1)
        row.addWidget(self.found)
        row.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_PX)
        column.addLayout(row)
        column.addWidget(self.text, 1)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._go_on)
        self.copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.text.toPlainText())
        )

    def show_entries(self, entries: Mapping[str, str]) -> None:
        """Show a header; none at all is told."""
        told = "\n".join(f"{name} = {value}" for name, value in entries.items())
        self.text.setPlainText(told)
        self.text.setPlaceholderText("This file has no header.")
        self.copy.setEnabled(bool(told))
        self._search(self.search.text())

    def _search(self, words: str) -> None:
        """Mark all places and go to the first."""
        self._matches, self._place = self._find_all(words), -1
        self.text.setExtraSelections([_marked(one) for one in self._matches])
        self.found.setText("" if not words else "Not found" if not self._matches else "")
        self._go_on()

    def _find_all(self, words: str) -> list[QTextCursor]:
        found: list[QTextCursor] = []
        document = self.text.document()
        at = QTextCursor(document)
        while words and len(found) < _MOST_MARKS:
            at = document.find(words, at, QTextDocument.FindFlag(0))
            if at.isNull():
                break
            found.append(QTextCursor(at))
        return found

    def _go_on(self) -> None:
        """Go to the next place, after the last to the first."""
        if self._matches:
            self._place = (self._place + 1) % len(self._matches)
            self.found.setText(f"{self._place + 1} of {len(self._matches)}")
            self.text.setTextCursor(self._matches[self._place])
            self.text.ensureCursorVisible()


def _marked(place: QTextCursor) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = place
    mark.format.setBackground(QColor("#3a3120"))
    mark.format.setForeground(QColor(theme.WARNING))
    return mark
