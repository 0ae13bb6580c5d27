"""Header text that can be read, searched and copied."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor, QGuiApplication, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import digits_font
from focus_viewer.ui.widgets.labels import button, label, text_field

_MOST_MATCHES = 1000
_SEARCH_PX = 152  # its placeholder can be read


class HeaderText(QWidget):
    """Viewer of a header's entries as written, with highlighted search matches."""

    def __init__(self) -> None:
        super().__init__()
        self.search = text_field("Search the header")
        self.search.setMinimumWidth(_SEARCH_PX)
        self.match_count = label("", "muted")
        self.copy = button("Copy all")
        self.copy.setToolTip("Copy the whole header; Ctrl+C copies the selection")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Header of the file")
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setFont(digits_font())
        # The style sheet of the window sets the font size of all widgets.
        self.text.setStyleSheet(
            f"font-family: '{digits_font().family()}'; font-size: {theme.SMALL_PX}px; "
            f"background: {theme.WINDOW}"
        )
        self._matches: list[QTextCursor] = []
        self._current = -1
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.search, 1)
        row.addWidget(self.match_count)
        row.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_PX)
        column.addLayout(row)
        column.addWidget(self.text, 1)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._select_next)
        self.copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.text.toPlainText())
        )

    def show_entries(self, entries: Mapping[str, str]) -> None:
        """Show a header, or a placeholder if it is empty."""
        text = "\n".join(f"{name} = {value}" for name, value in entries.items())
        self.text.setPlainText(text)
        self.text.setPlaceholderText("This file has no header.")
        self.copy.setEnabled(bool(text))
        self._search(self.search.text())

    def _search(self, words: str) -> None:
        """Highlight all matches and select the first."""
        self._matches, self._current = self._find_all(words), -1
        self.text.setExtraSelections([_highlighted(match) for match in self._matches])
        self.match_count.setText("Not found" if words and not self._matches else "")
        self._select_next()

    def _find_all(self, words: str) -> list[QTextCursor]:
        matches: list[QTextCursor] = []
        document = self.text.document()
        at = QTextCursor(document)
        while words and len(matches) < _MOST_MATCHES:
            at = document.find(words, at, QTextDocument.FindFlag(0))
            if at.isNull():
                break
            matches.append(QTextCursor(at))
        return matches

    def _select_next(self) -> None:
        """Select the next match; the first follows the last."""
        if self._matches:
            self._current = (self._current + 1) % len(self._matches)
            self.match_count.setText(f"{self._current + 1} of {len(self._matches)}")
            self.text.setTextCursor(self._matches[self._current])
            self.text.ensureCursorVisible()


def _highlighted(match: QTextCursor) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    selection.cursor = match
    selection.format.setBackground(QColor(theme.WARNING_GROUND))
    selection.format.setForeground(QColor(theme.WARNING))
    return selection
