"""Panel of teaching: classes of the open cubes, a model that is taught them, and how good it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.wording import percent
from focus_viewer.session.outputs.data_set import marks_of
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.labels import class_colours
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.labels.class_box import ClassBox
from focus_viewer.ui.teaching.class_table import ClassTable, hint_text
from focus_viewer.ui.teaching.options import TeachingOptions
from focus_viewer.ui.teaching.results import TeachingResults
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.flow_grid import FlowGrid
from focus_viewer.ui.widgets.labels import button, label, without_name

_STEPS = 1000
_COLUMN_PX = 350
_ABOUT = (
    "Your classes are fitted to what the frozen ViT reads of the labelled places; then it is "
    "learned where, and at which wavelengths, it decides. The open cubes are explained anew."
)
_PREVIEW_TIP = (
    "Show over the image which class each place is taken for, anew after each change of a region. "
    "The backbone reads the cube once for it. It shows the fit to what you drew, not how good that "
    "is; its probabilities are not calibrated"
)
_DRAWN_TIP = "Class, and colour, of regions that are drawn from now on; empty for none"
_GOOD_TIP = (
    "Validate by leaving out cubes, regions or groups: baselines, labels shuffled, a learning "
    "curve, and where to annotate next"
)


class TeachPanel(QScrollArea):
    """Panel that shows what can be taught, teaches it, and shows how good that is."""

    def __init__(self, session: Session, workbench: Workbench) -> None:
        super().__init__()
        self._session = session
        self._tasks = workbench.teaching
        self._asked = False
        self.classes = ClassTable()
        self.hint = label("", "small", wrapped=True)
        self.drawn = ClassBox(())
        self.drawn.setToolTip(_DRAWN_TIP)
        self.drawn.setAccessibleName("Class of regions that are drawn")
        self.drawn.field.setPlaceholderText("without class: type one")
        self.options = TeachingOptions(session, workbench)
        self.preview = button("Preview", tip=_PREVIEW_TIP)
        self.preview.setCheckable(True)
        self.preview_status = label("", "small", wrapped=True)
        self.teach = button("Teach", "primary", _ABOUT)
        self.stop = button("Stop", tip="Stop; a model that is in the folder stays as it was")
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedSize(120, 14)
        self.bar.setTextVisible(False)
        self.status = label("", "small", wrapped=True)
        self.about = label(_ABOUT, "muted", wrapped=True)
        self.outdated = label("", "warning", wrapped=True)
        self.how_good = button("How good is it?", tip=_GOOD_TIP)
        self.save = button("Save report...", tip="Write the report as HTML, PDF and JSON")
        self.results = TeachingResults()
        self._lay_out()
        self._connect()
        self._bindings = Bindings(session, *self._make_bindings())

    def _lay_out(self) -> None:
        grid = FlowGrid(_COLUMN_PX)
        grid.show_widgets((self._setup(), self._outcome()))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(theme.GAP_PX)
        column.addWidget(grid)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(250)

    def _setup(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_PX)
        preview = QHBoxLayout()
        preview.setSpacing(theme.GAP_PX)
        preview.addWidget(self.preview)
        preview.addWidget(self.preview_status, 1)
        column.addWidget(self.classes)
        column.addWidget(self.hint)
        drawn = QHBoxLayout()
        drawn.setSpacing(theme.GAP_PX)
        drawn.addWidget(label("New regions are"))
        drawn.addWidget(self.drawn, 1)
        column.addLayout(drawn)
        column.addLayout(preview)
        column.addWidget(self.options)
        column.addStretch(1)
        return made

    def _outcome(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_PX)
        head, asked = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (head, (self.teach, self.stop, self.bar)),
            (asked, (self.how_good, self.save)),
        ):
            row.setSpacing(theme.GAP_PX)
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.status)
        column.addWidget(self.about)
        column.addWidget(self.outdated)
        column.addLayout(asked)
        column.addWidget(self.results)
        column.addStretch(1)
        return made

    def _connect(self) -> None:
        self.drawn.edited.connect(self._session.teaching.set_drawn_class)
        self.classes.used.connect(self._session.teaching.use_class)
        self.preview.clicked.connect(self._tasks.show_preview)
        self.teach.clicked.connect(self._on_teach)
        self.stop.clicked.connect(self._tasks.cancel)
        self.how_good.clicked.connect(self._tasks.validate)
        self.save.clicked.connect(self._on_save)
        self.options.checked.connect(lambda: self._show_job(self._session.state))
        self.results.place_chosen.connect(self._tasks.show_place)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """List the backbones when the panel is first seen."""
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            self._tasks.find_backbones()

    # State to widgets

    def _show_classes(self, state: State) -> None:
        counts, unused = state.teaching.counts, state.teaching.choice.unused
        self.classes.show_counts(counts, unused, class_colours(state))
        self.classes.setVisible(bool(counts.classes))
        text = hint_text(counts, unused)
        self.hint.setText(text)
        self.hint.setVisible(bool(text))

    def _show_drawn(self, state: State) -> None:
        names, text = list(state.teaching.counts.classes), state.teaching.drawn_class
        if [self.drawn.itemText(at) for at in range(self.drawn.count())] != names:
            with QSignalBlocker(self.drawn):
                self.drawn.clear()
                self.drawn.addItems(names)
                self.drawn.setEditText(text)
        if self.drawn.currentText() != text:
            self.drawn.setEditText(text)

    def _show_preview(self, state: State) -> None:
        self.preview.setChecked(state.teaching.preview)
        self.preview.setEnabled(state.document is not None)
        self.preview_status.setText(_preview_text(state))

    def _show_job(self, state: State) -> None:
        job, teaching = state.jobs.teaching, state.teaching
        running = job.is_running()
        used = set(teaching.counts.classes) - teaching.choice.unused
        ready = len(used) > 1 and not self.options.problem and not running
        self.teach.setEnabled(ready)
        self.teach.setText("Teach again" if teaching.result else "Teach")
        self.how_good.setEnabled(ready)
        self.save.setEnabled(teaching.report is not None)
        for widget in (self.stop, self.bar):
            widget.setVisible(running)
        self.bar.setValue(round(job.fraction * _STEPS))
        text = f"{job.title}: {job.stage}" if running else ""
        if job.status == "failed":
            text = job.message
        elif job.status == "cancelled":
            text = f"{job.title}: stopped"
        elif teaching.result is not None and not running:
            text = f"{teaching.result.card.name} is in {teaching.result.folder.parent}"
        self.status.setText(text)
        self.status.setVisible(bool(text))
        self.about.setVisible(teaching.result is None and teaching.report is None)

    def _show_outdated(self, state: State) -> None:
        text = "" if state.jobs.teaching.is_running() else _outdated_text(state)
        self.outdated.setVisible(bool(text))
        self.outdated.setText(text)

    def _make_bindings(self) -> tuple[Binding, ...]:
        return (
            Binding(
                self._show_classes,
                lambda state: (state.teaching.counts, state.teaching.choice),
                lambda document: document.annotations,
            ),
            Binding(
                self._show_drawn,
                lambda state: (state.teaching.counts, state.teaching.drawn_class),
            ),
            Binding(self._show_preview, lambda state: state.teaching, _identity),
            Binding(self._show_job, lambda state: (state.teaching, state.jobs.teaching)),
            Binding(
                lambda state: self.results.show_result(
                    state.teaching.result, state.teaching.report
                ),
                lambda state: (state.teaching.result, state.teaching.report),
            ),
            Binding(
                self._show_outdated,
                lambda state: (state.teaching, state.documents.items, state.jobs.teaching),
            ),
        )

    # Widgets to state

    def _on_teach(self) -> None:
        self.options.settle()
        self._tasks.teach()

    def _on_save(self) -> None:
        result = self._session.state.teaching.result
        start = result.folder if result is not None else self._tasks.out.parent
        name = QFileDialog.getExistingDirectory(self, "Folder for the report", str(start))
        if name:
            self._tasks.save_report(Path(name))


def _preview_text(state: State) -> str:
    teaching, document = state.teaching, state.document
    if not teaching.preview or document is None:
        return ""
    if teaching.problem:
        return without_name(teaching.problem, document.cube.name)
    found = teaching.maps.get(document.id)
    if found is None:
        return f"Reading {document.cube.name} with the backbone..."
    part = "" if found.finished else f"{percent(found.read)} of the image was read. "
    if not found.classes and len(teaching.counts.classes) > 1:
        return f"{part}Show the other labelled cubes too: it learns from cubes that it has read."
    if not found.classes:
        return f"{part}Draw regions of at least two classes: the map follows."
    count = f"{found.examples} region{'s' if found.examples != 1 else ''}"
    return f"{part}Fits {count}; not validated, not calibrated."


def _outdated_text(state: State) -> str:
    """Return what was taught or validated of other labels or options; empty if nothing was."""
    teaching, now = state.teaching, (state.teaching.choice, marks_of(state))
    if teaching.result is not None and (teaching.taught_choice, teaching.taught_marks) != now:
        return "Labels or options have changed since: teach again to have them in the model."
    reported = (teaching.reported_choice, teaching.reported_marks)
    if teaching.report is not None and reported != now:
        return "These figures are of other labels or options: validate again."
    return ""


def _identity(document: Document) -> object:
    return document.id
