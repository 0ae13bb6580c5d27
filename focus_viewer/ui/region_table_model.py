"""Regions and what was measured of them, as Qt's tables want it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from focus_viewer.core.annotations import Annotation
from focus_viewer.core.region_table import RegionRow
from focus_viewer.session.session import Session
from focus_viewer.session.state import Document

Value = str | float | int | None
Place = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NO_PARENT = QModelIndex()
SORT_ROLE = _ROLE.UserRole


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes
    ----------
    title, tip : str
    value : callable
        Of a region and its row; None where nothing is known.
    digits : int
        Of numbers, behind the point.
    field : str
        Attribute of the region that editing changes; empty where nothing is edited.
    """

    title: str
    tip: str
    value: Callable[[Annotation, RegionRow | None], Value]
    digits: int = 0
    field: str = ""


def columns(index_names: tuple[str, ...]) -> tuple[Column, ...]:
    """All columns; one for each vegetation index that the cube can compute."""
    return (
        Column("Name", "Double click to rename", lambda one, _: one.name, field="name"),
        Column("Class", "What it shows", lambda one, _: one.class_name or "", field="class_name"),
        Column("Pixels", "Pixels whose middle lies in it", _of(lambda row: row.pixels)),
        Column("Mean", "Over its pixels and all good bands", _of(lambda row: row.mean), 3),
        Column("SD", "Among its pixels, over all good bands", _of(lambda row: row.sd), 3),
        Column(
            "For, %",
            "Share of all evidence for the class that lies in it",
            _of(lambda row: 100 * row.positive_share),
            1,
        ),
        Column(
            "Against, %",
            "Share of all evidence against the class that lies in it",
            _of(lambda row: 100 * row.negative_share),
            1,
        ),
        Column(
            "Peaks, nm",
            "Where its importance is highest, the highest first",
            _of(lambda row: ", ".join(f"{nm:.0f}" for nm in row.peaks_nm[:3])),
        ),
        *(_index_column(name) for name in index_names),
    )


def _of(value: Callable[[RegionRow], Value]) -> Callable[[Annotation, RegionRow | None], Value]:
    return lambda _, row: None if row is None else value(row)


def _index_column(name: str) -> Column:
    return Column(name, f"{name} of its mean spectrum", _of(lambda row: row.indices.get(name)), 3)


class RegionTableModel(QAbstractTableModel):
    """A row for each region of the document on the screen.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.columns = columns(())
        self.regions: tuple[Annotation, ...] = ()
        self._rows: dict[int, RegionRow] = {}

    def show_document(self, document: Document | None) -> None:
        """Show the regions of a document, as far as they have been measured."""
        regions = document.annotations.regions if document else ()
        measures = document.measures if document else None
        rows = {row.id: row for row in measures.rows} if measures else {}
        names = tuple(dict.fromkeys(name for row in rows.values() for name in row.indices))
        self.beginResetModel()
        self.columns = columns(names)
        self.regions, self._rows = regions, rows
        self.endResetModel()

    def rowCount(self, parent: Place = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Number of regions."""
        return 0 if parent.isValid() else len(self.regions)

    def columnCount(self, parent: Place = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Title and hint of a column."""
        if orientation == Qt.Orientation.Horizontal:
            if role == _ROLE.DisplayRole:
                return self.columns[section].title
            if role == _ROLE.ToolTipRole:
                return self.columns[section].tip
        return None

    def data(self, index: Place, role: int = _ROLE.DisplayRole) -> Any:
        """Text, number to sort by, or look of a cell."""
        region, column = self.regions[index.row()], self.columns[index.column()]
        value = column.value(region, self._rows.get(region.id))
        if role == _ROLE.DisplayRole:
            return as_text(value, column.digits)
        if role == _ROLE.EditRole:
            return value
        if role == SORT_ROLE:
            return _sortable(value)
        if role == _ROLE.DecorationRole and index.column() == 0:
            return QColor(region.colour)
        if role == _ROLE.TextAlignmentRole and isinstance(value, int | float):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Place) -> Qt.ItemFlag:
        """Name and class are edited, unless the region is locked."""
        flags = super().flags(index)
        region, column = self.regions[index.row()], self.columns[index.column()]
        editable = column.field and not region.locked
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def setData(self, index: Place, value: Any, role: int = _ROLE.EditRole) -> bool:  # noqa: N802
        """Rename a region, or give it a class."""
        field = self.columns[index.column()].field
        if role != _ROLE.EditRole or not field:
            return False
        text = str(value).strip()
        self._session.change_region(
            self.regions[index.row()].id, **{field: text or (None if field != "name" else "")}
        )
        return True


def as_text(value: Value, digits: int) -> str:
    """A value for people; nothing for what is not known."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.{digits}f}" if isinstance(value, float) else str(value)


def _sortable(value: Value) -> str | float:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return -math.inf
    return value.lower() if isinstance(value, str) else float(value)
