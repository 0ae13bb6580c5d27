"""Toolbar of drawing tools beside the picture, with icons painted from lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QToolButton, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.selection import Tool
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets import theme

_SIZE_PX = 20
_BUTTON_PX, _GAP_PX, _BELOW_PX = QSize(34, 32), 3, 4
_ROWS = (9, 5, 3, 2)  # in one column, two, three or five
_SCALE = 3  # sharp on dense screens
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
    """Buttons that choose what the mouse does on the picture: a column, or more if it is low."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(theme.GAP_PX, 2, 2, _BELOW_PX)
        self._grid.setSpacing(_GAP_PX)
        self._grid.setRowStretch(len(TOOLS), 1)
        self._group = QButtonGroup(self)
        self.buttons: dict[Tool, QToolButton] = {}
        for tool, (name, key, hint) in TOOLS.items():
            button = _button(tool, f"<b>{name}</b> ({key})<br>{hint}")
            button.clicked.connect(lambda _=False, tool=tool: session.selection.choose_tool(tool))
            button.setAccessibleName(name)
            self._group.addButton(button)
            self.buttons[tool] = button
        self._arrange()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for the most columns."""
        return QSize(super().minimumSizeHint().width(), _height(_ROWS[-1]))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Arrange the buttons for another height."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        fitting = (rows for rows in _ROWS if self.height() >= _height(rows))
        rows = next(fitting, _ROWS[-1])
        if rows == self._rows:
            return
        self._rows = rows
        for place, button in enumerate(self.buttons.values()):
            self._grid.addWidget(button, place % rows, place // rows)

    def show_theme(self) -> None:
        """Draw the icons in the colours of the theme in use."""
        for tool, button in self.buttons.items():
            button.setIcon(tool_icon(tool))

    def chosen(self, state: State) -> QToolButton:
        """Return the button of the chosen tool."""
        return self.buttons[state.selection.tool]

    def show_state(self, state: State) -> None:
        """Show which tool is chosen."""
        self.buttons[state.selection.tool].setChecked(True)


def _height(rows: int) -> int:
    return 2 + rows * (_BUTTON_PX.height() + _GAP_PX) + _BELOW_PX


def _button(tool: Tool, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(tool_icon(tool))
    button.setIconSize(QSize(20, 20))
    button.setFixedSize(_BUTTON_PX)
    button.setCheckable(True)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the keys stay where they were clicked
    return button


def tool_icon(tool: Tool) -> QIcon:
    """Return the icon of a tool."""
    picture = QPixmap(_SIZE_PX * _SCALE, _SIZE_PX * _SCALE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_SCALE, _SCALE)
    painter.setPen(
        QPen(
            QColor(theme.TEXT),
            1.6,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
    )
    _DRAWN[tool](painter)
    painter.end()
    return QIcon(picture)


def _look(painter: QPainter) -> None:
    """Draw cross hairs."""
    painter.drawEllipse(QRectF(5.5, 5.5, 9, 9))
    for start, end in (((10, 2), (10, 7)), ((10, 13), (10, 18)), ((2, 10), (7, 10))):
        painter.drawLine(QPointF(*start), QPointF(*end))
    painter.drawLine(QPointF(13, 10), QPointF(18, 10))


def _edit(painter: QPainter) -> None:
    """Draw an arrow."""
    corners = ((5, 3), (5, 16), (8.5, 12.8), (11, 17.5), (13, 16.5), (10.7, 11.9), (15, 11.5))
    painter.setBrush(QColor(theme.TEXT))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _rectangle(painter: QPainter) -> None:
    painter.drawRect(QRectF(3, 5, 14, 10))


def _ellipse(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(2.5, 5, 15, 10))


def _polygon(painter: QPainter) -> None:
    corners = ((3, 8), (10, 3), (17, 8), (14.5, 16.5), (6, 15))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _freehand(painter: QPainter) -> None:
    path = QPainterPath(QPointF(4, 14))
    path.cubicTo(QPointF(0, 4), QPointF(10, 1), QPointF(11, 6))
    path.cubicTo(QPointF(12, 11), QPointF(19, 5), QPointF(16, 13))
    path.cubicTo(QPointF(14, 18), QPointF(7, 18), QPointF(4, 14))
    painter.drawPath(path)


def _brush(painter: QPainter) -> None:
    painter.drawLine(QPointF(17, 3), QPointF(9.5, 11))
    painter.setBrush(QColor(theme.TEXT))
    path = QPainterPath(QPointF(9, 10.5))
    path.cubicTo(QPointF(5, 10.5), QPointF(6, 15), QPointF(3, 16.5))
    path.cubicTo(QPointF(7, 18), QPointF(11, 16), QPointF(10.5, 12))
    painter.drawPath(path)


def _wand(painter: QPainter) -> None:
    painter.drawLine(QPointF(4, 16.5), QPointF(11.5, 9))
    for angle_deg in range(0, 360, 60):
        painter.save()
        painter.translate(13.5, 6.5)
        painter.rotate(angle_deg)
        painter.drawLine(QPointF(2.6, 0), QPointF(4.6, 0))
        painter.restore()


def _point(painter: QPainter) -> None:
    painter.setBrush(QColor(theme.TEXT))
    painter.drawEllipse(QRectF(7.5, 7.5, 5, 5))


_DRAWN: dict[Tool, Callable[[QPainter], None]] = {
    "look": _look,
    "edit": _edit,
    "rectangle": _rectangle,
    "ellipse": _ellipse,
    "polygon": _polygon,
    "freehand": _freehand,
    "brush": _brush,
    "wand": _wand,
    "point": _point,
}
