"""Labels, buttons and text fields in the style sheet's kinds."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton

Kind = Literal["", "muted", "small", "heading", "subheading", "stepnumber", "warning"]


def label(text: str = "", kind: Kind = "", wrapped: bool = False) -> QLabel:
    """Return a label; a wrapped label breaks its lines and lets its text be copied."""
    made = QLabel(text)
    made.setObjectName(kind)
    made.setWordWrap(wrapped)
    if wrapped:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(
    text: str, kind: Literal["", "primary", "secondary", "link"] = "", tip: str = ""
) -> QPushButton:
    """Return a push button."""
    made = QPushButton(text)
    made.setObjectName(kind)
    made.setToolTip(tip)
    return made


def tool_button(text: str, tip: str, checkable: bool = False) -> QToolButton:
    """Return a tool button with a text."""
    made = QToolButton()
    made.setText(text)
    made.setToolTip(tip)
    made.setCheckable(checkable)
    return made


def text_field(hint: str) -> QLineEdit:
    """Return a field for text that shows a hint while it is empty, and can be cleared."""
    made = QLineEdit()
    made.setPlaceholderText(hint)
    made.setClearButtonEnabled(True)
    return made
