"""The cubes opened last, kept between runs."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QSettings

_KEY = "recent"
_KEEP = 10


class RecentFiles:
    """A short list of paths, the latest first.

    Parameters
    ----------
    settings : QSettings
        Where it is kept.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Those that still exist."""
        texts = json.loads(str(self._settings.value(_KEY, "[]")))
        return [Path(text) for text in texts if Path(text).exists()]

    def add(self, path: Path) -> None:
        """Put a path first."""
        rest = [one for one in self.paths() if one != path]
        self._settings.setValue(_KEY, json.dumps([str(one) for one in [path, *rest][:_KEEP]]))
