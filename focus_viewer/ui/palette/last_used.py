"""Last used commands of the palette, kept in the settings."""

from __future__ import annotations

from PySide6.QtCore import QSettings

_KEY = "palette/last_used"
_MOST = 20


class LastUsed:
    """Names of the commands that were run from the palette, the latest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def keys(self) -> list[str]:
        """Return the names, the latest first."""
        stored = self._settings.value(_KEY, [])
        if isinstance(stored, str):  # a list of one is stored as its element
            return [stored]
        return [str(key) for key in stored] if isinstance(stored, list) else []

    def add(self, key: str) -> None:
        """Put a command first."""
        rest = [known for known in self.keys() if known != key]
        self._settings.setValue(_KEY, [key, *rest][:_MOST])
