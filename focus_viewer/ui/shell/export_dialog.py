"""Export dialog: data, format and file to write."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.documents.export_request import FORMATS, ExportKind, FileFormat
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.export import Exports
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_WIDTH_PX = 560


class ExportDialog(QDialog):
    """Dialog to choose and export data of the active document, first into the given folder."""

    def __init__(
        self, session: Session, exports: Exports, folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._exports = exports
        self._folder = folder
        self.setWindowTitle("Export data")
        self.setMinimumWidth(_WIDTH_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        choices = exports.choices()
        self.kinds = {choice.kind: QRadioButton(choice.title) for choice in choices}
        self.reasons = {choice.kind: label("", "muted") for choice in choices}
        self.formats = QComboBox()
        self.summary = label("", wrapped=True)
        self.write = button("Choose the file...", "primary")
        self.cancel = button("Cancel", "secondary")
        self._lay_out()
        letter_controls(self)
        self._connect()
        self._show_choices()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(2 * theme.GAP_PX)
        column.addWidget(label("Data", "subheading"))
        column.addLayout(self._build_kinds())
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        title = label("Format", "subheading")
        title.setBuddy(self.formats)
        form.addRow(title, self.formats)
        column.addLayout(form)
        column.addWidget(self.summary)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.write)
        column.addLayout(row)
        # Three lines for every choice, so that the buttons do not move.
        self.summary.setMinimumHeight(3 * self.summary.fontMetrics().lineSpacing() + 4)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def _build_kinds(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(theme.GAP_PX)
        self._group = QButtonGroup(self)
        for row, (kind, radio) in enumerate(self.kinds.items()):
            self._group.addButton(radio)
            grid.addWidget(radio, row, 0)
            grid.addWidget(self.reasons[kind], row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._show_formats)
        self.formats.currentIndexChanged.connect(self._show_summary)
        self.write.clicked.connect(self._write)
        self.cancel.clicked.connect(self.reject)
        self._session.changed.connect(self._on_changed)

    def done(self, result: int) -> None:
        """Close and disconnect from the session."""
        self._session.changed.disconnect(self._on_changed)
        super().done(result)

    @property
    def kind(self) -> ExportKind | None:
        """Chosen data, if it can be exported."""
        radios = self.kinds.items()
        chosen = (kind for kind, radio in radios if radio.isChecked() and radio.isEnabled())
        return next(chosen, None)

    @property
    def format(self) -> FileFormat | None:
        """Chosen format."""
        return None if self.kind is None else FORMATS[self.kind][self.formats.currentIndex()]

    # State to widgets

    def _on_changed(self, change: Change) -> None:
        if change.touched(_exported):
            self._show_choices()

    def _show_choices(self) -> None:
        choices = self._exports.choices()
        for choice in choices:
            self.kinds[choice.kind].setEnabled(not choice.reason)
            self.reasons[choice.kind].setText(choice.reason)
        possible = [choice.kind for choice in choices if not choice.reason]
        if self.kind is None and possible:
            self.kinds[possible[0]].setChecked(True)
            self._show_formats()
        self._show_summary()

    def _show_formats(self) -> None:
        with QSignalBlocker(self.formats):
            self.formats.clear()
            for form in FORMATS[self.kind] if self.kind else ():
                companion = f" and {form.companion}" if form.companion else ""
                self.formats.addItem(f"{form.title}  ({form.suffix}{companion})")
        self._show_summary()

    def _show_summary(self) -> None:
        kind, form = self.kind, self.format
        self.write.setEnabled(form is not None)
        self.formats.setEnabled(form is not None)
        empty = "There is no data to export yet."
        self.summary.setText(self._exports.description(kind, form.key) if kind and form else empty)

    # Widgets to state

    def _write(self) -> None:
        kind, form = self.kind, self.format
        if kind is None or form is None:
            return
        path = ask_path(self, self._folder / self._exports.suggested(kind, form.key), form)
        if path is not None:
            self._exports.write(path, kind, form.key)
            self.accept()


def ask_path(parent: QWidget, suggested: Path, form: FileFormat) -> Path | None:
    """Prompt for a path; the suffix is added before the dialog checks for an existing file."""
    dialog = QFileDialog(parent, "Export data", str(suggested.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(f"{form.title} (*{form.suffix})")
    dialog.setDefaultSuffix(form.suffix.removeprefix("."))
    dialog.selectFile(suggested.name)
    return Path(dialog.selectedFiles()[0]) if dialog.exec() else None


def _exported(state: State) -> object:
    return (
        state.documents.active,
        state.jobs.explaining,
        state.view.display,
        state.documents.items,
        state.view.window_nm,
    )
