"""Toolbar of drawing tools beside the picture."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.selection import Tool
from focus_viewer.session.state.state import State
from focus_viewer.ui.drawing.icons import tool_icon
from focus_viewer.ui.widgets import theme

TOOLS: Final[dict[Tool, tuple[str, str, str]]] = {
    "look": ("Look", "V", "Point at pixels, click to keep a spectrum, drag to move the image"),
    "edit": ("Select", "S", "Click a region; drag it or its handles; Ctrl adds to the selection"),
    "rectangle": ("Rectangle", "R", "Drag from corner to corner"),
    "ellipse": ("Ellipse", "O", "Drag from corner to corner"),
    "polygon": ("Polygon", "P", "Click its corners; Enter or a double click closes it"),
    "freehand": ("Freehand", "F", "Drag around the region"),
    "brush": ("Brush", "B", "Paint a region, or continue the selected painted one; Ctrl erases"),
    "wand": (
        "Magic wand",
        "W",
        "Click for similar connected pixels; drag sideways for more or fewer; Ctrl adds",
    ),
    "point": ("Point", "T", "Click a pixel"),
}
"""Name, key and hint of each tool that can be chosen."""


class RegionTools(QWidget):
    """Column of buttons that choose what the mouse does on the picture."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_PX, 2, 2, theme.GAP_PX)
        column.setSpacing(3)
        self._group = QButtonGroup(self)
        self.buttons: dict[Tool, QToolButton] = {}
        for tool, (name, key, hint) in TOOLS.items():
            button = _button(tool, f"<b>{name}</b> ({key})<br>{hint}")
            button.clicked.connect(lambda _=False, tool=tool: session.selection.choose_tool(tool))
            button.setAccessibleName(name)
            self._group.addButton(button)
            self.buttons[tool] = button
            column.addWidget(button)
        column.addStretch(1)

    def show_state(self, state: State) -> None:
        """Show which tool is chosen."""
        self.buttons[state.selection.tool].setChecked(True)


def _button(tool: Tool, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(tool_icon(tool))
    button.setIconSize(QSize(20, 20))
    button.setFixedSize(34, 32)
    button.setCheckable(True)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
