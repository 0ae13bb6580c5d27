"""Window of the history of a cube: its steps, as text, and to be repeated on other cubes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.counted import counted
from focus_viewer.core.masks.rules import recipe_words
from focus_viewer.core.preprocessing.history import history_lines, history_text
from focus_viewer.core.preprocessing.settings import NO_PREPROCESSING, preprocessing_of
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.masks import MaskTasks
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_SIZE_PX = (560, 320)
_ALL = "All other open cubes"


class HistoryDialog(QDialog):
    """Window that lists what was done to the active cube."""

    def __init__(
        self,
        session: Session,
        tasks: PreprocessingTasks,
        masks: MaskTasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._session = session
        self._tasks = tasks
        self._masks = masks
        self.setWindowTitle("History of the cube")
        self.resize(*_SIZE_PX)
        self.steps = QListWidget()
        self.steps.setWordWrap(True)
        self.steps.setAccessibleName("What was done to the cube, in order")
        self.copy = button("Copy as text", "secondary")
        self.target = QComboBox()
        self.target.setAccessibleName("Cube to repeat it on")
        what = "Calibration, bad bands, smoothing, bins and mask"
        self.repeat = button("Repeat on", "primary", what)
        self.about = label("", "muted", wrapped=True)
        self._lay_out()
        letter_controls(self)
        self.copy.clicked.connect(self._on_copy)
        self.repeat.clicked.connect(self._on_repeat)
        shown = Binding(
            self._show,
            lambda state: tuple((each.id, each.cube) for each in state.documents.items),
            lambda document: (document.cube, document.mask_recipe),
        )
        self._bindings = Bindings(session, shown)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(theme.GAP_PX)
        column.addWidget(self.steps, 1)
        column.addWidget(self.about)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addStretch(1)
        row.addWidget(self.repeat)
        row.addWidget(self.target)
        column.addLayout(row)

    def _show(self, state: State) -> None:
        document = state.document
        self.steps.clear()
        lines = (*history_lines(document.cube), *_mask_lines(document)) if document else ()
        self.steps.addItems(list(lines))
        others = [each for each in state.documents.items if each is not document]
        self.target.clear()
        for each in others:
            self.target.addItem(each.cube.name, (each.id,))
        if len(others) > 1:
            self.target.insertItem(0, _ALL, tuple(each.id for each in others))
            self.target.setCurrentIndex(0)
        done = document is not None and _is_done(document)
        self.copy.setEnabled(document is not None)
        self.repeat.setEnabled(done and bool(others))
        self.target.setEnabled(self.repeat.isEnabled())
        for widget in (self.repeat, self.target):  # a box without an entry says nothing
            widget.setVisible(bool(others))
        self.about.setText(_about(done, bool(others)))

    def _on_copy(self) -> None:
        document = self._session.state.document
        if document is not None:
            QGuiApplication.clipboard().setText(history_text(document.cube, _mask_lines(document)))

    def _on_repeat(self) -> None:
        document = self._session.state.document
        if document is None:
            return
        chosen, mask = preprocessing_of(document.cube), document.mask_recipe
        in_nm, targets = document.cube.wavelengths_nm is not None, self.target.currentData() or ()

        cubes = counted(len(targets), "cube")

        def repeat_mask() -> None:
            if mask.steps:  # by the values that the cubes have then
                self._masks.repeat(mask, targets)
            self.about.setText(f"Repeated on {cubes}, but for those reported not to fit.")

        if chosen == NO_PREPROCESSING:
            repeat_mask()
        else:
            self._tasks.repeat(chosen, targets, in_nm, repeat_mask)


def _is_done(document: Document) -> bool:
    changed = preprocessing_of(document.cube) != NO_PREPROCESSING
    return changed or bool(document.mask_recipe.steps)


def _mask_lines(document: Document) -> tuple[str, ...]:
    """Return the line of the mask; none without one."""
    recipe = document.mask_recipe
    if not recipe.steps:
        return ()
    used = "statistics of the pixels inside" if recipe.used else "not used for statistics"
    return (f"mask, {used}: {recipe_words(recipe.steps)}",)


def _about(done: bool, others: bool) -> str:
    if not done:
        return (
            "The cube is shown as it was read. Calibration, bad bands, smoothing and a mask appear "
            "here, and can then be repeated on other open cubes."
        )
    if not others:
        return "To repeat this on another cube, open that as well."
    return (
        "Repeating takes the place of what was done to the other cube: with the same references, "
        "bad bands at the same wavelengths, and the mask by the same rules."
    )
