"""Trust panel: the explanation of the active cube put to the test, and its rivals beside it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.saliency.trust import MethodTrial, TrustReport, Unit, sink_of
from focus_viewer.core.trust_wording import (
    READ_AT,
    random_weights_text,
    sink_text,
    summary,
    where_tested,
)
from focus_viewer.core.wording import percent
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.panels.method_tiles import MethodTile, MethodTiles
from focus_viewer.ui.panels.removal_plots import RemovalPlot, RemovalPlots, legend_text
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.captions import WITHHELD
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.terms import with_terms

FOCUS, SINK = "FOCUS", "Sink"
_ABOUT = (
    "Removes the evidence for the class, strongest first, and asks the frozen model again: if the "
    "model uses that evidence, its probability falls faster than in random order. This tests what "
    "the model does, not what the plant has. Other methods are tried on the same image."
)
_ATTACHED = (
    "These tests do not apply to an attached model: its card says how explanations agree with "
    "brute force on what was held out."
)
_REMOVED_TIP = "The strongest evidence is removed from the image first; what is removed is blanked"
_ADDED_TIP = "The strongest evidence is added first, to an image that is everywhere as usual"
_CURVES_TIP = "Probability of the class, in percent, by the share of the parts that are removed"


class TrustPanel(QScrollArea):
    """Panel that shows the tests of the active document's explanation, and starts them."""

    def __init__(
        self, session: Session, workbench: Workbench, plots: dict[Unit, RemovalPlot] | None = None
    ) -> None:
        super().__init__()
        self._session = session
        self.start = button("Put to the test", tip=f"{_ABOUT} (F6)")
        self.start.clicked.connect(workbench.trust.test)
        self.stop = button("Stop", tip="Stop testing; what was found until then stays")
        self.stop.clicked.connect(workbench.trust.cancel)
        self.status = label("", "small", wrapped=True)
        self.verdict = label("", "warning", wrapped=True)
        self.sentence = label(_ABOUT, "", wrapped=True)
        self.removed, self.added = (
            _switch("Removed", _REMOVED_TIP),
            _switch("Added", _ADDED_TIP),
        )
        self.removed.setChecked(True)
        self.added.toggled.connect(lambda _: self._show_curves(session.state))
        self.legend = label("", "small", wrapped=True)
        self.plots = RemovalPlots(plots)
        self.plots.setToolTip(with_terms(_CURVES_TIP, "removal", "blanked"))
        self.viewed = label("", "small", wrapped=True)
        self.tiles = MethodTiles()
        self.tiles.chosen.connect(self._on_chosen)
        self.notes = label("", "small", wrapped=True)
        self._results = self._make_results()
        self._lay_out()
        self._bindings = Bindings(
            session,
            Binding(self._show_job, lambda state: state.jobs.trust, _started),
            Binding(self._show_texts, lambda state: state.jobs.trust, _reported),
            Binding(self._show_curves, document=_reported),
            Binding(
                self._show_tiles,
                lambda state: (state.view.window_nm, state.view.display),
                _reported,
            ),
        )

    def _make_results(self) -> QWidget:
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_PX)
        row = QHBoxLayout()
        row.setSpacing(4)
        choice = QButtonGroup(self)
        for switch in (self.removed, self.added):
            choice.addButton(switch)
            row.addWidget(switch)
        row.addSpacing(theme.GAP_PX)
        row.addWidget(self.legend, 1)
        column.addLayout(row)
        column.addWidget(self.plots)
        column.addWidget(self.viewed)
        column.addWidget(self.tiles)
        column.addWidget(self.notes)
        return results

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_PX)
        for widget in (self.start, self.stop):  # how far it is, the status bar shows
            head.addWidget(widget)
        head.addWidget(self.status, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(theme.GAP_PX)
        column.addLayout(head)
        column.addWidget(self.verdict)
        column.addWidget(self.sentence)
        column.addWidget(self._results)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(250)

    # State to widgets

    def _show_job(self, state: State) -> None:
        document = state.document
        running = document is not None and state.jobs.tests(document.id)
        explained = document is not None and document.explanation is not None
        attached = _is_attached(document)
        ready = explained and not state.withheld and not attached
        self.start.setEnabled(ready and not running)
        self.start.setToolTip(
            _ATTACHED if attached else with_terms(f"{_ABOUT} (F6)", "removal", "rival")
        )
        self.start.setText("Test again" if _report(state) else "Put to the test")
        self.stop.setVisible(running)
        self.status.setText(_status_text(state))

    def _show_texts(self, state: State) -> None:
        document, report = state.document, _report(state)
        foreign = document is not None and document.foreign
        self.verdict.setVisible(foreign)
        self.verdict.setText(
            "The model does not apply to this image: the test says what moves its answer, not "
            "whether that answer means anything."
            if foreign
            else ""
        )
        self.sentence.setText(_sentence(state))
        self._results.setVisible(report is not None)
        self.notes.setText("" if document is None or report is None else _notes(document, report))

    def _show_curves(self, state: State) -> None:
        added, rival = self.added.isChecked(), _rival(state)
        self.plots.show_report(_report(state), added, rival)
        self.legend.setText(legend_text(added, rival))

    def _show_tiles(self, state: State) -> None:
        document, report = state.document, _report(state)
        window, colourmap = state.view.window_nm, state.view.display.colourmap
        if document is None or report is None:
            self.tiles.show_tiles((), "", window, colourmap)
            return
        rival, mode = document.viewed_rival, state.view.display.mode
        marked = rival.name if rival else SINK if mode == "unattributed" else FOCUS
        self.tiles.show_tiles(tuple(_tiles(document, report)), marked, window, colourmap)
        back = f" {WITHHELD}." if state.withheld else ""
        self.viewed.setText(
            f"<b>All views show {rival.name}, not FOCUS.</b> Click FOCUS to go back.{back}"
            if rival
            else f"Without the {percent(READ_AT)} of places, or of bands, that a method calls "
            "strongest the probability is as below; passes are forward + backward. Click a method "
            "to see it in all views."
        )

    # Widgets to state

    def _on_chosen(self, key: str) -> None:
        if key == SINK:
            self._session.view.set_mode("unattributed")
        elif key == FOCUS:
            self._session.view.set_mode("evidence")
        else:
            self._session.trust.view(key)


def _started(document: Document) -> object:
    return document.id, document.explanation, document.tested, document.heatmap_asked


def _reported(document: Document) -> object:
    return document.tested, document.saliency_source, document.rival, document.heatmap_asked


def _report(state: State) -> TrustReport | None:
    return state.document.tested if state.document and not state.withheld else None


def _rival(state: State) -> MethodTrial | None:
    return state.document.viewed_rival if state.document else None


def _status_text(state: State) -> str:
    document, job, report = state.document, state.jobs.trust, _report(state)
    if document is None or document.explanation is None:
        return ""
    if job.document_id == document.id:
        if job.is_running():
            return job.stage
        if job.status == "failed":
            return job.message
        if job.status == "cancelled" and report is not None:
            return "stopped: what was found until then"
    return f"tested in {report.seconds:.0f} s" if report is not None else ""


def _sentence(state: State) -> str:
    document, report = state.document, _report(state)
    if document is None or document.explanation is None:
        return "An explanation can be put to the test once a cube is explained."
    if _is_attached(document):
        return _ATTACHED
    if document.withheld:
        return f"{WITHHELD}, and can be put to the test then."
    if report is not None:
        return summary(report)
    if document.trust is not None:
        return (
            f"Tested for {document.trust.class_name}, not yet for {document.class_name}. {_ABOUT}"
        )
    return _ABOUT


def _is_attached(document: Document | None) -> bool:
    """Return whether a model that was trained elsewhere explained the cube."""
    found = document.explanation if document else None
    return found is not None and bool(found.card.attached)


def _notes(document: Document, report: TrustReport) -> str:
    """Return what else was found, and on what."""
    image = document.cube.rows, document.cube.cols
    lines = [where_tested(report, image)]
    if document.explanation is not None:
        lines.append(sink_text(sink_of(document.explanation, report.class_name)))
    if report.random_weights is not None:
        lines.append(random_weights_text(report.random_weights))
    how = [f"{rival.name}: {rival.note}" for rival in report.rivals if rival.note]
    lines += [f"{'; '.join(how)}."] if how else []
    return "\n".join(f"\u2022 {line}" for line in (*lines, *report.left_out))


def _tiles(document: Document, report: TrustReport) -> Iterator[MethodTile]:
    explanation = document.explanation
    if explanation is None:
        return
    cost = explanation.cost
    found = (report.removal("place"), report.removal("wavelength"))
    marks = [removal.strongest.at(READ_AT) if removal else None for removal in found]
    passes = _passes(cost.forward_passes, cost.backward_passes)
    yield MethodTile(
        FOCUS,
        FOCUS,
        report.focus,
        (*_marks(marks), passes, _seconds(cost.seconds)),
        "At the image's own resolution, for all classes at once",
    )
    for rival in report.rivals:
        marks = [curve.at(READ_AT) for curve in rival.removal]
        passes = _passes(rival.forward_passes, rival.backward_passes)
        lines = (*_marks(marks), passes, _seconds(rival.seconds))
        yield MethodTile(rival.name, rival.name, rival.volume, lines, rival.note)
    sink = explanation.volume(report.class_name, "unattributed")
    doubt = percent(explanation.doubt(report.class_name))
    yield MethodTile(SINK, SINK, sink, ("not attributed:", f"{doubt} of evidence"))


def _marks(probabilities: list[float | None]) -> tuple[str, str]:
    """Return what is left of the probability after removal by place and by wavelength."""
    place, wavelength = ("\u2013" if value is None else percent(value) for value in probabilities)
    return f"places: {place}", f"bands: {wavelength}"


def _passes(forward: int, backward: int) -> str:
    return f"{forward} + {backward} passes"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"


def _switch(text: str, tip: str) -> QPushButton:
    made = button(text, tip=tip)
    made.setCheckable(True)
    return made
