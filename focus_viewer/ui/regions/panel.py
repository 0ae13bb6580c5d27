"""Region panel: table to compare, rename, select and copy regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.ui.regions.columns import Entry, RegionEntry
from focus_viewer.ui.regions.commands import toggle_hidden, toggle_locked
from focus_viewer.ui.regions.table_model import SORT_ROLE, RegionTableModel
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label, text_field

_EMPTY = "Draw a region with the tools beside the image to see its spectrum and saliency here."


class RegionPanel(QWidget):
    """Panel with the regions of the visible documents and their measurements."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._follows = False
        self._by_class = False
        self.model = RegionTableModel(session)
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.model)
        self.sorted.setSortRole(SORT_ROLE)
        self.sorted.setFilterKeyColumn(-1)
        self.sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filter = text_field("Filter by name or class")
        self.class_button = button("By class", tip="Group the regions by class, with pooled values")
        self.class_button.setCheckable(True)
        self.hide_button = button("Hide", tip="Hide or show the selected regions")
        self.lock_button = button("Lock", tip="Lock or unlock the selected regions")
        self.colour_button = button("Colour...", tip="Colour of the selected regions")
        self.limits = label("", "warning", wrapped=True)
        self.table = RegionTable()
        self.table.setModel(self.sorted)
        self.empty = QLabel(_EMPTY)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setStyleSheet(f"color: {theme.MUTED}")
        self._lay_out()
        self._connect()
        self._bindings = Bindings(
            session,
            Binding(
                self._show_rows,
                lambda state: (state.view.display.curve_settings, state.other),
                lambda document: (
                    (document.annotations, document.measures, document.decisions),
                    document.mask_pending,
                ),
            ),
            Binding(
                self._show_selected,
                lambda state: (state.view.display.curve_settings, state.other),
                lambda document: (document.annotations, document.measures, document.selected),
            ),
        )

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(theme.GAP_PX, 6, theme.GAP_PX, 6)
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.filter, 1)
        row.addWidget(self.class_button)
        for chosen in (self.hide_button, self.lock_button, self.colour_button):
            row.addWidget(chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        self.limits.setContentsMargins(theme.GAP_PX, 0, theme.GAP_PX, 6)
        column.addWidget(self.limits)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.class_button.toggled.connect(
            lambda on: self._session.view.set_display(
                replace(self._session.state.view.display, regions_by_class=on)
            )
        )
        self.hide_button.clicked.connect(lambda: toggle_hidden(self._session))
        self.lock_button.clicked.connect(lambda: toggle_locked(self._session))
        self.colour_button.clicked.connect(self._choose_colour)

    @property
    def first_control(self) -> QWidget:
        """Control that the keyboard begins at: the table, if it has rows."""
        return self.table if self.model.entries else self.filter

    # State to widgets

    def _show_rows(self, state: State) -> None:
        by_class = state.view.display.regions_by_class
        if by_class != self.class_button.isChecked():
            self.class_button.setChecked(by_class)
        with self._following():
            if by_class != self._by_class:  # groups precede their regions until the user sorts
                self._by_class = by_class
                self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
            documents = (state.document, state.other)
            shown = [document for document in documents if document is not None]
            self.model.show_documents(shown, by_class)
        self._show_limits(shown)
        self.table.setVisible(bool(self.model.entries))
        self.empty.setVisible(not self.model.entries)

    def _show_limits(self, shown: Sequence[Document]) -> None:
        """Show what the numbers of the table are limited to."""
        text = limits_text(shown)
        self.limits.setText(text)
        self.limits.setVisible(bool(text) and bool(self.model.entries))

    def _show_selected(self, state: State) -> None:
        selected = set(state.document.selected) if state.document else set()
        wanted = QItemSelection()
        for row, entry in enumerate(self.model.entries):
            # A group row is never selected: deselecting it would deselect its regions.
            if isinstance(entry, RegionEntry) and entry.active and entry.region.id in selected:
                index = self.sorted.mapFromSource(self.model.index(row, 0))
                if index.isValid():
                    wanted.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        with self._following():
            self.table.selectionModel().select(wanted, flags.ClearAndSelect | flags.Rows)
        for chosen in (self.hide_button, self.lock_button, self.colour_button):
            chosen.setEnabled(bool(selected))

    @contextmanager
    def _following(self) -> Iterator[None]:
        """Ignore the table's selection while its rows change: it follows the session's."""
        self._follows = True
        try:
            yield
        finally:
            self._follows = False

    # Widgets to state

    def _filter(self, text: str) -> None:
        with self._following():
            self.sorted.setFilterFixedString(text)
        self._show_selected(self._session.state)

    def _on_selected(self, added: QItemSelection) -> None:
        """Select the regions of the selected rows; a group selects all its regions."""
        if self._follows:
            return
        rows = self.table.selectionModel().selectedRows()
        regions = [entry for entry in self._entries(rows) if isinstance(entry, RegionEntry)]
        chosen = {entry.region.id for entry in regions if entry.active}
        for entry in self._entries(added.indexes()):
            chosen.update(entry.region_ids)
        self._session.regions.select(chosen)
        self._show_selected(self._session.state)  # replaces a group row by its regions

    def _entries(self, indexes: Iterable[QModelIndex]) -> list[Entry]:
        """Return the entries of the rows of these indexes, each row once."""
        rows = dict.fromkeys(self.sorted.mapToSource(index).row() for index in indexes)
        return [self.model.entries[row] for row in rows if row >= 0]

    def _choose_colour(self) -> None:
        colour = QColorDialog.getColor(parent=self, title="Colour of the regions")
        document = self._session.state.document
        if colour.isValid() and document is not None:
            self._session.regions.set_colour(document.selected, colour.name())


def limits_text(documents: Sequence[Document]) -> str:
    """Return which masks limit the numbers of documents; empty for none."""
    parts = []
    for document in documents:
        name = f"{document.cube.name}: " if len(documents) > 1 else ""
        mask = document.measures.mask if document.measures else None
        if document.mask_pending:
            parts.append(f"{name}the mask is being computed; the numbers do not follow it yet")
        elif mask is not None:
            parts.append(f"{name}only pixels inside the mask, {mask.text}")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


class RegionTable(QTableView):
    """Table whose selected rows are copied as tab-separated text with a title line."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Regions")
        self.setTabKeyNavigation(False)  # Tab goes on to the next control
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSortingEnabled(True)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().hide()
        # Visible rows only: measuring all rows takes longer than changing one.
        self.horizontalHeader().setResizeContentsPrecision(0)
        self.setAlternatingRowColors(False)
        self.setShowGrid(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy the rows on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied())
        else:
            super().keyPressEvent(event)

    def copied(self) -> str:
        """Return the selected rows as text for spreadsheets; all rows if none is selected."""
        model = self.model()
        chosen = sorted({index.row() for index in self.selectionModel().selectedRows()})
        rows = chosen or list(range(model.rowCount()))
        every = range(model.columnCount())
        titles = [str(model.headerData(col, Qt.Orientation.Horizontal)) for col in every]
        lines = [[str(model.index(row, col).data() or "") for col in every] for row in rows]
        return "\n".join("\t".join(cells) for cells in (titles, *lines))
