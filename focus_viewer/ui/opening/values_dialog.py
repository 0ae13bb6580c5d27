"""Dialog to give or correct wavelengths, units, scale and no-data value of an open cube."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.advice import VALUES_COMMAND
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.settings import as_read, preprocessing_of
from focus_viewer.core.spectra.sample_spectra import SampleSpectra
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change
from focus_viewer.session.tasks.cube_values import CubeValues, with_same_bands
from focus_viewer.ui.opening.spectrum_preview import SpectrumPreview
from focus_viewer.ui.opening.value_controls import ValueControls
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

T = TypeVar("T")

_SETTLE_MS = 150
_RED_EDGE_NM = 690.0, 740.0
_SIZE_PX = (1000, 600)
_CONTROLS_PX = 400
_PREVIEW_PX = (480, 220)
_MESSAGE_LINES = 3
_ABOUT = (
    "What the file does not say, or says wrongly. It is not changed: what you give here is "
    "remembered for it and saved with the project. Regions and pins stay."
)
_KEY = (
    "<span style='color:{colour}'>Blue:</span> mean of the pixels with the strongest "
    "contrast between bands, as leaves have. Grey: mean of all."
)


class ValuesDialog(QDialog):
    """Dialog for the values of a document's cube, with its spectra on the given wavelengths."""

    def __init__(
        self, session: Session, tasks: CubeValues, document: Document, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self.document = document
        self._open = True
        self.busy = False
        self.setWindowTitle(VALUES_COMMAND)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.controls = ValueControls()
        self.spectra = SpectrumPreview()
        self.key = label(_KEY.format(colour=theme.ACCENT), "muted", wrapped=True)
        self.message = label("", wrapped=True)
        self._others = with_same_bands(session.state, document)
        cubes = counted(len(self._others), "other open cube")
        self.also = QCheckBox(f"Also for {cubes} with the same bands")
        self.also.setVisible(bool(self._others))
        self.apply = button("Apply", "primary")
        self.apply.setDefault(True)
        self.cancel = button("Cancel", "secondary")
        self.cancel.setAutoDefault(False)
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._lay_out()
        letter_controls(self)
        self._connect()
        cube, sensor = as_read(document.cube), preprocessing_of(document.cube).sensor
        self.controls.show_file(_source(cube), cube.bands, cube.choice, sensor)
        self.controls.wavelengths.setFocus()

    def _lay_out(self) -> None:
        fit(self, *_SIZE_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(2 * theme.GAP_PX)
        column.addWidget(label(f"{VALUES_COMMAND} of {self.document.cube.name}", "subheading"))
        column.addWidget(label(_ABOUT, "muted", wrapped=True))
        middle = QHBoxLayout()
        middle.setSpacing(24)
        left, right = QVBoxLayout(), QVBoxLayout()
        self.controls.setFixedWidth(_CONTROLS_PX)
        left.addWidget(self.controls)
        left.addStretch(1)
        right.setSpacing(theme.GAP_PX)
        self.spectra.setMinimumSize(*_PREVIEW_PX)
        right.addWidget(self.spectra, 1)
        right.addWidget(self.key)
        right.addWidget(self._message_space())
        middle.addLayout(left)
        middle.addLayout(right, 1)
        column.addLayout(middle, 1)
        row = QHBoxLayout()
        row.addWidget(self.also)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.apply)
        column.addLayout(row)

    def _message_space(self) -> QWidget:
        """Return space for the longest message, so that the layout does not move."""
        space = QWidget()
        column = QVBoxLayout(space)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.message)
        column.addStretch(1)
        line = self.message.fontMetrics().lineSpacing()
        space.setFixedHeight((_MESSAGE_LINES + 1) * line)
        return space

    def _connect(self) -> None:
        self._timer.timeout.connect(self._request_preview)
        self.controls.changed.connect(self._update_preview)
        self.controls.table_requested.connect(self._read_table)
        self.apply.clicked.connect(self._on_apply)
        self.cancel.clicked.connect(self.reject)
        self._session.changed.connect(self._on_changed)

    # Preview

    def _update_preview(self) -> None:
        """Preview the given values after a short delay."""
        values = self.controls.values
        self._tasks.drop_preview()
        # Values are applied without waiting for their preview; what cannot be is said then too.
        self.apply.setEnabled(not isinstance(values, str) and not self.busy)
        if isinstance(values, str):
            self._timer.stop()
            self.spectra.clear_spectra()
            self._show_message(values)
        else:
            self._show_message("Reading...")
            self._timer.start()

    def _request_preview(self) -> None:
        values = self.controls.values
        if isinstance(values, str):
            return

        def if_same(show: Callable[[T], None]) -> Callable[[T], None]:
            """Show what was found unless other values are given by now."""
            return lambda found: (
                show(found) if self._open and self.controls.values == values else None
            )

        shown, refused = if_same(self._show_preview), if_same(self._show_error)
        self._tasks.preview(self.document, values, shown, refused)

    def _show_preview(self, spectra: SampleSpectra) -> None:
        if self._open and not self.busy:
            self.apply.setEnabled(True)
            self.spectra.show_spectra(spectra)
            self._show_message(_finding(spectra), "" if _is_leaf_like(spectra) else "warning")

    def _show_error(self, reason: str) -> None:
        if self._open:
            self.busy = False
            self.apply.setEnabled(False)
            self.spectra.clear_spectra()
            self._show_message(reason, "warning")

    def _show_message(self, text: str, kind: str = "") -> None:
        self.message.setObjectName(kind)
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.message.setText(text)

    def _read_table(self, path: Path) -> None:
        self._tasks.read_wavelengths(path, lambda read: self._take_table(path, read))

    def _take_table(self, path: Path, read: tuple[float, ...] | str) -> None:
        if self._open:
            self.controls.take_table(path, read)

    # Application

    def _on_apply(self) -> None:
        values = self.controls.values
        if not isinstance(values, str):
            self.apply_values(values)

    def apply_values(self, values: ArrayChoice) -> None:
        """Read the cube, or all with the same bands, with the values; close when it is done."""
        self.busy = True
        self.apply.setEnabled(False)
        self._show_message("Reading...")
        documents = (self.document, *(self._others if self.also.isChecked() else ()))
        self._tasks.apply_all(documents, values, self._done, self._show_error)

    def _done(self) -> None:
        if self._open:
            self.accept()

    def done(self, result: int) -> None:
        """Close the dialog and disconnect from the session."""
        self._open = False
        self._timer.stop()
        self._tasks.drop_preview()
        self._session.changed.disconnect(self._on_changed)
        super().done(result)

    def _on_changed(self, change: Change) -> None:
        closed = change.after.find(self.document.id) is None
        if closed and change.touched(lambda state: state.documents.items):
            self.reject()


def _source(cube: Cube) -> str:
    """Return what is known of the wavelengths in a cube's file."""
    said = cube.choice is not None and cube.choice.wavelengths_nm is not None
    if said:
        return "As given in the file"
    if cube.wavelengths_nm is None:
        return "None in the file"
    low, high = float(np.min(cube.wavelengths_nm)), float(np.max(cube.wavelengths_nm))
    return f"From the file: {low:.6g} to {high:.6g} nm"


def _finding(spectra: SampleSpectra) -> str:
    """Return what the spectra show, for people to compare with what leaves show."""
    rise = spectra.steepest_rise_nm
    if not spectra.has_wavelengths:
        return "Without wavelengths nothing can be explained, and no index is computed."
    if rise is None:
        return "The marks show where leaves absorb; their steep rise is the red edge."
    if _is_leaf_like(spectra):
        return f"The blue spectrum rises most at {rise:.0f} nm, where leaves have their red edge."
    return (
        f"The blue spectrum rises most at {rise:.0f} nm. Leaves have their steepest rise, the red "
        "edge, at 690 to 740 nm: this is another surface, or the wavelengths are wrong."
    )


def _is_leaf_like(spectra: SampleSpectra) -> bool:
    """Return whether the spectra rise where those of leaves do, or say nothing of it."""
    rise = spectra.steepest_rise_nm
    return rise is None or _RED_EDGE_NM[0] <= rise <= _RED_EDGE_NM[1]
