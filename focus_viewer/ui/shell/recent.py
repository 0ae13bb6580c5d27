"""Recent files, stored between runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

from focus_viewer.ui.widgets.stored_paths import read_paths, write_paths

_KEY = "recent"
_MAX_PATHS = 10


class RecentFiles(QObject):
    """List of recent paths in the settings, latest first."""

    cleared = Signal()

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings

    def paths(self) -> list[Path]:
        """Return all stored paths; existence is not checked, since disks may be slow."""
        return read_paths(self._settings, _KEY)

    def clear(self) -> None:
        """Remove all paths."""
        self._settings.remove(_KEY)
        self.cleared.emit()

    def add(self, path: Path) -> None:
        """Move or add a path to the top."""
        paths = [path, *(known for known in self.paths() if known != path)][:_MAX_PATHS]
        write_paths(self._settings, _KEY, paths)
