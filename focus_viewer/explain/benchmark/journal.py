"""Figures on disk as they are measured, so that a run that was broken off goes on."""

from __future__ import annotations

import json
from pathlib import Path

Key = tuple[int, str, str]
"""Seed, method, and scene or "cost"."""


class Journal:
    """Lines of a file, one a method and scene.

    Parameters
    ----------
    path : Path
    order : str
        What was asked for; the lines of another order are thrown away.
    """

    def __init__(self, path: Path, order: str) -> None:
        self._path = path
        self.figures: dict[Key, dict[str, float]] = {}
        if not self._read(order):
            path.write_text(json.dumps(order) + "\n", encoding="utf-8")

    def _read(self, order: str) -> bool:
        if not self._path.exists():
            return False
        lines = self._path.read_text(encoding="utf-8").splitlines()
        if not lines or lines[0] != json.dumps(order):
            return False
        for line in lines[1:]:
            if not line.endswith("]"):  # cut short when the run was broken off
                break
            seed, method, what, figures = json.loads(line)
            self.figures[seed, method, what] = figures
        return True

    def add(self, key: Key, figures: dict[str, float]) -> None:
        """Keep figures."""
        self.figures[key] = figures
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([*key, figures]) + "\n")

    def close(self) -> None:
        """The run is complete: its parts are not needed any more."""
        self._path.unlink()
