"""List of the keyboard shortcuts, which can be searched."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import text_field

_TITLES = ("Menu", "Command", "Key")
_SIZE_PX = (560, 620)


class ShortcutsDialog(QDialog):
    """Dialog with a row for each command that has a key.

    Parameters
    ----------
    shortcuts : sequence of (str, str, str)
        Menu, text and key sequence of each command.
    """

    def __init__(self, shortcuts: Sequence[tuple[str, str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.filter = text_field("Search commands, menus or keys")
        self.table = QTableWidget(len(shortcuts), len(_TITLES))
        self.table.setHorizontalHeaderLabels(_TITLES)
        self.table.setAccessibleName("Shortcuts")
        self._rows = [_cells(*shortcut) for shortcut in shortcuts]
        for row, cells in enumerate(self._rows):
            for place, cell in enumerate(cells):
                self.table.setItem(row, place, QTableWidgetItem(cell))
        self._dress()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.filter, self.table, buttons):
            column.addWidget(widget)
        self.filter.textChanged.connect(self._show_only)
        fit(self, *_SIZE_PX)

    def _dress(self) -> None:
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)

    def _show_only(self, text: str) -> None:
        """Show only rows that hold a text, whatever its capitals."""
        wanted = text.casefold()
        for row, cells in enumerate(self._rows):
            self.table.setRowHidden(row, not any(wanted in cell.casefold() for cell in cells))


def _cells(menu: str, text: str, key: str) -> tuple[str, str, str]:
    shown_key = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return menu.replace("&", ""), text.replace("&", ""), shown_key
