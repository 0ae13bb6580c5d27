"""Dialog to choose the array of a file that is the cube, and its axes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate
from focus_viewer.core.typing import ByteArray
from focus_viewer.session.state.slices.requests import ArrayQuestion
from focus_viewer.session.tasks.array_choice import ArrayPreview, ArrayQuestions
from focus_viewer.ui.opening.array_controls import ChoiceControls
from focus_viewer.ui.opening.spectrum_preview import SpectrumPreview
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fitting import Scrolled, fit
from focus_viewer.ui.widgets.labels import label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_PICTURE_PX = 240
_WIDTH_PX = 380
_SPECTRA_PX = 150
_SUMMARY_PX = 72
_LIST_PX = (360, 120)


class ChoiceDialog(QDialog):
    """Dialog that lists the arrays of a file and previews the chosen one: a band, and spectra."""

    def __init__(
        self, question: ArrayQuestion, questions: ArrayQuestions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._question = question
        self._questions = questions
        self._pending: ArrayChoice | None = None
        self.setWindowTitle(f"Open {question.path.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.arrays = QListWidget()
        self.arrays.setAccessibleName("Arrays of the file")
        self.arrays.setMinimumSize(*_LIST_PX)
        for candidate in question.candidates:
            self.arrays.addItem(_row(candidate))
        self.controls = ChoiceControls()
        self.picture = QLabel()
        self.picture.setFixedSize(_PICTURE_PX, _PICTURE_PX)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setStyleSheet(f"background: {theme.WINDOW}; border: 1px solid {theme.EDGE};")
        self.summary = label("", "muted", wrapped=True)
        self.spectra = SpectrumPreview()
        self.spectra.setMinimumSize(_WIDTH_PX, _SPECTRA_PX)
        policy = QSizePolicy.Policy
        self.spectra.setSizePolicy(policy.Expanding, policy.Ignored)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self._lay_out()
        letter_controls(self)
        self._connect()
        fit(self, self.sizeHint().width(), self.sizeHint().height())
        names = [candidate.name for candidate in question.candidates]
        said = question.said
        self.arrays.setCurrentRow(names.index(said.array) if said and said.array in names else 0)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(2 * theme.GAP_PX)
        column.addWidget(label("Which array is the cube?", "subheading"))
        reason = self._question.reason
        column.addWidget(label(f"{self._question.path.name}: {reason}", "muted", wrapped=True))
        arrays_and_preview = QWidget()
        middle = QHBoxLayout(arrays_and_preview)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(20)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(2 * theme.GAP_PX)
        left.addWidget(self.arrays, 1)
        left.addWidget(self.controls)
        right.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        # Fixed size with space for an error of several lines, so that the layout does not move.
        self.summary.setMinimumWidth(_WIDTH_PX)
        self.summary.setFixedHeight(_SUMMARY_PX)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        right.addWidget(self.summary)
        right.addWidget(self.spectra, 1)
        middle.addLayout(left, 1)
        middle.addLayout(right)
        column.addWidget(Scrolled(arrays_and_preview), 1)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.arrays.currentRowChanged.connect(self._on_array)
        self.arrays.itemDoubleClicked.connect(lambda: self._open_if_possible())
        self.controls.changed.connect(self._preview)
        self.controls.table_requested.connect(self._read_table)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    # Preview

    def _on_array(self, row: int) -> None:
        candidate, said = self._question.candidates[row], self._question.said
        same = said is not None and said.array in (None, candidate.name)
        self.controls.show_array(candidate, said if same else None)

    def _preview(self) -> None:
        """Preview the choice; Open is enabled only once it can be read."""
        choice = self.controls.choice
        if choice is None:
            return
        self._allow(False)
        self._pending = None if isinstance(choice, str) else choice
        if isinstance(choice, str):
            self.summary.setText(choice)
            return
        self.summary.setText("Reading...")

        def done(trial: ArrayPreview) -> None:
            if choice is self._pending:
                self._show(trial)

        self._questions.preview(choice, done)

    def _show(self, trial: ArrayPreview) -> None:
        self._allow(trial.picture is not None)
        self.summary.setText(trial.description)
        if trial.picture is None or trial.spectra is None:
            self.picture.clear()
            self.spectra.clear_spectra()
        else:
            self.picture.setPixmap(_pixmap(trial.picture))
            self.spectra.show_spectra(trial.spectra)

    def _allow(self, possible: bool) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(possible)

    def _read_table(self, path: Path) -> None:
        self._allow(False)
        self._questions.read_wavelengths(path, lambda read: self._take_table(path, read))

    def _take_table(self, path: Path, read: tuple[float, ...] | str) -> None:
        if self.isVisible():
            self.controls.values.take_table(path, read)

    # Result

    def _open_if_possible(self) -> None:
        if self.buttons.button(QDialogButtonBox.StandardButton.Open).isEnabled():
            self.accept()

    def accept(self) -> None:
        """Open the cube with the current choice."""
        choice, self._pending = self._pending, None
        super().accept()
        if choice is not None:
            self._questions.confirm(choice)

    def reject(self) -> None:
        """Cancel opening the file; open cubes stay open."""
        self._pending = None
        super().reject()
        self._questions.skip()


def _row(candidate: Candidate) -> QListWidgetItem:
    size = " x ".join(map(str, candidate.shape))
    name = candidate.name or "the only array"
    row = QListWidgetItem(f"{name.rpartition('/')[2]}   {size}   {candidate.dtype}")
    row.setToolTip(candidate.text)
    return row


def _pixmap(picture: ByteArray) -> QPixmap:
    plane = np.ascontiguousarray(picture)
    height, width = plane.shape
    image = QImage(plane.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
    return QPixmap.fromImage(image).scaled(
        _PICTURE_PX - 2,
        _PICTURE_PX - 2,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.FastTransformation,
    )
