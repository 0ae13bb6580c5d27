"""List of the panels of a figure: ticked panels are drawn, in the order of the list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from focus_viewer.core.documents.figure_spec import PANELS, Panel

_NAMES: Final[dict[Panel, str]] = {
    "composite": "Picture with regions",
    "heatmap": "Heatmap at the band window",
    "curve": "Importance by wavelength",
    "spectra": "Spectra of regions",
    "volume": "Saliency volume",
    "comparison": "Two classes of regions compared",
    "table": "Table of regions",
    "probabilities": "Class probabilities",
}
_ROW_PX: Final = 26


class FigurePanels(QListWidget):
    """Ticks and order of the panels; dragging a row moves it."""

    chosen = Signal(tuple)
    """The panels to draw, in order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setFixedHeight(_ROW_PX * len(PANELS) + 8)
        self.setToolTip("Tick the panels to draw; drag a row to move it")
        self.show_panels(PANELS)
        self.itemChanged.connect(self._report)
        self.model().rowsMoved.connect(self._report)

    def panels(self) -> tuple[Panel, ...]:
        """Return the ticked panels, in the order of the list."""
        ticked = (item for item in self._items() if item.checkState() == Qt.CheckState.Checked)
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in ticked)

    def show_panels(self, panels: tuple[Panel, ...]) -> None:
        """Tick these, in their order; the others stay behind the panels they followed."""
        if self.count() and panels == self.panels():
            return
        self.blockSignals(True)
        order = _woven(panels, [item.data(Qt.ItemDataRole.UserRole) for item in self._items()])
        self.clear()
        for panel in order:
            self._add(panel, panel in panels)
        self.blockSignals(False)

    def move_current(self, steps: int) -> None:
        """Move the current row up (negative) or down."""
        place = self.currentRow()
        target = place + steps
        if place >= 0 and 0 <= target < self.count():
            self.insertItem(target, self.takeItem(place))
            self.setCurrentRow(target)
            self._report()

    def _add(self, panel: Panel, ticked: bool) -> None:
        item = QListWidgetItem(_NAMES[panel])
        flag = Qt.ItemFlag
        item.setFlags(
            flag.ItemIsEnabled
            | flag.ItemIsSelectable
            | flag.ItemIsUserCheckable
            | flag.ItemIsDragEnabled
        )
        item.setData(Qt.ItemDataRole.UserRole, panel)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setSizeHint(QSize(0, _ROW_PX))
        self.addItem(item)

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _report(self) -> None:
        self.chosen.emit(self.panels())


def _woven(panels: tuple[Panel, ...], before: list[Panel]) -> list[Panel]:
    """Return all panels: chosen ones in order, at positions that chosen ones had before."""
    every = before or list(PANELS)
    waiting = list(panels)
    return [waiting.pop(0) if panel in panels else panel for panel in every]
