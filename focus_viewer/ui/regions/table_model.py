"""Table model of the regions and their measurements."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.table import class_rows
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.ui.regions.columns import (
    Column,
    Entry,
    Group,
    RegionEntry,
    as_text,
    columns,
    sortable,
)

ModelIndex = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NO_PARENT = QModelIndex()
SORT_ROLE = _ROLE.UserRole
_BOLD = QFont()
_BOLD.setBold(True)


class RegionTableModel(QAbstractTableModel):
    """Table model with a row per region of the visible cubes, and optionally one per class.

    Rows are inserted, removed and changed individually, so that the selection, column widths and
    the scroll position survive changes of other rows.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.columns = columns()
        self.entries: tuple[Entry, ...] = ()

    def show_documents(self, documents: Sequence[Document], by_class: bool = False) -> None:
        """Show the regions of documents, the active document first."""
        entries = [
            _entry(document, region, active=document is documents[0])
            for document in documents
            for region in document.annotations
        ]
        shown: Sequence[Entry] = entries
        several = len({entry.document_id for entry in entries}) > 1
        if by_class:
            shown = _grouped(entries, "class")
        elif several:
            shown = _grouped(entries, "cube")
        # The columns stay unchanged until the first region of a cube has been measured.
        measures = documents[0].measures if documents else None
        decided = any(entry.decision for entry in entries)
        wanted = (
            columns(measures.indices, measures.area, several, decided)
            if measures
            else columns(with_cube=several, with_decisions=decided)
        )
        settled = measures is not None or not entries
        self._update(tuple(shown), wanted if settled else self.columns)

    def _update(self, entries: tuple[Entry, ...], wanted: tuple[Column, ...]) -> None:
        same = [(column.title, column.tip) for column in wanted] == [
            (column.title, column.tip) for column in self.columns
        ]
        if not same or not self._keeps_order(entries):
            self.beginResetModel()
            self.columns = wanted
            self.entries = entries
            self.endResetModel()
            return
        self._remove_others({_key(entry) for entry in entries})
        self._insert_new(entries)
        self._change(entries)

    def _keeps_order(self, entries: Sequence[Entry]) -> bool:
        """Return whether the remaining rows keep their order; if not, the model is reset."""
        before = [_key(entry) for entry in self.entries]
        after = [_key(entry) for entry in entries]
        common = set(before) & set(after)
        return [key for key in before if key in common] == [key for key in after if key in common]

    def _remove_others(self, wanted: set[object]) -> None:
        for row in reversed(range(len(self.entries))):
            if _key(self.entries[row]) not in wanted:
                self.beginRemoveRows(_NO_PARENT, row, row)
                self.entries = self.entries[:row] + self.entries[row + 1 :]
                self.endRemoveRows()

    def _insert_new(self, entries: Sequence[Entry]) -> None:
        present = {_key(entry) for entry in self.entries}
        new = [row for row, entry in enumerate(entries) if _key(entry) not in present]
        for first, last in _ranges(new):
            self.beginInsertRows(_NO_PARENT, first, last)
            self.entries = (
                self.entries[:first] + tuple(entries[first : last + 1]) + self.entries[first:]
            )
            self.endInsertRows()

    def _change(self, entries: tuple[Entry, ...]) -> None:
        pairs = zip(self.entries, entries, strict=True)
        changed = [
            row for row, (old, new) in enumerate(pairs) if _appearance(old) != _appearance(new)
        ]
        self.entries = entries
        for first, last in _ranges(changed):
            end = self.index(last, len(self.columns) - 1)
            self.dataChanged.emit(self.index(first, 0), end)

    def rowCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of rows: regions, and groups if shown."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Return title or tooltip of a column."""
        if orientation == Qt.Orientation.Horizontal:
            if role == _ROLE.DisplayRole:
                return self.columns[section].title
            if role == _ROLE.ToolTipRole:
                return self.columns[section].tip
        return None

    def data(self, index: ModelIndex, role: int = _ROLE.DisplayRole) -> Any:
        """Return the text, sort key or appearance of a cell."""
        entry, column = self.entries[index.row()], self.columns[index.column()]
        if role == _ROLE.DisplayRole:
            return as_text(column.of(entry), column.digits)
        if role == _ROLE.EditRole:
            return column.of(entry)
        if role == SORT_ROLE:
            return sortable(column.of(entry))
        if role == _ROLE.TextAlignmentRole and isinstance(column.of(entry), int | float):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if isinstance(entry, Group):
            return _BOLD if role == _ROLE.FontRole else None
        if role == _ROLE.DecorationRole and index.column() == 0:
            return QColor(entry.region.colour)
        return None

    def flags(self, index: ModelIndex) -> Qt.ItemFlag:
        """Return the flags of a cell: name and class are editable, unless the region is locked."""
        flags = super().flags(index)
        entry, column = self.entries[index.row()], self.columns[index.column()]
        if isinstance(entry, Group):
            return flags
        if not entry.active:
            return flags & ~Qt.ItemFlag.ItemIsSelectable
        editable = column.field and not entry.region.locked
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def setData(self, index: ModelIndex, value: Any, role: int = _ROLE.EditRole) -> bool:  # noqa: N802
        """Rename a region, or set its class."""
        field, entry = self.columns[index.column()].field, self.entries[index.row()]
        if role != _ROLE.EditRole or not field or not isinstance(entry, RegionEntry):
            return False
        text = str(value).strip()
        if field == "name":
            self._session.regions.rename(entry.region.id, text)
        else:
            self._session.regions.set_class(entry.region.id, text or None)
        return True


def _entry(document: Document, region: Annotation, active: bool) -> RegionEntry:
    rows = document.measures.by_id if document.measures else {}
    row, cube = rows.get(region.id), document.cube
    decision = document.decisions.get(region.outline)
    return RegionEntry(region, row, document.id, cube.name, cube.units, active, decision)


def _grouped(entries: Sequence[RegionEntry], kind: Literal["class", "cube"]) -> list[Entry]:
    """Group the entries: classes by name, regions without a class last; cubes in their order."""

    def name_of(entry: RegionEntry) -> str | None:
        return entry.region.class_name if kind == "class" else entry.cube

    named = [(name_of(entry), entry) for entry in entries]
    # Rows get the group's name as their class, so that they are pooled by group.
    measured = [
        replace(entry.row, class_name=name) for name, entry in named if entry.row is not None
    ]
    pooled = {row.class_name: row for row in class_rows(measured)}
    measured_counts = Counter(row.class_name for row in measured)
    names = list(dict.fromkeys(name for name, _ in named))
    if kind == "class":
        names.sort(key=lambda name: (name is None, (name or "").lower()))
    grouped: list[Entry] = []
    for name in names:
        members = [entry for group, entry in named if group == name]
        row = pooled.get(name) if measured_counts[name] == len(members) else None
        if row is not None and len({entry.units for entry in members}) > 1:
            row = replace(row, mean=math.nan, sd=math.nan)  # values of unlike units have none
        ids = tuple(entry.region.id for entry in members if entry.active)
        grouped.append(Group(kind, name, ids, len(members), row))
        grouped.extend(members)
    return grouped


def _key(entry: Entry) -> object:
    """Return the identity of an entry, which does not change with its values."""
    if isinstance(entry, Group):
        return (entry.kind, entry.name)
    return (entry.document_id, entry.region.id)


def _appearance(entry: Entry) -> object:
    """Return all visible attributes of an entry; outlines, slow to compare, are not visible."""
    if isinstance(entry, Group):
        return entry
    region = entry.region
    look = (region.name, region.colour, region.class_name, region.locked, region.hidden)
    return look, entry.row, entry.cube, entry.active, entry.decision


def _ranges(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last row of each run of consecutive rows."""
    ranges: list[tuple[int, int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    return ranges
