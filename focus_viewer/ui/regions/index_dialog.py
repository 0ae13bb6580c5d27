"""Choose the vegetation indices that the table of regions shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.spectra.indices import INDICES, Index, IndexBands, available
from focus_viewer.session.session import Session
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import button, label

_TITLES = ("Index", "What it is", "Bands of this cube")
_SIZE_PX = (960, 640)
_TITLE_PX = 400


class IndexDialog(QDialog):
    """A list of the indices that a cube has the bands for, each to be ticked.

    Parameters
    ----------
    session : Session
    catalogue : sequence of Index
        All there are.
    cube : Cube
        What they are computed from.
    """

    def __init__(
        self,
        session: Session,
        catalogue: Sequence[Index],
        cube: Cube,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._known = len(catalogue)
        self.indices: tuple[IndexBands, ...] = available(cube, indices=catalogue)
        self._missing = _not_here(session.state.view.display.indices, self.indices)
        self.setWindowTitle("Indices of the table")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE_PX)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by name, formula or reference")
        self.search.setClearButtonEnabled(True)
        self.ticks = [_tick_item(one) for one in self.indices]
        self.table = _table(self.indices, self.ticks)
        self.detail = label(_why_none(cube, self.indices), wrapped=True)
        self.count = label("", "muted")
        self.usual = button("Usual set", "secondary")
        self.none = button("None", "secondary")
        self.cancel = button("Cancel", "secondary")
        self.show_them = button("Show these", "primary")
        self._lay_out()
        self._connect()
        self._tick(set(session.state.view.display.indices))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        # Room for formula and reference of the longest, so that the list does not jump.
        self.detail.setMinimumHeight(6 * self.detail.fontMetrics().lineSpacing())
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.detail)
        row = QHBoxLayout()
        row.addWidget(self.count, 1)
        for one in (self.usual, self.none, self.cancel, self.show_them):
            row.addWidget(one)
        column.addLayout(row)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.table.currentCellChanged.connect(self._show_detail)
        self.table.itemChanged.connect(self._show_count)
        self.usual.clicked.connect(lambda: self._tick({index.name for index in INDICES}))
        self.none.clicked.connect(lambda: self._tick(set()))
        self.cancel.clicked.connect(self.reject)
        self.show_them.clicked.connect(self._choose)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of those that are ticked, in the order of the list."""
        checked = Qt.CheckState.Checked
        return tuple(
            one.index.name
            for one, tick in zip(self.indices, self.ticks, strict=True)
            if tick.checkState() == checked
        )

    def _tick(self, names: set[str]) -> None:
        state = Qt.CheckState
        with QSignalBlocker(self.table):
            for one, tick in zip(self.indices, self.ticks, strict=True):
                ticked = one.index.name in names
                tick.setCheckState(state.Checked if ticked else state.Unchecked)
        self._show_count()

    def _search(self, text: str) -> None:
        """Hide what does not hold all words."""
        words = text.casefold().split()
        for row, one in enumerate(self.indices):
            told = one.text.casefold()
            self.table.setRowHidden(row, not all(word in told for word in words))

    def _show_detail(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self.detail.setText(self.indices[row].text)

    def _show_count(self) -> None:
        possible = f"{len(self.indices)} of {self._known} indices can be computed from this cube"
        self.count.setText(f"{len(self.chosen)} chosen; {possible}")

    def _choose(self) -> None:
        """Show those ticked; what this cube has not the bands for stays chosen for others."""
        self._session.view.set_display(
            replace(self._session.state.view.display, indices=(*self.chosen, *self._missing))
        )
        self.accept()


def _why_none(cube: Cube, indices: Sequence[IndexBands]) -> str:
    """Why there is nothing to choose from, and what would help; empty if there is."""
    if indices:
        return ""
    if cube.wavelengths_nm is None:
        return "This cube tells no wavelengths, so no band can be found for an index."
    if cube.units in ("radiance", "counts"):
        return (
            f"Indices are made of reflectance, and this cube holds {cube.units}: calibrate it "
            "first (File > Calibrate to reflectance...)."
        )
    return "This cube has the bands of no index."


def _not_here(names: Sequence[str], indices: Sequence[IndexBands]) -> tuple[str, ...]:
    here = {one.index.name for one in indices}
    return tuple(name for name in names if name not in here)


def _tick_item(one: IndexBands) -> QTableWidgetItem:
    item = _item(one.index.name, one.text)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    return item


def _item(text: str, tip: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    item.setToolTip(tip)
    return item


def _table(indices: Sequence[IndexBands], ticks: Sequence[QTableWidgetItem]) -> QTableWidget:
    table = QTableWidget(len(indices), len(_TITLES))
    table.setHorizontalHeaderLabels(list(_TITLES))
    for row, (one, tick) in enumerate(zip(indices, ticks, strict=True)):
        table.setItem(row, 0, tick)
        table.setItem(row, 1, _item(one.index.title, one.text))
        table.setItem(row, 2, _item(one.bands_nm, one.text))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setStretchLastSection(True)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setColumnWidth(1, _TITLE_PX)
    return table
