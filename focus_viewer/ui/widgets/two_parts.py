"""Row of two parts, of which the second stands below the first where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QWidget

from focus_viewer.ui.widgets import theme

# A window with little width mostly has little height too.
_EDGE_PX, _STACKED_EDGE_PX, _BETWEEN_PX = 6, 3, 4
_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class TwoParts(QWidget):
    """Row that becomes two rows.

    Parameters
    ----------
    equal : bool
        Whether both parts share the width, without margins; else `left` takes what is left.
    """

    stacked = Signal(bool)
    """Whether there are two rows now; sent when that changes."""

    def __init__(self, equal: bool = False) -> None:
        super().__init__()
        self._equal = equal
        self.left, self.right = QHBoxLayout(), QHBoxLayout()
        self._box = QBoxLayout(_BESIDE, self)
        margins = (0, 0, 0, 0) if equal else (theme.GAP_PX, _EDGE_PX, theme.GAP_PX, _EDGE_PX)
        self._box.setContentsMargins(*margins)
        self._box.addLayout(self.left, 1)
        self._box.addLayout(self.right, 1 if equal else 0)
        for layout in (self._box, self.left, self.right):
            layout.setSpacing(theme.GAP_PX // 2 if equal else theme.GAP_PX)

    @property
    def is_stacked(self) -> bool:
        """Whether the second part is below the first."""
        return self._box.direction() == _BELOW

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of the wider part: they can stand one below the other."""
        margins = self._box.contentsMargins()
        wide = max(_width(part) for part in (self.left, self.right))
        return QSize(wide + margins.left() + margins.right(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the parts beside or below one another for another width."""
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def event(self, event: QEvent) -> bool:
        """Put them so too where a widget of them came or went."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange(self.width())
        return super().event(event)

    def _arrange(self, width: int) -> None:
        margins = self._box.contentsMargins()
        both = _width(self.left) + self._box.spacing() + _width(self.right)
        room = width - margins.left() - margins.right()
        direction = _BESIDE if both <= room else _BELOW
        if direction != self._box.direction():
            self._box.setDirection(direction)
            if not self._equal:
                self._pack(direction == _BELOW)
            self.updateGeometry()
            self.stacked.emit(self.is_stacked)

    def _pack(self, stacked: bool) -> None:
        """Leave less space around two rows than around one."""
        edge = _STACKED_EDGE_PX if stacked else _EDGE_PX
        self._box.setContentsMargins(theme.GAP_PX, edge, theme.GAP_PX, edge)
        self._box.setSpacing(_BETWEEN_PX if stacked else theme.GAP_PX)


def _width(part: QLayout) -> int:
    return part.minimumSize().width()
