"""Window of the mask of a cube: its rules, and whether statistics are limited to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.masks.rules import HOWS, How, Rule
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.masks import MaskTasks
from focus_viewer.ui.layering.rule_form import RuleForm
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_SIZE_PX = (520, 400)
_USED: Final = "Statistics of the pixels inside only"
_USED_TIP: Final = (
    "Means, curves and table of regions, contrast, exports and figures; explanations, teaching and "
    "studies are not limited"
)
_NAMES: Final[dict[How, str]] = {"and": "And", "or": "Or", "and not": "And not"}
_TIPS: Final[dict[How, str]] = {
    "and": "Pixels inside the mask that follow the rule as well",
    "or": "Pixels inside the mask, and those that follow the rule",
    "and not": "Pixels inside the mask, without those that follow the rule",
}


class MaskDialog(QDialog):
    """Window that makes the mask of the active cube, a rule after the other."""

    def __init__(
        self,
        session: Session,
        tasks: MaskTasks,
        start_folder: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._session = session
        self._tasks = tasks
        self._start_folder = start_folder
        self.setWindowTitle("Mask")
        self.resize(*_SIZE_PX)
        self.count = label("", "subheading", wrapped=True)
        self.words = label("", "muted", wrapped=True)
        self.used = QCheckBox(_USED)
        self.used.setToolTip(_USED_TIP)
        self.form = RuleForm()
        self.start = button("New mask", "primary", "Pixels that follow the rule")
        self.combine: dict[How, QPushButton] = {
            how: button(_NAMES[how], "secondary", _TIPS[how]) for how in HOWS
        }
        self.invert = button("Invert", "secondary", "Exchange inside and outside")
        self.region = button("Draw as region", "secondary", "Add a region of the pixels inside")
        self.clear = button("Clear", "secondary", "Remove the mask; it can be undone")
        self._lay_out()
        letter_controls(self)
        self._connect()
        shown = Binding(self._show, document=_masked)
        offered = Binding(self._offer, document=_offered)
        self._bindings = Bindings(session, shown, offered)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(theme.GAP_PX)
        column.addWidget(self.count)
        column.addWidget(self.words)
        column.addWidget(self.used)
        column.addLayout(_row(self.invert, self.region, self.clear))
        column.addSpacing(2 * theme.GAP_PX)
        column.addWidget(self.form)
        column.addStretch(1)
        column.addLayout(_row(*self.combine.values(), self.start))

    def _connect(self) -> None:
        masks = self._session.masks
        self.used.clicked.connect(masks.use)
        self.invert.clicked.connect(masks.invert)
        self.clear.clicked.connect(masks.clear)
        self.region.clicked.connect(self._tasks.draw_region)
        self.form.changed.connect(lambda: self._enable(self._session.state.document))
        self.start.setDefault(True)  # Enter in a field makes the mask, and presses no other button
        for other in (self.invert, self.region, self.clear, *self.combine.values()):
            other.setAutoDefault(False)
        self.start.clicked.connect(lambda: self._apply(masks.start))
        for how, pressed in self.combine.items():
            pressed.clicked.connect(lambda _=False, how=how: self._combine(how))

    # State to widgets

    def _show(self, state: State) -> None:
        document = state.document
        mask = document.known_mask if document else None
        self.count.setText(_count_text(document))
        self.words.setText(" ".join((f"{mask.words}.", *mask.notes)) if mask else "")
        self.words.setVisible(mask is not None)
        with QSignalBlocker(self.used):
            self.used.setChecked(document is not None and document.inside is not None)
        for widget in (self.used, self.region):
            widget.setEnabled(mask is not None)
        self._enable(document)

    def _offer(self, state: State) -> None:
        self.form.show_document(state.document)

    def _enable(self, document: Document | None) -> None:
        possible = self.form.is_file or not isinstance(self.form.rule, str)
        has_mask = document is not None and bool(document.mask_recipe.steps)
        self.start.setEnabled(document is not None and possible)
        for pressed in self.combine.values():
            pressed.setEnabled(has_mask and possible)
        for pressed in (self.invert, self.clear):
            pressed.setEnabled(has_mask)

    # Widgets to state

    def _combine(self, how: How) -> None:
        self._apply(lambda rule: self._session.masks.combine(rule, how))

    def _apply(self, take: Callable[[Rule], None]) -> None:
        """Take the rule of the form, or that of a file which is chosen first."""
        rule = self.form.rule
        if self.form.is_file:
            self._choose(take)
        elif not isinstance(rule, str):
            take(rule)

    def _choose(self, take: Callable[[Rule], None]) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Mask of a file of regions or classes", self._start_folder()
        )
        if name:
            self._tasks.read(Path(name), take)


def _masked(document: Document) -> object:
    return document.mask_recipe, document.known_mask


def _offered(document: Document) -> object:
    """Select what the rules on offer depend on."""
    return document.cube, document.composite, document.annotations, document.selected


def _count_text(document: Document | None) -> str:
    if document is None:
        return "Open a cube first."
    if not document.mask_recipe.steps:
        return f"{document.cube.name} has no mask: statistics are of all pixels."
    mask = document.known_mask
    if mask is None:
        pending = "The mask is being computed..."
        return pending if document.mask_pending else "The mask could not be computed: it is unused."
    share = 100 * mask.pixels / mask.inside.size
    return f"{mask.pixels:,} of {mask.inside.size:,} px inside ({share:.1f} %)"


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.GAP_PX)
    row.addStretch(1)
    for widget in widgets:
        row.addWidget(widget)
    return row
