"""Ask which data to write, in which format and into which file."""

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

_WIDTH_PX = 560


class ExportDialog(QDialog):
    """Shows what can be written of the document on the screen, and has it written.

    Parameters
    ----------
    session : Session
    exports : Exports
    folder : Path
        Where the file is looked for first.
    """

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
        self.kinds = {one.kind: QRadioButton(one.title) for one in choices}
        self.reasons = {one.kind: label("", "muted") for one in choices}
        self.formats = QComboBox()
        self.told = label("", wrapped=True)
        self.write = button("Choose the file...", "primary")
        self.cancel = button("Cancel", "secondary")
        self._lay_out()
        self._connect()
        self._show_choices()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(2 * theme.GAP_PX)
        column.addWidget(label("What", "subheading"))
        column.addLayout(self._laid_out_kinds())
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow(label("Format", "subheading"), self.formats)
        column.addLayout(form)
        column.addWidget(self.told)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.write)
        column.addLayout(row)
        # Three lines, whatever is chosen: the buttons stay under the mouse.
        self.told.setMinimumHeight(3 * self.told.fontMetrics().lineSpacing() + 4)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def _laid_out_kinds(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(theme.GAP_PX)
        self._group = QButtonGroup(self)
        for row, (kind, one) in enumerate(self.kinds.items()):
            self._group.addButton(one)
            grid.addWidget(one, row, 0)
            grid.addWidget(self.reasons[kind], row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._show_formats)
        self.formats.currentIndexChanged.connect(self._show_told)
        self.write.clicked.connect(self._write)
        self.cancel.clicked.connect(self.reject)
        self._session.changed.connect(self._on_changed)

    def done(self, result: int) -> None:
        """Close, and look at the session no more."""
        self._session.changed.disconnect(self._on_changed)
        super().done(result)

    @property
    def kind(self) -> ExportKind | None:
        """What is chosen, if it can be written."""
        chosen = (kind for kind, one in self.kinds.items() if one.isChecked() and one.isEnabled())
        return next(chosen, None)

    @property
    def format(self) -> FileFormat | None:
        """The format that is chosen."""
        return None if self.kind is None else FORMATS[self.kind][self.formats.currentIndex()]

    # State to widgets

    def _on_changed(self, change: Change) -> None:
        if change.touched(_exported):
            self._show_choices()

    def _show_choices(self) -> None:
        choices = self._exports.choices()
        for one in choices:
            self.kinds[one.kind].setEnabled(not one.reason)
            self.reasons[one.kind].setText(one.reason)
        possible = [one.kind for one in choices if not one.reason]
        if self.kind is None and possible:
            self.kinds[possible[0]].setChecked(True)
            self._show_formats()
        self._show_told()

    def _show_formats(self) -> None:
        with QSignalBlocker(self.formats):
            self.formats.clear()
            for one in FORMATS[self.kind] if self.kind else ():
                beside = f" and {one.companion}" if one.companion else ""
                self.formats.addItem(f"{one.title}  ({one.suffix}{beside})")
        self._show_told()

    def _show_told(self) -> None:
        kind, form = self.kind, self.format
        self.write.setEnabled(form is not None)
        self.formats.setEnabled(form is not None)
        nothing = "There is nothing to write yet."
        self.told.setText(self._exports.description(kind, form.key) if kind and form else nothing)

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
    """Ask for a file; its suffix is added before the user is asked about one that is there."""
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
