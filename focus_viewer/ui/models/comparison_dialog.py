"""Dialog that compares models on the open cubes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QSplitter,
    QTableView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.session.outputs.model_comparison import Summary, comparison_rows, summaries
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.models.comparison_model import DecisionTable, card_rows
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_SIZE_PX = (900, 600)
_STEPS = 1000
_ABOUT = (
    "Each model decides on each open cube by itself. Click a decision to see that cube with that "
    "model."
)


class ComparisonDialog(QDialog):
    """Dialog with a table of decisions, sums and the models' own cards below; blocks no input.

    `suggested_path` returns the path to save under, for a suffix.
    """

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        suggested_path: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._workbench = workbench
        self._suggested_path = suggested_path
        self.setWindowTitle("Compare models")
        fit(self, *_SIZE_PX)
        self.boxes: dict[str, QCheckBox] = {}
        self.choices = QWidget()
        self._choice_row = QHBoxLayout(self.choices)
        self.model = DecisionTable()
        self.table = _decision_view(self.model)
        self.cards = _card_view()
        self.run_button = button("Compare", "primary")
        self.stop_button = button("Cancel")
        self.progress = QProgressBar()
        self.save_button = button("Export as CSV...")
        self.close_button = button("Close", "secondary")
        self._lay_out()
        letter_controls(self)
        self._connect()
        self._bindings = Bindings(
            session,
            Binding(self._list_models, lambda state: state.models.known),
            Binding(self._identify, lambda state: (_ids(state), state.models.known)),
            Binding(self._show, lambda state: (state.documents, state.models)),
            Binding(self._show_job, lambda state: state.jobs.comparing),
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(label(_ABOUT, "muted", wrapped=True))
        self._choice_row.setContentsMargins(0, 0, 0, 0)
        self._choice_row.setSpacing(2 * theme.GAP_PX)
        column.addWidget(self.choices)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self.table)
        parts.addWidget(self.cards)
        parts.setChildrenCollapsible(False)
        parts.setSizes([320, 200])
        column.addWidget(parts, 1)
        self.progress.setRange(0, _STEPS)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(14)
        row = QHBoxLayout()
        row.addWidget(self.save_button)
        row.addWidget(self.progress, 1)
        row.addWidget(self.stop_button)
        row.addStretch(0)
        row.addWidget(self.close_button)
        row.addWidget(self.run_button)
        column.addLayout(row)

    def _connect(self) -> None:
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.run_button.clicked.connect(
            lambda: self._workbench.model_comparison.compare(self.places)
        )
        self.stop_button.clicked.connect(self._workbench.model_comparison.cancel)
        self.save_button.clicked.connect(self._save)
        self.close_button.clicked.connect(self.reject)

    @property
    def places(self) -> list[str]:
        """Models that are ticked, in the order of the list."""
        return [place for place, box in self.boxes.items() if box.isChecked()]

    def _list_models(self, state: State) -> None:
        """List the models, keeping what is ticked; new ones are ticked as long as there is room."""
        ticked = {place: box.isChecked() for place, box in self.boxes.items()}
        while (item := self._choice_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.boxes = {}
        for entry in state.models.known:
            box = QCheckBox(f"{entry.card.name} {entry.card.version}")
            box.setToolTip(entry.place)
            box.setChecked(ticked.get(entry.place, True))
            box.toggled.connect(lambda _: self._show(self._session.state))
            self._choice_row.addWidget(box)
            self.boxes[entry.place] = box
        self._choice_row.addStretch(1)

    def _identify(self, _: State) -> None:
        self._workbench.model_comparison.identify()

    def _show(self, state: State) -> None:
        rows = comparison_rows(state, self.places)
        self.model.show_rows(rows)
        self._show_cards(state, summaries(rows))
        enough = len(self.places) > 1 and bool(rows)
        self.run_button.setEnabled(enough)
        self.run_button.setToolTip("" if enough else "Tick two models or more")
        known = any(cell.found for row in rows for cell in row.cells)
        self.save_button.setEnabled(known)

    def _show_cards(self, state: State, sums: Sequence[Summary]) -> None:
        """Show under each model how often it agrees with labels, and what its card says."""
        entries = [entry for place in self.places if (entry := state.models.find(place))]
        agreed = [(each.title, list(each.texts)) for each in sums if any(each.texts)]
        rows = agreed + card_rows([entry.card for entry in entries])
        self.cards.setColumnCount(len(entries))
        self.cards.setRowCount(len(rows) if entries else 0)
        names = [f"{entry.card.name} {entry.card.version}" for entry in entries]
        self.cards.setHorizontalHeaderLabels(names)
        self.cards.setVerticalHeaderLabels([title for title, _ in rows])
        for row, (_, texts) in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.cards.setItem(row, column, item)
        self.cards.resizeRowsToContents()

    def _show_job(self, state: State) -> None:
        job = state.jobs.comparing
        self.progress.setVisible(job.is_running())
        self.stop_button.setVisible(job.is_running())
        self.progress.setValue(round(job.fraction * _STEPS))
        self.progress.setToolTip(job.stage)

    def _choose(self, index: QModelIndex) -> None:
        """Show the cube of a row, with the model of a column."""
        self._session.documents.activate(self.model.rows[index.row()].document_id)
        cell = self.model.cell(index)
        if cell is not None:
            self._workbench.models.choose(cell.entry.place)

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Export the comparison", self._suggested_path("_models.csv"), "CSV (*.csv)"
        )
        if name:
            self._workbench.model_comparison.save(Path(name), self.places)

    def done(self, result: int) -> None:
        """Close and stop comparing."""
        self._workbench.model_comparison.cancel()
        super().done(result)


def _ids(state: State) -> list[int]:
    return [document.id for document in state.documents.items]


def _decision_view(model: DecisionTable) -> QTableView:
    view = QTableView()
    view.setAccessibleName("Decisions of the models")
    view.setModel(model)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.verticalHeader().hide()
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    view.horizontalHeader().setHighlightSections(False)
    return view


def _card_view() -> QTableWidget:
    view = QTableWidget()
    view.setAccessibleName("Model cards")
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setWordWrap(True)
    view.setShowGrid(False)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    view.verticalHeader().setDefaultAlignment(middle)
    view.setCornerButtonEnabled(False)
    return view
