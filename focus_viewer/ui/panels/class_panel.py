"""Class panel: predicted classes, saliency mode, sum of the logit, model card and notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.card_limits import accuracy_sentence
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.logit_sum import contrast_sum
from focus_viewer.core.saliency.model_card import ModelCard, sensor_range
from focus_viewer.core.saliency.modes import MODE_WORDS, MODES
from focus_viewer.core.saliency.volume import Mode, is_signed
from focus_viewer.core.wording import percent
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.models.model_box import ModelBox
from focus_viewer.ui.panels.class_list import ClassList
from focus_viewer.ui.panels.model_card_dialog import ModelCardDialog
from focus_viewer.ui.panels.note_lines import NoteLines
from focus_viewer.ui.panels.verdict_box import VerdictBox
from focus_viewer.ui.panels.waterfall import Waterfall
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.colourmaps import bar_colours, fitting_name
from focus_viewer.ui.widgets.labels import label, without_name
from focus_viewer.ui.widgets.terms import with_terms
from focus_viewer.ui.widgets.two_parts import TwoParts

_NARROWEST_PX = 250
_SHORT_PX = 600  # high: verdict, classes, modes and sum together do not fit
_SHORTEST_PX = 380  # high: nor do verdict, classes and modes
_DOUBT_TIP = (
    "What the sink took of this class's own logit, over that and all evidence; parts for and "
    "against are counted without their signs, so that they do not cancel."
)

_MODE_TERMS: Final[dict[Mode, tuple[str, ...]]] = {
    "evidence": ("evidence", "logit"),
    "attention": ("attention", "spectral prompts"),
    "signature": ("tissue signature",),
    "unattributed": ("unattributed", "sink"),
}


class ClassPanel(QScrollArea):
    """Panel that shows the active document's explanation and its display options."""

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        give_values: Callable[[], object] = lambda: None,
        add_model: Callable[[], object] = lambda: None,
        compare_models: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__()
        self._session = session
        self._inside = QWidget()
        self.waiting = label("", "muted", wrapped=True)
        self.problem = label("", "warning", wrapped=True)
        self.retry = QPushButton("Explain again")
        self.retry.clicked.connect(workbench.explain)
        self.give = QPushButton("Give wavelengths...")
        self.give.clicked.connect(lambda: give_values())
        self.verdict = VerdictBox()
        self.verdict.evidence_wanted.connect(lambda: session.view.show_heatmap(True))
        self.warning = label("", "small", wrapped=True)
        self.classes = ClassList()
        self.classes.currentTextChanged.connect(session.explanation.choose_class)
        self.modes = {mode: _mode_button(mode) for mode in MODES}
        self.mode_row = self._make_mode_row()
        self.reference_class = self._make_reference_class()
        self.mode_note = label("", "muted", wrapped=True)
        self.waterfall = Waterfall()
        self.doubt = label("", wrapped=True)
        self.doubt.setToolTip(with_terms(_DOUBT_TIP, "doubt", "sink"))
        self.model = ModelBox(session, workbench.models, add_model, compare_models)
        self.card = self._make_card_button()
        self.note_lines = NoteLines()
        self.parts = self._make_parts()
        self._results = self._make_results()
        self._lay_out()
        self._bindings = Bindings(
            session,
            Binding(self._list_classes, document=lambda document: document.explanation),
            Binding(
                self._show_sum,
                lambda state: state.view.display.colourmap,
                lambda document: document.saliency_source,
            ),
            Binding(
                self._show,
                lambda state: (state.view.display, state.jobs.explaining, state.models),
                _shown,
            ),
        )

    def show_theme(self) -> None:
        """Draw the sum in the colours of the theme in use."""
        self._show_sum(self._session.state)

    def _make_card_button(self) -> QPushButton:
        made = QPushButton("Card...")
        made.setToolTip("What the model is for, how good it is, and what to be wary of")
        made.clicked.connect(self._show_card)
        return made

    def _make_reference_class(self) -> QComboBox:
        made = QComboBox()
        made.setToolTip(with_terms("", "reference class"))
        made.setAccessibleName("Reference class")
        made.activated.connect(self._on_reference_class)
        return made

    def _make_results(self) -> QFrame:
        results = QFrame()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.classes)
        column.addWidget(self.mode_row)
        column.addWidget(self.warning)
        column.addWidget(self.parts)
        return results

    def _make_parts(self) -> QFrame:
        """Return what the logit consists of, which is kept back where the model does not apply."""
        parts = QFrame()
        column = QVBoxLayout(parts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.mode_note)
        column.addWidget(self.reference_class)
        column.addWidget(self.waterfall)
        return parts

    def _make_mode_row(self) -> TwoParts:
        group = QButtonGroup(self)
        row = TwoParts(equal=True)
        for place, (mode, button) in enumerate(self.modes.items()):
            button.clicked.connect(lambda _=False, mode=mode: self._session.view.set_mode(mode))
            group.addButton(button)
            (row.left if place < len(MODES) / 2 else row.right).addWidget(button, 1)
        return row

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        model_row = QHBoxLayout()
        model_row.addWidget(self.model, 1)
        model_row.addWidget(self.card)
        column.addLayout(model_row)
        column.addWidget(self.waiting)
        column.addWidget(self.problem)
        column.addWidget(self.give, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignLeft)
        # What speaks against a result stands before it: it is seen without scrolling.
        for widget in (self.verdict, self.doubt, self.note_lines, self._results):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fold the reasons of the verdict where they would push the classes out of sight."""
        super().resizeEvent(event)
        self.verdict.set_short(self.height() < _SHORT_PX)
        self.classes.set_dense(self.height() < _SHORTEST_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of all that is inside, which does not scroll sideways."""
        bar = self.verticalScrollBar().sizeHint().width()
        wide = self._inside.minimumSizeHint().width() + bar
        return QSize(max(wide, _NARROWEST_PX), super().minimumSizeHint().height())

    def _list_classes(self, state: State) -> None:
        if state.document is not None and state.document.explanation is not None:
            self.classes.show_classes(state.document.explanation)

    def _show_sum(self, state: State) -> None:
        document = state.document
        if document is None or document.explanation is None or document.class_name is None:
            return
        result, name = document.explanation, document.class_name
        against = document.reference_class
        others = against or "the other classes, on average"
        colours = bar_colours(fitting_name(True, state.view.display.colourmap))
        self.waterfall.show_sum(name, others, contrast_sum(result, name, against), colours)
        self.doubt.setText(
            f"{percent(result.doubt(name))} of the evidence could not be attributed."
        )

    def _show(self, state: State) -> None:
        document = state.document
        explanation = document.explanation if document else None
        self.card.setEnabled(self._card is not None)
        _show_text(self.waiting, waiting_text(state))
        _show_text(self.problem, problem_text(state))
        self.give.setVisible(_lacks_wavelengths(document))
        self.retry.setVisible(_can_retry(state) and not _lacks_wavelengths(document))
        for part in (self.verdict, self.doubt, self._results):
            part.setVisible(explanation is not None)
        self.note_lines.show_notes(_notes(document))
        if document is not None and explanation is not None:
            self._show_explanation(document, explanation, state.view.display.mode)
            self.verdict.show_verdict(
                explanation.applicability, within=explanation.within, withheld=state.withheld
            )
            for kept_back in (self.doubt, self.classes, self.mode_row, self.parts):
                kept_back.setVisible(not state.withheld)

    def _show_explanation(self, document: Document, result: Explanation, mode: Mode) -> None:
        sensors = sensor_range(result.edges_nm)
        known = "" if document.foreign else accuracy_sentence(result.card, sensors)
        text = "; ".join(part for part in (result.card.doubt, known) if part)
        _show_text(self.warning, f"\u26a0 {text}" if text else "")
        self.modes[mode].setChecked(True)
        self._show_reference_class(document, result, mode)
        if document.class_name is not None:
            self.classes.mark(document.class_name)
            note = mode_note(result, document.class_name, mode)
            rival = document.viewed_rival
            seen = (
                f"The views show {rival.name}, not FOCUS; press {MODE_WORDS[mode].title} to go "
                "back."
                if rival
                else ""
            )
            _show_text(self.mode_note, seen or note)

    def _show_reference_class(self, document: Document, result: Explanation, mode: Mode) -> None:
        others = [name for name in result.classes if name != document.class_name]
        self.reference_class.clear()
        self.reference_class.addItem("vs. mean of the other classes", None)
        for name in others:
            self.reference_class.addItem(f"vs. {name} only", name)
        chosen = document.reference_class
        self.reference_class.setCurrentIndex(1 + others.index(chosen) if chosen in others else 0)
        self.reference_class.setEnabled(is_signed(mode))

    def _on_reference_class(self, index: int) -> None:
        self._session.explanation.set_reference_class(self.reference_class.itemData(index))

    @property
    def _card(self) -> ModelCard | None:
        """Card of what explained the active cube, else of what will."""
        state = self._session.state
        if state.document is not None and state.document.explanation is not None:
            return state.document.explanation.card
        return state.models.entry.card if state.models.entry else None

    def _show_card(self) -> None:
        if self._card is not None:
            ModelCardDialog(self._card, self.window()).open()


def _shown(document: Document) -> object:
    return (
        document.cube,
        document.saliency_source,
        document.outcome,
        document.problem,
        document.heatmap_asked,
    )


def _show_text(target: QLabel, text: str) -> None:
    target.setText(text)
    target.setVisible(bool(text))


def waiting_text(state: State) -> str:
    """Return the placeholder text without results; empty if there are results."""
    document = state.document
    if document is None:
        return "Open a cube to explain it."
    if state.jobs.explains(document.id):
        return "" if document.explanation else "Explaining... The results will appear here."
    if document.outcome == "failed":
        return ""
    if document.outcome == "cancelled":
        return "The explanation was cancelled."
    return "" if document.explanation else "Not explained yet."


def mode_note(explanation: Explanation, class_name: str, mode: Mode) -> str:
    """Return what must be known of a mode to read it; empty for evidence, which the sum shows."""
    if mode == "attention":
        mass = float(explanation.sink[explanation.card.class_index(class_name)])
        return f"The sink absorbed {percent(mass)} of the attention for {class_name}."
    return "" if mode == "evidence" else f"{MODE_WORDS[mode].meaning}."


def problem_text(state: State) -> str:
    """Return why the active cube was not explained; empty if it was."""
    document = state.document
    if document is None or document.outcome != "failed" or state.jobs.explains(document.id):
        return ""
    return without_name(document.problem, document.cube.name)


def _can_retry(state: State) -> bool:
    document = state.document
    running = state.jobs.explaining.is_running()
    return document is not None and document.outcome != "done" and not running


def _lacks_wavelengths(document: Document | None) -> bool:
    """Return whether the user can give the wavelengths that a cube lacks."""
    if document is None or document.cube.path is None:
        return False
    return document.cube.wavelengths_nm is None


def _notes(document: Document | None) -> tuple[str, ...]:
    """Return the notes on the cube, whose values the result rests on, and those on the result."""
    if document is None:
        return ()
    return (*document.cube.notes, *(document.explanation.notes if document.explanation else ()))


def _mode_button(mode: Mode) -> QPushButton:
    button = QPushButton(MODE_WORDS[mode].title)
    button.setObjectName("mode")
    button.setCheckable(True)
    button.setToolTip(with_terms(MODE_WORDS[mode].meaning, *_MODE_TERMS[mode]))
    return button
