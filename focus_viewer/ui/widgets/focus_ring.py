"""Focus ring: a frame over a view that has the keyboard's focus."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from focus_viewer.ui.widgets import theme

_WIDTH_PX = 2
_BY_POINTER: Final = frozenset((Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason))


class FocusRing(QWidget):
    """Frame over a view, shown while the view has a focus that did not come by the mouse.

    Parameters
    ----------
    view : QWidget
        Whose focus is followed.
    around : QWidget or None
        What the frame surrounds; the view itself if None.
    """

    def __init__(self, view: QWidget, around: QWidget | None = None) -> None:
        self._view, self._around = view, around or view
        super().__init__(self._around)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        view.installEventFilter(self)
        if self._around is not view:
            self._around.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follow the focus of the view, and the size of what is surrounded."""
        if not self.__dict__:  # Python has collected the ring, and Qt is taking down the view
            return False
        if watched is self._view and isinstance(event, QFocusEvent):
            by_keys = event.gotFocus() and event.reason() not in _BY_POINTER
            self.setVisible(by_keys or (event.gotFocus() and self.isVisible()))
        if event.type() == QEvent.Type.Resize and watched is self._around:
            self.setGeometry(self._around.rect())
        if self.isVisible():
            self.raise_()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Cover the view."""
        self.setGeometry(self._around.rect())
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the frame within the view."""
        painter = QPainter(self)
        painter.setPen(QPen(QColor(theme.ACCENT), _WIDTH_PX))
        inset = _WIDTH_PX // 2
        painter.drawRect(self.rect().adjusted(inset, inset, -inset, -inset))
