"""Context menu of the table of a study: copy, show the cube, save the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QTableView

from focus_viewer.ui.study.table_model import StudyTable
from focus_viewer.ui.widgets.mnemonics import letter_actions


class TableMenu(QMenu):
    """Menu for the row that is pointed at, or chosen by the keyboard.

    Parameters
    ----------
    show_cube : callable
        Takes a place in the table, and shows its cube.
    save : callable
        Prompts for where to write the report.
    """

    def __init__(
        self,
        table: QTableView,
        model: StudyTable,
        show_cube: Callable[[QModelIndex], None],
        save: Callable[[], None],
    ) -> None:
        super().__init__(table)
        self._table, self._model = table, model
        self.show_cube = self.addAction("Show the cube")
        self.addSeparator()
        self.copy_row = self.addAction("Copy the row")
        self.copy_table = self.addAction("Copy the table")
        self.addSeparator()
        self.save = self.addAction("Save report...")
        letter_actions(self.actions())
        self.show_cube.triggered.connect(lambda: show_cube(table.currentIndex()))
        self.copy_row.triggered.connect(lambda: self._copy([table.currentIndex().row()]))
        self.copy_table.triggered.connect(lambda: self._copy(range(model.rowCount())))
        self.save.triggered.connect(save)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._open)

    def _open(self, place: QPoint) -> None:
        """Choose the row under the mouse; by the keyboard it is chosen already."""
        pointed = self._table.indexAt(place)
        if pointed.isValid():
            self._table.setCurrentIndex(pointed)
        has_row = self._table.currentIndex().isValid()
        self.show_cube.setEnabled(has_row)
        self.copy_row.setEnabled(has_row)
        self.copy_table.setEnabled(self._model.rowCount() > 0)
        self.popup(self._table.viewport().mapToGlobal(place))

    def _copy(self, rows: Sequence[int]) -> None:
        """Copy rows below the titles, parted by tabs, as spreadsheets take them."""
        columns = self._model.columns
        lines = [[column.title for column in columns]]
        lines += [[column.text(self._model.rows[row]) for column in columns] for row in rows]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines) + "\n")
