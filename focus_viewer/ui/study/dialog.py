"""Study view: a table of explained cubes, and their groups compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QSplitter,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.counted import counted
from focus_viewer.core.studies.comparison import Comparison
from focus_viewer.core.studies.plan import Kind, StudyPlan
from focus_viewer.core.studies.sentences import result_sentence
from focus_viewer.core.studies.study import NOT_EXPLAINED, Study
from focus_viewer.core.wording import capitalised
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.studies import Studied
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.study.choices import PlanChoices
from focus_viewer.ui.study.plots import GroupPlots, group_colour
from focus_viewer.ui.study.table_menu import TableMenu
from focus_viewer.ui.study.table_model import StudyTable
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import button, label, text_field
from focus_viewer.ui.widgets.mnemonics import letter_controls

_SIZE_PX, _PARTS_PX = (1240, 690), [520, 690]
_WIDEST_PX = 200  # of a column: longer titles are elided
_TWO = 2
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("importance", "Importance"),
    ("spectrum", "Spectrum"),
    ("value", "Value"),
)
_EMPTY = (
    "No study is open. Open the folder that focus-viewer batch wrote, or compare the open cubes: "
    "give them groups such as plant and treatment first (Teach > Label cubes..., or "
    "Read labels from a table...)."
)


class StudyDialog(QDialog):
    """Dialog with the table of a study and the comparison of its groups; blocks no input.

    `start_folder` returns the folder that file dialogs begin in.
    """

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        start_folder: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = workbench.studies
        self._start_folder = start_folder
        self._shown: tuple[Study | None, StudyPlan | None] | None = None
        self.setWindowTitle("Study")
        fit(self, *_SIZE_PX)
        self.source = label(_EMPTY, "muted", wrapped=True)
        self.choices = PlanChoices(session)
        self.filter = text_field("Filter rows")
        self.model = StudyTable()
        self.table = _table_view(self.model)
        self.tabs = QTabBar()
        for _, title in _KINDS:
            self.tabs.addTab(title)
        self.tabs.setDrawBase(False)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.legend = label(wrapped=True)
        self.legend.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.plots = GroupPlots()
        self.caption = label("", "small", wrapped=True)
        self.sentence = label("", wrapped=True)
        self.notes = label("", "warning", wrapped=True)
        self.open_button = button("Open study...")
        self.cubes_button = button("Compare the open cubes")
        self.report_button = button("Save report...", "primary")
        self.close_button = button("Close", "secondary")
        self._lay_out()
        self._connect()
        self.menu = TableMenu(self.table, self.model, self._show_cube, self._save)
        letter_controls(self)
        self._bindings = Bindings(
            session,
            Binding(self._show_rows, lambda state: (state.studied.study, state.studied.plan)),
            Binding(self._show_result, lambda state: state.studied),
            Binding(self._show_buttons, lambda state: state.documents.items),
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(self.source)
        column.addWidget(self.choices)
        left, right = _column(self.filter, self.table), QWidget()
        pane = QVBoxLayout(right)
        pane.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.addWidget(self.tabs)
        head.addWidget(self.legend, 1)
        pane.addLayout(head)
        pane.addWidget(self.plots, 1)
        pane.addWidget(self.caption)
        pane.addWidget(self.sentence)
        pane.addWidget(self.notes)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(left)
        parts.addWidget(right)
        parts.setChildrenCollapsible(False)
        parts.setSizes(_PARTS_PX)
        column.addWidget(parts, 1)
        row = QHBoxLayout()
        row.addWidget(self.open_button)
        row.addWidget(self.cubes_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.report_button)
        column.addLayout(row)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self.model.show_only)
        self.table.clicked.connect(self._show_cube)
        self.table.activated.connect(self._show_cube)
        self.tabs.currentChanged.connect(lambda _: self._show_result(self._session.state))
        self.open_button.clicked.connect(self.choose)
        self.cubes_button.clicked.connect(self._tasks.open_study_of_cubes)
        self.report_button.clicked.connect(self._save)
        self.close_button.clicked.connect(self.reject)

    @property
    def kind(self) -> Kind:
        """What the plot shows."""
        return _KINDS[self.tabs.currentIndex()][0]

    def choose(self) -> None:
        """Prompt for the folder of a batch and open its study."""
        name = QFileDialog.getExistingDirectory(
            self, "Open the folder that a batch wrote", self._start_folder()
        )
        if name:
            self._tasks.open(Path(name))

    def _show_rows(self, state: State) -> None:
        """Show the table; with another cube active the chosen row stays chosen."""
        studied = state.studied
        if self._shown == (studied.study, studied.plan):
            return
        self._shown = studied.study, studied.plan
        self.model.show_study(studied.study, studied.plan)
        header = self.table.horizontalHeader()
        header.setSortIndicator(self.model.sorted_by, header.sortIndicatorOrder())
        self.source.setText(_EMPTY if studied.study is None else source_text(studied.study))
        self.table.resizeColumnsToContents()
        for place in range(self.model.columnCount()):
            self.table.setColumnWidth(place, min(self.table.columnWidth(place), _WIDEST_PX))

    def _show_result(self, state: State) -> None:
        studied = state.studied
        found = next((each for each in studied.found if each.quantity.kind == self.kind), None)
        self.plots.show_comparison(found, _notice(studied, self.kind))
        self.legend.setText("" if found is None else _legend(found))
        self.sentence.setText("" if found is None else result_sentence(found))
        self.caption.setText("" if found is None else _caption(found))
        notes = (*(studied.study.notes if studied.study else ()), *(found.notes if found else ()))
        self.notes.setText(" ".join(f"{capitalised(note)}." for note in dict.fromkeys(notes)))
        self.notes.setVisible(bool(notes))
        self.report_button.setEnabled(bool(studied.found))
        self.menu.save.setEnabled(bool(studied.found))

    def _show_buttons(self, state: State) -> None:
        self.cubes_button.setEnabled(bool(state.documents.items))

    def _show_cube(self, index: QModelIndex) -> None:
        """Show the cube of a row in the window, and here why it was not explained."""
        row = self.model.rows[index.row()]
        if row.failed:
            self.source.setText(f"{row.title}: {row.error}")
        self._tasks.show_row(row)

    def _save(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder for the report", self._start_folder())
        if name:
            self._tasks.save_report(Path(name), self._say_written)

    def done(self, result: int) -> None:
        """Close; the open cubes are not read any more."""
        self._session.studies.rest()
        super().done(result)

    def _say_written(self, paths: Sequence[Path]) -> None:
        names = " and ".join(path.name for path in paths)
        self.source.setText(f"Wrote {names} to {paths[0].parent}")


def source_text(study: Study) -> str:
    """Return what a study holds, in a line."""
    cubes = [row for row in study.rows if not row.region]
    regions, failed = len(study.rows) - len(cubes), sum(row.failed for row in cubes)
    waiting = sum(row.error == NOT_EXPLAINED for row in cubes)
    parts = [study.source, counted(len(cubes), "cube")]
    parts += [counted(regions, "region")] if regions else []
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{waiting} {NOT_EXPLAINED}"] if waiting else []
    return " · ".join(parts)


def _notice(studied: Studied, kind: Kind) -> str:
    if studied.study is None:
        return "No study is open"
    if not studied.found:
        return "Comparing..."
    return f"The study has no {'value' if kind == 'value' else 'curves of this kind'}"


def _caption(found: Comparison) -> str:
    """Return what is drawn."""
    spread = f"Mean ± 1 sd over units ({found.plan.unit})."
    if found.quantity.kind == "value":
        return f"{spread} Each dot is a unit."
    if found.test is None:
        return spread
    two = len(found.test.sample.names) == _TWO
    if not math.isfinite(found.test.threshold):  # no difference is large enough for so few units
        return f"{spread} Below: {'the difference' if two else 'F'}."
    lower = "the difference; grey" if two else "F; dashed"
    return f"{spread} Below: {lower}: by chance, whole curve. Blue: groups differ."


def _legend(found: Comparison) -> str:
    words = (
        f"<span style='color:{group_colour(place).name()}'>●</span> "
        f"{escape(group.name)} <span style='color:{theme.MUTED}'>"
        f"{counted(group.units, found.plan.unit)}</span>"
        for place, group in enumerate(found.summaries)
    )
    return "&nbsp;&nbsp; ".join(words)


def _column(*widgets: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, theme.GAP_PX, 0)
    for widget in widgets:
        column.addWidget(widget)
    return made


def _table_view(model: StudyTable) -> QTableView:
    view = QTableView()
    view.setAccessibleName("Rows of the study")
    view.setModel(model)
    view.setSortingEnabled(True)
    view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # the order of the batch
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(24)
    view.horizontalHeader().setDefaultSectionSize(92)
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    view.horizontalHeader().setHighlightSections(False)
    # Qt elides two lines as if they were one.
    view.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideNone)
    return view
