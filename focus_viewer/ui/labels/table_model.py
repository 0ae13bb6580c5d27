"""Table model of the labels of cubes, edited before they are applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from focus_viewer.core.datasets.cube_labels import CubeLabels, class_names
from focus_viewer.ui.widgets import theme

ModelIndex = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NO_PARENT = QModelIndex()
CUBE, CLASS = 0, 1
"""Columns; groups follow."""


class LabelRow(NamedTuple):
    """Cube and its labels; `place` is the whole path for the tooltip."""

    document_id: int
    name: str
    place: str
    labels: CubeLabels


class LabelTableModel(QAbstractTableModel):
    """Table model with a row per cube: name, classes, and a column for each group.

    An edit of a cell counts for all rows that are selected with it.
    """

    def __init__(
        self,
        rows: Sequence[LabelRow],
        groups: Sequence[str],
        selected: Callable[[], Sequence[int]],
    ) -> None:
        super().__init__()
        self.rows = list(rows)
        self.groups = list(groups)
        self._selected = selected

    def rowCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of cubes."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of columns."""
        return 0 if parent.isValid() else CLASS + 1 + len(self.groups)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal or role != _ROLE.DisplayRole:
            return None
        return ("Cube", "Class", *self.groups)[section]

    def data(self, index: ModelIndex, role: int = _ROLE.DisplayRole) -> Any:
        """Return the text of a cell; of a cube also its path."""
        row = self.rows[index.row()]
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            return self.text(index.row(), index.column()) or ("" if role == _ROLE.EditRole else "–")
        if role == _ROLE.ToolTipRole and index.column() == CUBE:
            return row.place
        if role == _ROLE.ForegroundRole and not self.text(index.row(), index.column()):
            return QColor(theme.MUTED)
        return None

    def flags(self, index: ModelIndex) -> Qt.ItemFlag:
        """Return the flags of a cell: all but the name can be edited."""
        flags = super().flags(index)
        return flags if index.column() == CUBE else flags | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: ModelIndex, value: Any, role: int = _ROLE.EditRole) -> bool:  # noqa: N802
        """Set a cell of a row and of those selected with it."""
        if role != _ROLE.EditRole or index.column() == CUBE:
            return False
        selected = self._selected()
        rows = selected if index.row() in selected else [index.row()]
        self.set_cells(rows, index.column(), str(value))
        return True

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell; empty where there is none."""
        own = self.rows[row]
        if column == CUBE:
            return own.name
        if column == CLASS:
            return own.labels.text
        return own.labels.groups.get(self.groups[column - CLASS - 1], "")

    def set_cells(self, rows: Sequence[int], column: int, text: str) -> None:
        """Set a cell of several rows; an empty text removes the class or group."""
        for row in rows:
            labels = self._changed(self.rows[row].labels, column, text.strip())
            self.rows[row] = self.rows[row]._replace(labels=labels)
            index = self.index(row, column)
            self.dataChanged.emit(index, index)

    def _changed(self, labels: CubeLabels, column: int, text: str) -> CubeLabels:
        if column == CLASS:
            return replace(labels, classes=class_names(text))
        name = self.groups[column - CLASS - 1]
        rest = {group: value for group, value in labels.groups.items() if group != name}
        return replace(labels, groups={**rest, name: text} if text else rest)

    def add_group(self, name: str) -> int:
        """Add a column of groups, unless it is there; return its number."""
        if name not in self.groups:
            column = self.columnCount()
            self.beginInsertColumns(_NO_PARENT, column, column)
            self.groups.append(name)
            self.endInsertColumns()
        return CLASS + 1 + self.groups.index(name)
