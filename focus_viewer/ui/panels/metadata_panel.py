"""Metadata panel: facts read from a cube, assumed and ignored entries, and the header."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.advice import VALUES_COMMAND
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.place_text import map_text
from focus_viewer.core.cubes.report import unused_content
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import units_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.ui.panels.header_text import HeaderText
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label

_EMPTY = "Open a cube to see its metadata here."
_NONE = "None."
_FACTS_PX = 280


class MetadataPanel(QWidget):
    """Panel with the metadata of the active document."""

    def __init__(self, session: Session, give_values: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._form = QFormLayout()
        self.give = button(f"{VALUES_COMMAND}...", "link", "Give or correct them for this file")
        self.give.clicked.connect(lambda: give_values())
        self._values: dict[str, QLabel] = {}
        self.contradictions = _plain(label("", wrapped=True))
        self.assumed = _plain(label("", wrapped=True))
        self.ignored = _plain(label("", wrapped=True))
        self.header = HeaderText()
        self.empty = label(_EMPTY, "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._split = self._make_split()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._split, 1)
        column.addWidget(self.empty, 1)
        shown = Binding(self._show_cube, document=lambda document: document.cube)
        self._bindings = Bindings(session, shown)

    def _make_split(self) -> QSplitter:
        facts = QWidget()
        column = QVBoxLayout(facts)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(theme.GAP_PX)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(4)
        column.addLayout(self._form)
        column.addWidget(self.give, 0, Qt.AlignmentFlag.AlignLeft)
        for title, text in (
            ("Contradictory", self.contradictions),
            ("Assumed", self.assumed),
            ("Ignored", self.ignored),
        ):
            column.addSpacing(theme.GAP_PX)
            column.addWidget(label(title, "subheading"))
            column.addWidget(text)
        column.addStretch(1)
        scrolled = QScrollArea()
        scrolled.setAccessibleName("Metadata")
        scrolled.setWidget(facts)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setMinimumWidth(_FACTS_PX)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(scrolled)
        split.addWidget(self.header)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([_FACTS_PX, _FACTS_PX])
        split.setChildrenCollapsible(False)
        self.header.layout().setContentsMargins(12, 10, 12, 10)  # type: ignore[union-attr]
        return split

    def _show_cube(self, state: State) -> None:
        document = state.document
        self._split.setVisible(document is not None)
        self.empty.setVisible(document is None)
        if document is None:
            return
        while self._form.rowCount():
            self._form.removeRow(0)
        self._values = {name: _plain(label(text, "", True)) for name, text in facts(document.cube)}
        for name, value in self._values.items():
            self._form.addRow(label(name, "muted"), value)
        self.contradictions.setText(_listed(document.cube.contradictions))
        self.give.setVisible(document.cube.path is not None)
        self.assumed.setText(_listed(document.cube.assumed))
        self.ignored.setText(_listed(unused_content(document.cube)))
        self.header.show_entries(document.cube.header)

    @property
    def shown(self) -> dict[str, str]:
        """Names and values of the facts shown."""
        return {name: value.text() for name, value in self._values.items()}


def facts(cube: Cube) -> list[tuple[str, str]]:
    """List the facts read from a cube as names and values; missing ones are left out."""
    rows = [
        ("Name", cube.name),
        ("File", str(cube.path or "")),
        ("Size", f"{cube.rows:,} x {cube.cols:,} pixels, {counted(cube.bands, 'band')}"),
        ("Stored as", cube.stored),
        ("Map", map_text(cube.georeference)),
        ("Sensor", cube.header.get("sensor type", "").strip("{} ")),
        ("Wavelengths", _wavelengths(cube)),
        ("Band widths", _widths(cube)),
        ("Units", units_text(cube.units)),
        ("Good bands", f"{int(cube.good_bands.sum()):,} of {cube.bands:,}"),
    ]
    return [(name, value) for name, value in rows if value]


def _wavelengths(cube: Cube) -> str:
    if cube.wavelengths_nm is None:
        return "none"
    step = np.diff(cube.wavelengths_nm)
    mean = f", mean spacing {float(step.mean()):.3g} nm" if step.size else ""
    return f"{_span(cube.wavelengths_nm)} nm{mean}"


def _widths(cube: Cube) -> str:
    return "" if cube.fwhm_nm is None else f"{_span(cube.fwhm_nm)} nm (FWHM)"


def _span(values: DoubleArray) -> str:
    low, high = f"{float(values.min()):.6g}", f"{float(values.max()):.6g}"
    return low if low == high else f"{low} to {high}"


def _listed(sentences: Sequence[str]) -> str:
    return "\n".join(f"\u2022 {sentence}" for sentence in sentences) or _NONE


def _plain(text: QLabel) -> QLabel:
    """Make a label show plain text, never markup from a header, and clip long words."""
    text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    text.setTextFormat(Qt.TextFormat.PlainText)
    return text
