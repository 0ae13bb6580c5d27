"""Window of the log: what happened in this session, and a copy of it for a bug report."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from focus_viewer.ui.help.kept_log import KEPT, MOST_LINES
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import digits_font
from focus_viewer.ui.widgets.labels import button, label

_SIZE_PX = (900, 520)
_EMPTY = "Nothing yet."
_ABOUT = (
    f"What happened in this session, at most the last {MOST_LINES} entries. The copy has versions, "
    "display and the shapes of open cubes as well; paths, file names and your name are replaced. "
    "Read it before you send it."
)


class LogWindow(QWidget):
    """Window of the log, as it was when it was opened or refreshed; `copy` copies the report."""

    def __init__(self, copy: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._copy = copy
        self.setWindowTitle("Log - FOCUS Viewer")
        self.resize(*_SIZE_PX)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setFont(digits_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Log of this session")
        self.again = button("Refresh")
        self.copy = button("Copy for a bug report")
        self.copied = label("", "muted")
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addWidget(self.copied, 1)
        row.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setSpacing(theme.GAP_PX)
        column.addWidget(label(_ABOUT, "muted", wrapped=True))
        column.addWidget(self.text, 1)
        column.addLayout(row)
        self.again.clicked.connect(self.refresh)
        self.copy.clicked.connect(self.copy_report)
        QShortcut(QKeySequence("Esc"), self, self.close)

    @Slot()
    def refresh(self) -> None:
        """Show what happened up to now, the last in view."""
        self.text.setPlainText("\n".join(KEPT.entries) or _EMPTY)
        self.text.verticalScrollBar().setValue(self.text.verticalScrollBar().maximum())
        self.copied.setText("")

    @Slot()
    def copy_report(self) -> None:
        """Copy what a bug report needs."""
        self._copy()
        self.copied.setText("Copied.")
