"""Table of a study: a row for each cube or region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
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
_NO_PARENT = QModelIndex()
_NONE = "–"
_LONG_TITLE = 16  # letters


@dataclass(frozen=True)
class _Column:
    """Column: its title, the text of a row, and what it is sorted by."""

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any]
    number: bool = False


class StudyTable(QAbstractTableModel):
    """Table model of the rows that a plan compares, filtered by a text and sorted by a column.

    It does so itself: Qt's proxy models need a call for each comparison of two cells.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.columns: tuple[_Column, ...] = ()
        self._all: tuple[Row, ...] = ()
        self._wanted = ""
        self._by: tuple[str, bool] | None = None

    def show_study(self, study: Study | None, plan: StudyPlan | None) -> None:
        """Show the rows of a study, with the verdict and the columns that a plan needs first.

        They stay sorted by the column of the same title, where there is one.
        """
        self.beginResetModel()
        self._all, self.columns = (), ()
        if study is not None and plan is not None:
            self.columns = _columns(study, plan)
            regions = plan.parts == "regions"
            self._all = tuple(row for row in study.rows if bool(row.region) == regions)
        self.rows = self._chosen()
        self.endResetModel()

    def show_only(self, text: str) -> None:
        """Show only rows that hold a text in any column, whatever its capitals."""
        self._wanted = text.casefold()
        self._show_again()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, names in natural order; -1 for the order of the study."""
        descending = order == Qt.SortOrder.DescendingOrder
        chosen = 0 <= column < len(self.columns)
        self._by = (self.columns[column].title, descending) if chosen else None
        self._show_again()

    @property
    def sorted_by(self) -> int:
        """Place of the column that rows are sorted by; -1 for the order of the study."""
        titles = [column.title for column in self.columns]
        title = None if self._by is None else self._by[0]
        return titles.index(title) if title in titles else -1

    def _show_again(self) -> None:
        self.beginResetModel()
        self.rows = self._chosen()
        self.endResetModel()

    def _chosen(self) -> tuple[Row, ...]:
        rows = [row for row in self._all if self._wanted in self._text(row)]
        if self._by is not None and self.sorted_by >= 0:
            rows.sort(key=self.columns[self.sorted_by].key, reverse=self._by[1])
        return tuple(rows)

    def _text(self, row: Row) -> str:
        """Return all that the table says of a row; nothing where no text is wanted."""
        if not self._wanted:
            return ""
        return "\n".join(column.text(row) for column in self.columns).casefold()

    def rowCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Return the title of a column, a long one in two lines, which may be elided."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        title = self.columns[section].title
        if role == _ROLE.DisplayRole:
            return in_two_lines(title)
        return title if role == _ROLE.ToolTipRole else None

    def data(self, index: ModelIndex, role: int = _ROLE.DisplayRole) -> Any:
        """Return text, reason or colour."""
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == _ROLE.DisplayRole:
            return column.text(row) or _NONE
        if role == _ROLE.ToolTipRole:
            return row.error or str(row.path)
        if role == _ROLE.TextAlignmentRole and column.number:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.ForegroundRole and (row.error or row.foreign):
            return QColor(theme.DANGER if row.failed else theme.MUTED)
        return None


def in_two_lines(title: str) -> str:
    """Return a long title broken at the space nearest its middle: its numbers are narrow."""
    spaces = [place for place, letter in enumerate(title) if letter == " "]
    if len(title) <= _LONG_TITLE or not spaces:
        return title
    middle = min(spaces, key=lambda place: abs(2 * place - len(title)))
    return f"{title[:middle]}\n{title[middle + 1 :]}"


def _columns(study: Study, plan: StudyPlan) -> tuple[_Column, ...]:
    first = [name for name in (plan.column, plan.unit) if name in study.columns]
    own = [name for name in study.columns if name not in (DECIDED, VERDICT)]
    verdict = [VERDICT] if VERDICT not in first else []  # whether a row can be relied on
    later = [name for name in (DECIDED, *own) if name not in first]
    value = [_value_column(plan.value)] if plan.value else []
    return (
        _text_column("cube", lambda row: row.title),
        *(_group_column(name) for name in (*verdict, *first)),
        *value,
        *(_group_column(name) for name in later),
    )


def _text_column(title: str, text: Callable[[Row], str]) -> _Column:
    return _Column(title, text, lambda row: natural_key(text(row)))


def _group_column(name: str) -> _Column:
    if name == VERDICT:  # why there is none stands in its place
        return _text_column(name, lambda row: "failed" if row.failed else row.error or row.verdict)
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
