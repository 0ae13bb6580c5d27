"""Options of a model that is to be taught: name, folder, groups, bands, backbone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QWidget,
)

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.spectra.span_text import Span, read_spans, span_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.teaching import Teaching, TeachingChoice
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.labels import button, label, text_field

_CARD = "card.json"
_FORBIDDEN = re.compile(r"[/\\:*?\"<>|]")
_SEVERAL_TIP = (
    "Each class is decided by itself, such as rust and drought on the same leaf. Several classes "
    "of a region are separated by ; in its class"
)
_GROUP_TIP = (
    "What is left out as a whole when the model is validated, such as all leaves of a plant"
)
_BANDS_TIP = "Ranges of wavelengths that the model may read, such as 400-700, 900-1000"


class TeachingOptions(QWidget):
    """Form with the options; what is wrong in it stands below its field.

    Attributes
    ----------
    checked : signal
        A text was typed: `problem` may be another one.
    """

    checked = Signal()

    def __init__(self, session: Session, workbench: Workbench) -> None:
        super().__init__()
        self._session = session
        self._workbench = workbench
        self.name = text_field("Name of the model")
        self.folder = Caption()
        self.choose = button("Folder...", tip="Choose the folder that the model's folder goes to")
        self.group = QComboBox()
        self.group.setToolTip(_GROUP_TIP)
        self.group.setAccessibleName("Left out as a whole")
        self.several = QCheckBox("Several classes may hold at once")
        self.several.setToolTip(_SEVERAL_TIP)
        self.bands = text_field("all bands")
        self.bands.setToolTip(_BANDS_TIP)
        self.bands.setAccessibleName("Wavelengths that are used")
        self.bands_note = label("", "small", wrapped=True)
        self.name_note = label("", "small", wrapped=True)
        self.backbone = QComboBox()
        self.backbone.setToolTip("Model whose frozen backbone is taught")
        self.backbone.setAccessibleName("Backbone")
        self._lay_out()
        self._connect()
        self._bindings = Bindings(
            session,
            Binding(self._show, lambda state: _shown(state.teaching)),
            Binding(self._show_bands, lambda state: state.teaching.choice, lambda d: d.cube),
        )

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.GAP_PX)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        place = QHBoxLayout()
        place.setSpacing(theme.GAP_PX)
        place.addWidget(self.folder, 1)
        place.addWidget(self.choose)
        form.addRow("Name", self.name)
        form.addRow("", self.name_note)
        form.addRow("In", place)
        form.addRow("Held out by", self.group)
        form.addRow("Bands, nm", self.bands)
        form.addRow("", self.bands_note)
        form.addRow("Backbone", self.backbone)
        form.addRow("", self.several)

    def _connect(self) -> None:
        self.name.textEdited.connect(lambda _: self._on_typed())
        self.name.editingFinished.connect(self._on_name)
        self.bands.textChanged.connect(lambda _: self._on_typed())
        self.bands.editingFinished.connect(self._on_bands)
        self.choose.clicked.connect(self._on_folder)
        self.group.activated.connect(lambda at: self._change(group=self.group.itemData(at)))
        self.several.clicked.connect(lambda on: self._change(several=on))
        self.backbone.textActivated.connect(lambda name: self._change(backbone=name))

    @property
    def problem(self) -> str:
        """Why nothing can be taught with what stands in the fields; empty if it can."""
        return self._name_problem() or _bands_problem(self.bands.text())

    def _name_problem(self) -> str:
        return _name_problem(self.name.text(), self._session.state.teaching.backbones)

    def settle(self) -> None:
        """Take over what stands in the fields."""
        self._on_name()
        self._on_bands()

    # State to widgets

    def _show(self, state: State) -> None:
        teaching, choice = state.teaching, state.teaching.choice
        if not self.name.hasFocus() or not self.name.isModified():
            self.name.setText(choice.name)
        self._show_place()
        _fill(self.group, _group_entries(teaching), choice.group)
        _fill(self.backbone, [(name, name) for name in teaching.backbones], choice.backbone)
        forced = teaching.counts.several
        with QSignalBlocker(self.several):
            self.several.setChecked(choice.several or forced)
        self.several.setEnabled(not forced)
        if read_or_none(self.bands.text()) != choice.bands_nm:
            self.bands.setText(span_text(choice.bands_nm))

    def _show_place(self) -> None:
        out = self._workbench.teaching.out
        self.folder.setText(str(out.parent))
        problem = text = self._name_problem()
        if not text and (out.parent / self.name.text().strip() / _CARD).is_file():
            text = "Replaces the model of this name."
        _show_note(self.name_note, text, wrong=bool(problem))

    def _show_bands(self, state: State) -> None:
        text, cube = self.bands.text(), state.document.cube if state.document else None
        problem = _bands_problem(text)
        spans = read_or_none(text) or ()
        note = _bands_text(cube, spans) if spans and cube is not None else ""
        _show_note(self.bands_note, problem or note, wrong=bool(problem))

    # Widgets to state

    def _on_typed(self) -> None:
        self._show_place()
        self._show_bands(self._session.state)
        self.checked.emit()

    def _on_name(self) -> None:
        self.name.setModified(False)
        if not self._name_problem():
            self._change(name=self.name.text().strip())

    def _on_bands(self) -> None:
        spans = read_or_none(self.bands.text())
        if spans is not None:
            self._change(bands_nm=spans)

    def _on_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, "Folder for models", str(self._workbench.teaching.out.parent)
        )
        if name:
            self._change(folder=Path(name))
            self._show_place()

    def _change(self, **values: Any) -> None:
        choice: TeachingChoice = replace(self._session.state.teaching.choice, **values)
        self._session.teaching.choose(choice)


def _shown(teaching: Teaching) -> object:
    counts = teaching.counts
    return teaching.choice, teaching.backbones, counts.columns, counts.several, teaching.result


def read_or_none(text: str) -> tuple[Span, ...] | None:
    """Return the ranges in a text; None while it is not one of ranges."""
    try:
        return read_spans(text)
    except FocusError:
        return None


def _name_problem(text: str, taken: Sequence[str]) -> str:
    name = text.strip()
    if not name:
        return "The model needs a name."
    if _FORBIDDEN.search(name) or name.startswith("."):
        return 'The name is that of a folder: without / \\ : * ? " < > | and no dot first.'
    if name in taken:
        return "A model that comes with the program has this name."
    return ""


def _bands_problem(text: str) -> str:
    try:
        read_spans(text)
    except FocusError as error:
        return str(error)
    return ""


def _bands_text(cube: Cube, spans: tuple[Span, ...]) -> str:
    if cube.wavelengths_nm is None:
        return f"{cube.name} has no wavelengths."
    nm = cube.wavelengths_nm[cube.good_bands]
    inside = np.any([(nm >= low) & (nm <= high) for low, high in spans], axis=0)
    return f"{int(inside.sum())} of {nm.size} good bands of {cube.name}"


def _group_entries(teaching: Teaching) -> list[tuple[str, str | None]]:
    own = [(f"{column}", column) for column in teaching.counts.columns]
    return [("cube, or region of a single cube", None), *own]


def _fill(box: QComboBox, entries: list[tuple[str, Any]], chosen: object) -> None:
    with QSignalBlocker(box):
        box.clear()
        for text, value in entries:
            box.addItem(text, value)
        values = [value for _, value in entries]
        box.setCurrentIndex(values.index(chosen) if chosen in values else 0)


def _show_note(note: QLabel, text: str, wrong: bool) -> None:
    note.setText(text)
    note.setVisible(bool(text))
    note.setStyleSheet(f"color: {theme.WARNING if wrong else theme.MUTED}")
