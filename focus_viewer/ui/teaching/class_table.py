"""Table of the classes that can be taught, with how much there is of each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from focus_viewer.core.datasets.class_names import spelling_notes
from focus_viewer.session.state.slices.teaching import FEWEST, Counts
from focus_viewer.ui.widgets import theme

_TITLES = ("Class", "Regions", "Cubes", "Pixels")
_SWATCH_PX = 10
_ROW_PX, _MOST_ROWS = 26, 7
_USE_TIP = "Whether the class is taught (Space)"


class ClassTable(QTableWidget):
    """Table with a check mark for each class that is to be taught.

    Attributes
    ----------
    used : signal of str, bool
        A class is to be taught, or not.
    """

    used = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Classes to teach")
        self.setTabKeyNavigation(False)  # Tab goes on to the next control
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemChanged.connect(self._on_changed)

    def show_counts(
        self, counts: Counts, unused: frozenset[str], colours: Mapping[str, str]
    ) -> None:
        """List the classes; of group columns the number of different values, too."""
        titles = (*_TITLES[:3], *(_plural(name) for name in counts.columns), _TITLES[3])
        with QSignalBlocker(self):
            self.setColumnCount(len(titles))
            self.setHorizontalHeaderLabels(list(titles))
            self.setRowCount(len(counts.classes))
            for row, (name, own) in enumerate(counts.classes.items()):
                self.setRowHeight(row, _ROW_PX)
                self.setItem(row, 0, _class_item(name, name not in unused, colours.get(name, "")))
                numbers = (own.regions, own.cubes, *own.groups.values(), own.pixels)
                few = max(own.regions, own.cubes) < FEWEST and name not in unused
                for col, number in enumerate(numbers, 1):
                    self.setItem(row, col, _number_item(number, few and col in (1, 2)))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        rows = min(max(self.rowCount(), 1), _MOST_ROWS)
        self.setFixedHeight(header.sizeHint().height() + rows * _ROW_PX + 4)

    def _on_changed(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            self.used.emit(item.text(), item.checkState() == Qt.CheckState.Checked)


def hint_text(counts: Counts, unused: frozenset[str]) -> str:
    """Return what is still missing; empty if nothing is."""
    used = {name: own for name, own in counts.classes.items() if name not in unused}
    if not counts.classes:
        return (
            "No classes yet: type one below and draw regions of it, give regions a class in "
            "their table, or label whole cubes (L); two classes or more."
        )
    if len(used) < 2:
        return "A model needs at least two classes: give other regions or cubes another class."
    notes = list(spelling_notes(used))
    few = [name for name, own in used.items() if max(own.regions, own.cubes) < FEWEST]
    if few:
        notes.append(
            f"Fewer than {FEWEST} regions or cubes: {', '.join(few)}. "
            f"{'It' if len(few) == 1 else 'They'} can be taught, but hardly be validated."
        )
    return " ".join(notes)


def _class_item(name: str, used: bool, colour: str) -> QTableWidgetItem:
    item = QTableWidgetItem(name)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(Qt.CheckState.Checked if used else Qt.CheckState.Unchecked)
    item.setToolTip(_USE_TIP)
    pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
    pixmap.fill(QColor(colour or theme.MUTED))
    item.setIcon(QIcon(pixmap))
    return item


def _number_item(number: int, warned: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(f"{number:,}")
    if warned:
        item.setForeground(QColor(theme.WARNING))
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item


def _plural(column: str) -> str:
    name = column[:1].upper() + column[1:]
    return name if name.endswith("s") else f"{name}s"
