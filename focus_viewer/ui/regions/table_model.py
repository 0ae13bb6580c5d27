"""Regions and what was measured of them, as Qt's tables want it."""

from __future__ import annotations

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

Place = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NO_PARENT = QModelIndex()
SORT_ROLE = _ROLE.UserRole
_BOLD = QFont()
_BOLD.setBold(True)


class RegionTableModel(QAbstractTableModel):
    """A row for each region of the cubes on the screen, and one for each class if wanted.

    Rows come, go and change one by one, so that a selection, a width or a place that was scrolled
    to outlives a change of some other row.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.columns = columns()
        self.entries: tuple[Entry, ...] = ()

    def show_documents(self, documents: Sequence[Document], by_class: bool = False) -> None:
        """Show the regions of documents, the one on the screen first, as far as measured."""
        entries = [
            _entry(document, region, active=document is documents[0])
            for document in documents
            for region in document.annotations
        ]
        shown: Sequence[Entry] = entries
        several = len({one.document_id for one in entries}) > 1
        if by_class:
            shown = _grouped(entries, "class")
        elif several:
            shown = _grouped(entries, "cube")
        # Until the first region of a cube has been measured, the columns stay as they are.
        measures = documents[0].measures if documents else None
        wanted = (
            columns(measures.indices, measures.area, several)
            if measures
            else columns(with_cube=several)
        )
        known = measures is not None or not entries
        self._follow(tuple(shown), wanted if known else self.columns)

    def _follow(self, entries: tuple[Entry, ...], wanted: tuple[Column, ...]) -> None:
        same = [(one.title, one.tip) for one in wanted] == [
            (one.title, one.tip) for one in self.columns
        ]
        if not same or not self._can_follow(entries):
            self.beginResetModel()
            self.columns = wanted
            self.entries = entries
            self.endResetModel()
            return
        self._remove_others({_key(one) for one in entries})
        self._insert_new(entries)
        self._change(entries)

    def _can_follow(self, entries: Sequence[Entry]) -> bool:
        """Whether the rows that stay keep their order; else all are laid out anew."""
        there = {_key(one) for one in self.entries}
        wanted = {_key(one) for one in entries}
        before = [_key(one) for one in self.entries if _key(one) in wanted]
        return before == [_key(one) for one in entries if _key(one) in there]

    def _remove_others(self, wanted: set[object]) -> None:
        for row in reversed(range(len(self.entries))):
            if _key(self.entries[row]) not in wanted:
                self.beginRemoveRows(_NO_PARENT, row, row)
                self.entries = self.entries[:row] + self.entries[row + 1 :]
                self.endRemoveRows()

    def _insert_new(self, entries: Sequence[Entry]) -> None:
        there = {_key(one) for one in self.entries}
        new = [row for row, one in enumerate(entries) if _key(one) not in there]
        for first, last in _stretches(new):
            self.beginInsertRows(_NO_PARENT, first, last)
            self.entries = (
                self.entries[:first] + tuple(entries[first : last + 1]) + self.entries[first:]
            )
            self.endInsertRows()

    def _change(self, entries: tuple[Entry, ...]) -> None:
        pairs = zip(self.entries, entries, strict=True)
        changed = [row for row, (one, other) in enumerate(pairs) if _told(one) != _told(other)]
        self.entries = entries
        for first, last in _stretches(changed):
            end = self.index(last, len(self.columns) - 1)
            self.dataChanged.emit(self.index(first, 0), end)

    def rowCount(self, parent: Place = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Number of regions, and of classes if they are shown."""
        return 0 if parent.isValid() else len(self.entries)

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

    def flags(self, index: Place) -> Qt.ItemFlag:
        """Name and class of a region are edited, unless it is locked."""
        flags = super().flags(index)
        entry, column = self.entries[index.row()], self.columns[index.column()]
        if isinstance(entry, Group):
            return flags
        if not entry.active:
            return flags & ~Qt.ItemFlag.ItemIsSelectable
        editable = column.field and not entry.region.locked
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def setData(self, index: Place, value: Any, role: int = _ROLE.EditRole) -> bool:  # noqa: N802
        """Rename a region, or give it a class."""
        field, entry = self.columns[index.column()].field, self.entries[index.row()]
        if role != _ROLE.EditRole or not field or not isinstance(entry, RegionEntry):
            return False
        text = str(value).strip()
        self._session.change_region(
            entry.region.id, **{field: text or (None if field != "name" else "")}
        )
        return True


def _entry(document: Document, region: Annotation, active: bool) -> RegionEntry:
    rows = document.measures.by_id if document.measures else {}
    return RegionEntry(region, rows.get(region.id), document.id, document.cube.name, active)


def _grouped(entries: Sequence[RegionEntry], kind: Literal["class", "cube"]) -> list[Entry]:
    """Each group before its regions: classes by name, those without last; cubes in their order."""

    def name_of(one: RegionEntry) -> str | None:
        return one.region.class_name if kind == "class" else one.cube

    named = [(name_of(one), one) for one in entries]
    # Rows take the group's name, so that they are pooled by it.
    measured = [replace(one.row, class_name=name) for name, one in named if one.row is not None]
    pooled = {row.class_name: row for row in class_rows(measured)}
    known = Counter(row.class_name for row in measured)
    names = list(dict.fromkeys(name for name, _ in named))
    if kind == "class":
        names.sort(key=lambda name: (name is None, (name or "").lower()))
    grouped: list[Entry] = []
    for name in names:
        own = [one for other, one in named if other == name]
        row = pooled.get(name) if known[name] == len(own) else None
        ids = tuple(one.region.id for one in own if one.active)
        grouped.append(Group(kind, name, ids, len(own), row))
        grouped.extend(own)
    return grouped


def _key(entry: Entry) -> object:
    """What stays the same when an entry changes."""
    if isinstance(entry, Group):
        return (entry.kind, entry.name)
    return (entry.document_id, entry.region.id)


def _told(entry: Entry) -> object:
    """All of an entry that is seen: an outline is not, and to tell of a row takes time."""
    if isinstance(entry, Group):
        return entry
    region = entry.region
    look = (region.name, region.colour, region.class_name, region.locked, region.hidden)
    return look, entry.row, entry.cube, entry.active


def _stretches(places: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each stretch of ascending numbers without a gap."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
