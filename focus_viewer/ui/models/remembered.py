"""Folders of models, stored between runs."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QSettings

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change

_KEY = "models"


class RememberedModels:
    """Folders of the user's models in the settings, following the session."""

    def __init__(self, session: Session, settings: QSettings) -> None:
        self._settings = settings
        # What is stored stays until the list changes: it is read in the background.
        session.changed.connect(self._on_changed)

    def folders(self) -> list[Path]:
        """Return all stored folders, whether they are there or not."""
        return [Path(text) for text in json.loads(str(self._settings.value(_KEY, "[]")))]

    def _on_changed(self, change: Change) -> None:
        if change.touched(lambda state: state.models.folders):
            folders = [str(folder) for folder in change.after.models.folders]
            self._settings.setValue(_KEY, json.dumps(folders))
