"""Table of a study: a row for each cube or region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor

from focus_viewer.core.datasets.natural_order import natural_key
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.studies.study import DECIDED, VERDICT, Row, Study
from focus_viewer.core.studies.words import number_text
from focus_viewer.ui.widgets import theme

ModelIndex = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
SORT_ROLE = Qt.ItemDataRole.UserRole
_NO_PARENT = QModelIndex()
_NONE = "–"


@dataclass(frozen=True)
class _Column:
    """Column: its title, the text of a row, and what it is sorted by."""

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], object]
    number: bool = False


class StudyTable(QAbstractTableModel):
    """Table model of the rows that a plan compares."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.columns: tuple[_Column, ...] = ()

    def show_study(self, study: Study | None, plan: StudyPlan | None) -> None:
        """Show the rows of a study, with the columns that a plan needs first."""
        self.beginResetModel()
        self.rows, self.columns = (), ()
        if study is not None and plan is not None:
            self.columns = _columns(study, plan)
            self.rows = tuple(
                row for row in study.rows if bool(row.region) == (plan.parts == "regions")
            )
        self.endResetModel()

    def rowCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == _ROLE.DisplayRole:
            return self.columns[section].title
        return None

    def data(self, index: ModelIndex, role: int = _ROLE.DisplayRole) -> Any:
        """Return text, reason, colour or what is sorted by."""
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == _ROLE.DisplayRole:
            return column.text(row) or _NONE
        if role == SORT_ROLE:
            return column.key(row)
        if role == _ROLE.ToolTipRole:
            return row.error or str(row.path)
        if role == _ROLE.TextAlignmentRole and column.number:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.ForegroundRole and (row.error or row.foreign):
            return QColor(theme.DANGER if row.error else theme.MUTED)
        return None


class SortedRows(QSortFilterProxyModel):
    """Rows that hold a text, sorted by a column; names in natural order."""

    def __init__(self, table: StudyTable) -> None:
        super().__init__()
        self.setSourceModel(table)
        self.setFilterKeyColumn(-1)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def lessThan(self, left: ModelIndex, right: ModelIndex) -> bool:  # noqa: N802 - Qt's name
        """Return whether a cell comes before another."""
        return bool(left.data(SORT_ROLE) < right.data(SORT_ROLE))


def _columns(study: Study, plan: StudyPlan) -> tuple[_Column, ...]:
    first = [name for name in (plan.column, plan.unit) if name in study.columns]
    own = [name for name in study.columns if name not in (DECIDED, VERDICT)]
    later = [name for name in (DECIDED, VERDICT, *own) if name not in first]
    value = [_value_column(plan.value)] if plan.value else []
    return (
        _text_column("cube", lambda row: row.title),
        *(_group_column(name) for name in first),
        *value,
        *(_group_column(name) for name in later),
    )


def _text_column(title: str, text: Callable[[Row], str]) -> _Column:
    return _Column(title, text, lambda row: natural_key(text(row)))


def _group_column(name: str) -> _Column:
    if name == VERDICT:  # why there is none stands in its place
        return _text_column(name, lambda row: "failed" if row.error else row.verdict)
    return _text_column(name, lambda row: row.group(name))


def _value_column(name: str) -> _Column:
    def value(row: Row) -> float | None:
        return row.values.get(name)

    def text(row: Row) -> str:
        found = value(row)
        return "" if found is None else number_text(found)

    def key(row: Row) -> float:
        found = value(row)
        return float("-inf") if found is None else found

    return _Column(name, text, key, number=True)
