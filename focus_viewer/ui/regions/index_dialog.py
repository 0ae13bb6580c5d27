"""Dialog for choosing the vegetation indices of the region table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.spectra.indices import INDICES, Index, IndexBands, available
from focus_viewer.session.session import Session
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import button, label, text_field
from focus_viewer.ui.widgets.mnemonics import letter_controls

_TITLES = ("Index", "Description", "Bands used")
_SIZE_PX = (960, 640)
_TITLE_PX = 400


class IndexDialog(QDialog):
    """Checklist of the indices in a catalogue that can be computed from a cube."""

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
        self._missing = _unavailable(session.state.view.display.indices, self.indices)
        self.setWindowTitle("Indices of the table")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit(self, *_SIZE_PX)
        self.search = text_field("Search by name, formula or reference")
        self.ticks = [_tick_item(index) for index in self.indices]
        self.table = _table(self.indices, self.ticks)
        self.detail = label(_why_none(cube, self.indices), wrapped=True)
        self.count = label("", "muted")
        self.usual = button("Default set", "secondary")
        self.none = button("None", "secondary")
        self.cancel = button("Cancel", "secondary")
        self.show_them = button("Show in table", "primary")
        self._lay_out()
        letter_controls(self)
        self._connect()
        self._tick(set(session.state.view.display.indices))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        # Space for the longest formula and reference, so that the list keeps its size.
        self.detail.setMinimumHeight(6 * self.detail.fontMetrics().lineSpacing())
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.detail)
        row = QHBoxLayout()
        row.addWidget(self.count, 1)
        for control in (self.usual, self.none, self.cancel, self.show_them):
            row.addWidget(control)
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
        """Names of the checked indices, in list order."""
        checked = Qt.CheckState.Checked
        return tuple(
            bands.index.name
            for bands, tick in zip(self.indices, self.ticks, strict=True)
            if tick.checkState() == checked
        )

    def _tick(self, names: set[str]) -> None:
        state = Qt.CheckState
        with QSignalBlocker(self.table):
            for bands, tick in zip(self.indices, self.ticks, strict=True):
                ticked = bands.index.name in names
                tick.setCheckState(state.Checked if ticked else state.Unchecked)
        self._show_count()

    def _search(self, text: str) -> None:
        """Hide the indices whose description does not contain all words."""
        words = text.casefold().split()
        for row, bands in enumerate(self.indices):
            description = bands.text.casefold()
            self.table.setRowHidden(row, not all(word in description for word in words))

    def _show_detail(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self.detail.setText(self.indices[row].text)

    def _show_count(self) -> None:
        possible = f"{len(self.indices)} of {self._known} indices can be computed from this cube"
        self.count.setText(f"{len(self.chosen)} chosen; {possible}")

    def _choose(self) -> None:
        """Show the checked indices; indices unavailable for this cube stay chosen for others."""
        self._session.view.set_display(
            replace(self._session.state.view.display, indices=(*self.chosen, *self._missing))
        )
        self.accept()


def _why_none(cube: Cube, indices: Sequence[IndexBands]) -> str:
    """Return why no index is available and what to do; empty if there are indices."""
    if indices:
        return ""
    if cube.wavelengths_nm is None:
        return "This cube has no wavelengths, so its bands cannot be assigned to indices."
    if cube.units in ("radiance", "counts"):
        return (
            f"Indices require reflectance, but this cube contains {cube.units}. Calibrate it first "
            "(File > Calibrate to reflectance...)."
        )
    return "This cube does not have the bands of any index."


def _unavailable(names: Sequence[str], indices: Sequence[IndexBands]) -> tuple[str, ...]:
    available_names = {bands.index.name for bands in indices}
    return tuple(name for name in names if name not in available_names)


def _tick_item(bands: IndexBands) -> QTableWidgetItem:
    item = _item(bands.index.name, bands.text)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    return item


def _item(text: str, tip: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    item.setToolTip(tip)
    return item


def _table(indices: Sequence[IndexBands], ticks: Sequence[QTableWidgetItem]) -> QTableWidget:
    table = QTableWidget(len(indices), len(_TITLES))
    table.setAccessibleName("Indices")
    table.setHorizontalHeaderLabels(list(_TITLES))
    for row, (bands, tick) in enumerate(zip(indices, ticks, strict=True)):
        table.setItem(row, 0, tick)
        table.setItem(row, 1, _item(bands.index.title, bands.text))
        table.setItem(row, 2, _item(bands.bands_nm, bands.text))
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
