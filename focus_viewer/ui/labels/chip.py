"""Chip with the classes of a cube, on its tab."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.ui.widgets import theme

_MOST_LETTERS = 18


class Chip(QToolButton):
    """Button with the classes of a cube, else its groups, in the colour of the first class."""

    def __init__(self, labels: CubeLabels, colours: Mapping[str, str]) -> None:
        super().__init__()
        self.labels, self.colour = labels, colour_of(labels, colours)
        self.setObjectName("chip")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        groups = ", ".join(f"{name} {value}" for name, value in labels.groups.items())
        self.setText(_short(labels.text or groups))
        self.setStyleSheet(
            f"QToolButton#chip {{ color: {self.colour}; border-color: {self.colour}; }}"
        )
        parts = [f"Class: {labels.text}" if labels.text else "No class", groups]
        self.setToolTip("\n".join((*filter(None, parts), "Click to change (L)")))


def colour_of(labels: CubeLabels, colours: Mapping[str, str]) -> str:
    """Return the colour of labels."""
    return colours.get(labels.classes[0], theme.TEXT) if labels.classes else theme.MUTED


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"
