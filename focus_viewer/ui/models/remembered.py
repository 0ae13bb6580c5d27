"""Folders of models, stored between runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change
from focus_viewer.ui.widgets.stored_paths import read_paths, write_paths

_KEY = "models"


class RememberedModels:
    """Folders of the user's models in the settings, following the session."""

    def __init__(self, session: Session, settings: QSettings) -> None:
        self._settings = settings
        # What is stored stays until the list changes: it is read in the background.
        session.changed.connect(self._on_changed)

    def folders(self) -> list[Path]:
        """Return all stored folders, whether they are there or not."""
        return read_paths(self._settings, _KEY)

    def _on_changed(self, change: Change) -> None:
        if change.touched(lambda state: state.models.folders):
            write_paths(self._settings, _KEY, change.after.models.folders)
