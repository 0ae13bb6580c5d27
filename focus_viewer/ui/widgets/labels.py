"""Labels, buttons, choices and text fields in the style sheet's kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QToolButton

Kind = Literal["", "muted", "small", "heading", "subheading", "stepnumber", "warning"]
_WORD = 20  # letters; a file's name may be longer than the panel that it stands in is wide


class _WrappedLabel(QLabel):
    """Label that breaks its lines, and is never as wide as the longest name in them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of its longest word, or of a usual word where that is less."""
        size = super().minimumSizeHint()
        size.setWidth(min(size.width(), _WORD * self.fontMetrics().averageCharWidth()))
        return size


def label(text: str = "", kind: Kind = "", wrapped: bool = False) -> QLabel:
    """Return a label; a wrapped label breaks its lines and lets its text be copied."""
    made = _WrappedLabel(text) if wrapped else QLabel(text)
    made.setObjectName(kind)
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
    made.setAccessibleName(hint)
    made.setClearButtonEnabled(True)
    return made


def without_name(reason: str, name: str) -> str:
    """Return the reason without the cube's name ahead of it, where the cube is seen anyway."""
    if not reason.startswith(f"{name}: "):
        return reason
    rest = reason.removeprefix(f"{name}: ")
    return rest[:1].upper() + rest[1:]


def choices(tip: str, options: Mapping[Any, tuple[str, str]]) -> QComboBox:
    """Return a box to choose a value by its name, each with its own hint."""
    box = QComboBox()
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    for place, (value, (name, hint)) in enumerate(options.items()):
        box.addItem(name, value)
        box.setItemData(place, hint, Qt.ItemDataRole.ToolTipRole)
    return box
