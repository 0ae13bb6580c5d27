"""Window of the spectral libraries: which are drawn, and which are nearest to a spectrum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.spectra.library import Match
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.libraries import Target, targets_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.libraries import LibraryTasks
from focus_viewer.ui.curves.library_lines import why_not_drawn
from focus_viewer.ui.libraries.table_model import LibraryTable
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label, text_field
from focus_viewer.ui.widgets.mnemonics import letter_controls

_COLUMN_PX: Final = (0, 80, 80, 64, 110)
_SIZE_PX = (680, 520)


class LibraryWindow(QDialog):
    """Window that lists the spectra of all open libraries, the nearest first."""

    def __init__(
        self,
        session: Session,
        tasks: LibraryTasks,
        choose: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._session = session
        self._tasks = tasks
        self._targets: tuple[Target, ...] = ()
        self.setWindowTitle("Spectral libraries")
        self.resize(*_SIZE_PX)
        self.target = QComboBox()
        self.target.setAccessibleName("Spectrum to compare with")
        self.target.setToolTip("The spectrum of the cube that the list is ranked by")
        self.target.setPlaceholderText("a pinned pixel or a region")
        self.search = text_field("Search by name")
        self.open_more = button("Open...", "secondary", "Open a spectral library")
        self.close_all = button("Close all", "secondary", "Close all spectral libraries")
        self.rows = LibraryTable()
        self.table = _table(self.rows)
        self.about = label("", "muted", wrapped=True)
        self._lay_out()
        letter_controls(self)
        self._connect(choose)
        self._bindings = Bindings(
            session,
            Binding(
                self._show_targets,
                lambda state: state.libraries.items,
                lambda document: (document.pins, document.measures, document.selected),
            ),
            Binding(
                self._show_rows, lambda state: (state.libraries.items, state.libraries.matches)
            ),
            Binding(
                lambda state: self.rows.show_drawn(state.libraries.drawn),
                lambda state: state.libraries.drawn,
            ),
            Binding(
                self._show_about,
                lambda state: (state.libraries, state.view.display.spectral_view),
                lambda document: document.cube,
            ),
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(theme.GAP_PX)
        row = QHBoxLayout()
        row.addWidget(label("Nearest to"))
        row.addWidget(self.target, 1)
        row.addWidget(self.search, 1)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        column.addWidget(self.about)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_all)
        foot.addWidget(self.open_more)
        column.addLayout(foot)

    def _connect(self, choose: Callable[[], None]) -> None:
        self.target.activated.connect(self._match)
        self.search.textChanged.connect(lambda: self._show_rows(self._session.state))
        self.rows.ticked.connect(self._session.libraries.draw)
        self.open_more.clicked.connect(choose)
        self.close_all.clicked.connect(self._session.libraries.close_all)

    # State to widgets

    def _show_targets(self, state: State) -> None:
        """List what can be compared with; the first is, unless the chosen one is still there."""
        targets = targets_of(state.document) if state.document else ()
        chosen = self.target.currentText() if _same_first(self._targets, targets) else ""
        self._targets = targets
        with QSignalBlocker(self.target):
            self.target.clear()
            self.target.addItems([target.name for target in targets])
            self.target.setCurrentIndex(max(0, self.target.findText(chosen)))
        self._match()

    def _match(self) -> None:
        place = self.target.currentIndex()
        found = 0 <= place < len(self._targets)
        self._tasks.match(self._targets[place] if found else None, self._show_progress)

    def _show_progress(self, fraction: float, stage: str) -> None:
        """Show how far the ranking of many spectra is; what was found takes its place."""
        self.about.setText(f"{stage.capitalize()}: {100 * fraction:.0f} %")

    def _show_rows(self, state: State) -> None:
        self.rows.show_libraries(state.libraries, self.search.text())
        self.close_all.setEnabled(bool(state.libraries.items))

    def _show_about(self, state: State) -> None:
        self.about.setText(_about(state, bool(self._targets)))


def _same_first(before: tuple[Target, ...], now: tuple[Target, ...]) -> bool:
    """Return whether no newer target came before the others."""
    return bool(before and now) and before[0].name == now[0].name


def _about(state: State, has_target: bool) -> str:
    known, document = state.libraries, state.document
    if not known.items:
        return "Open a library: ENVI (.sli), ECOSTRESS (.txt), ASD (.asd) or a table (.csv)."
    words = []
    if why := why_not_drawn(state):
        words.append(f"Not drawn: {why}.")
    if document is not None and known.matches and known.target is not None:
        words.append(_compared(document, known.target, known.matches))
    elif not has_target:
        words.append("Pin a pixel (click the image) or draw a region to find the nearest spectrum.")
    return " ".join(words)


def _compared(document: Document, target: Target, matches: tuple[Match, ...]) -> str:
    good = int(document.cube.good_bands.sum())
    text = (
        f"Compared with {target.name}. For comparing alone, each spectrum was resampled to the "
        f"cube's bands; of its {good} good bands those outside a spectrum's range were left out."
    )
    if any(match.bands < good / 2 for match in matches):
        text += " Spectra that share less than half of them come last."
    if document.cube.units != "reflectance":
        text += " The cube holds no reflectance: its angles also hold the light."
    return text


def _table(rows: LibraryTable) -> QTableView:
    table = QTableView()
    table.setModel(rows)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    table.setAccessibleName("Spectra of the libraries")
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column, width in enumerate(_COLUMN_PX[1:], 1):
        table.setColumnWidth(column, width)
    return table
