"""Paths in the settings, stored between runs as a list in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSettings


def read_paths(settings: QSettings, key: str) -> list[Path]:
    """Return stored paths; none where nothing usable is stored, or no window would open."""
    try:
        stored = json.loads(str(settings.value(key, "[]")))
    except ValueError:
        return []
    if not isinstance(stored, list):
        return []
    return [Path(text) for text in stored if isinstance(text, str)]


def write_paths(settings: QSettings, key: str, paths: Iterable[Path]) -> None:
    """Store paths."""
    settings.setValue(key, json.dumps([str(path) for path in paths]))
