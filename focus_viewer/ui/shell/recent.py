"""Recent files, stored between runs."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QSettings

_KEY = "recent"
_MAX_PATHS = 10


class RecentFiles:
    """List of recent paths in the settings, latest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Return all stored paths; existence is not checked, since disks may be slow."""
        return [Path(text) for text in json.loads(str(self._settings.value(_KEY, "[]")))]

    def clear(self) -> None:
        """Remove all paths."""
        self._settings.remove(_KEY)

    def add(self, path: Path) -> None:
        """Move or add a path to the top."""
        paths = [path, *(known for known in self.paths() if known != path)][:_MAX_PATHS]
        self._settings.setValue(_KEY, json.dumps([str(known) for known in paths]))
