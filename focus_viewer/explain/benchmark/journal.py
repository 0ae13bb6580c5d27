"""Journal of measured figures on disk, from which an interrupted run resumes."""

from __future__ import annotations

import json
from pathlib import Path

from focus_viewer.core.saliency.metric_names import with_current_names

Key = tuple[int, str, str]
"""Seed, method, and scene or "cost"."""


class Journal:
    """Lines of a file, one a method and scene.

    Parameters
    ----------
    order : str
        What was asked for; the lines of another order are thrown away.
    """

    def __init__(self, path: Path, order: str) -> None:
        self._path = path
        self.figures: dict[Key, dict[str, float]] = {}
        kept = self._read(order)
        # Written anew: what comes next must not be added to a line that was cut short.
        path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def _read(self, order: str) -> list[str]:
        """Read the figures of complete lines; return the lines to keep."""
        head = json.dumps(order)
        lines = self._path.read_text(encoding="utf-8").split("\n") if self._path.exists() else []
        if not lines or lines[0] != head:
            return [head]
        whole = lines[1:-1]  # behind the last line break: nothing, or what was being written
        for line in whole:
            seed, method, what, figures = json.loads(line)
            self.figures[seed, method, what] = with_current_names(figures)
        return [head, *whole]

    def add(self, key: Key, figures: dict[str, float]) -> None:
        """Store figures."""
        self.figures[key] = figures
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([*key, figures]) + "\n")

    def discard(self) -> None:
        """Delete the file, once the run is complete and its figures are printed."""
        self._path.unlink()
