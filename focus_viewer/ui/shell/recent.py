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
        """All of them: a disk that may be far away is not asked whether they are still there."""
        return [Path(text) for text in json.loads(str(self._settings.value(_KEY, "[]")))]

    def clear(self) -> None:
        """Keep none."""
        self._settings.remove(_KEY)

    def add(self, path: Path) -> None:
        """Put a path first."""
        rest = [one for one in self.paths() if one != path]
        self._settings.setValue(_KEY, json.dumps([str(one) for one in [path, *rest][:_KEEP]]))
