"""File field: path with buttons to choose and clear it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import button, text_field


def ask_file(parent: QWidget, title: str, folder: Path, kinds: str) -> Path | None:
    """Prompt for an existing file."""
    name, _ = QFileDialog.getOpenFileName(parent, title, str(folder), kinds)
    return Path(name) if name else None


class FileField(QWidget):
    """Field for a path, chosen in the system dialog or typed, relative to a folder.

    The title, folder and file filters are those of the dialog; `none` is shown for an empty path.
    """

    changed = Signal()

    def __init__(self, title: str, folder: Path, kinds: str, none: str = "none") -> None:
        super().__init__()
        self._title = title
        self._folder = folder
        self._kinds = kinds
        self.edit = text_field(none)
        self.edit.setAccessibleName(title)
        self.choose = button("Choose...", "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.edit, 1)
        row.addWidget(self.choose)
        self.edit.textChanged.connect(self.changed)
        self.choose.clicked.connect(self._choose)

    @property
    def path(self) -> Path | None:
        """Chosen path; relative paths start in the folder."""
        text = self.edit.text().strip()
        return self._folder / text if text else None

    def show_path(self, path: Path | None) -> None:
        """Show a path, relative to the folder where possible."""
        inside = path is not None and path.is_relative_to(self._folder)
        shown = path.relative_to(self._folder) if path is not None and inside else path
        self.edit.setText("" if shown is None else str(shown))

    def _choose(self) -> None:
        path = ask_file(self, self._title, self._folder, self._kinds)
        if path is not None:
            self.show_path(path)
