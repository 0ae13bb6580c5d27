"""Banners laid over the lower edge of a widget: what they come and go over does not move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

_ASIDE_PX = 8
_BELOW_PX = 28  # the pixel's values are read there


class Overlaid(QWidget):
    """Column of banners, as high as those that are visible.

    Parameters
    ----------
    under : QWidget
        What they cover; beside it in the same parent, so that its own pages stay below.
    """

    def __init__(self, under: QWidget, *banners: QWidget) -> None:
        super().__init__(under.parentWidget())
        self._under = under
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_ASIDE_PX // 2)
        self._banners = banners
        for banner in banners:
            column.addWidget(banner)
            banner.installEventFilter(self)
        self._later = QTimer(self, singleShot=True, interval=0)  # once all have changed
        self._later.timeout.connect(self._place)
        under.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follow the widget below, and banners that come, go or get another text."""
        if not self.__dict__:  # Python has collected this, and Qt is taking down the window
            return False
        kinds = QEvent.Type
        moved = watched is self._under and event.type() in (kinds.Resize, kinds.Move)
        if moved or event.type() in (kinds.ShowToParent, kinds.HideToParent):
            self._place()
        elif event.type() == kinds.LayoutRequest:
            self._later.start()
        return False

    def _place(self) -> None:
        shown = [banner for banner in self._banners if not banner.isHidden()]
        self.setVisible(bool(shown))
        if not shown:
            return
        under = self._under.geometry()
        width = under.width() - 2 * _ASIDE_PX
        column = self._column
        column.activate()
        height = max(column.totalHeightForWidth(width), column.totalMinimumSize().height())
        top = max(under.bottom() - _BELOW_PX - height, under.top())
        self.setGeometry(under.left() + _ASIDE_PX, top, width, height)
        self.raise_()
