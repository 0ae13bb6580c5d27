"""Labels in the style sheet's kinds."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

Kind = Literal["", "muted", "small", "heading", "subheading", "stepnumber", "warning"]


def label(text: str = "", kind: Kind = "", wrapped: bool = False) -> QLabel:
    """Return a label; a wrapped label breaks its lines and lets its text be copied."""
    made = QLabel(text)
    made.setObjectName(kind)
    made.setWordWrap(wrapped)
    if wrapped:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(text: str, kind: Literal["", "primary", "secondary", "link"] = "") -> QPushButton:
    """Return a push button."""
    made = QPushButton(text)
    made.setObjectName(kind)
    return made
