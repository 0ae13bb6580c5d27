"""Sizes of windows, within the screen that they open on."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

_FRAME_PX = QSize(16, 40)  # title bar and edges, which are not known before it is shown


def room_for(window: QWidget) -> QSize:
    """Return the largest size that a window can have on its screen, or on that of its parent."""
    parent = window.parentWidget()
    screen = (parent or window).screen()
    return screen.availableGeometry().size() - _FRAME_PX


def fit(window: QWidget, wide: int, high: int) -> None:
    """Give a window this size, or what the screen has."""
    window.resize(QSize(wide, high).boundedTo(room_for(window)))
