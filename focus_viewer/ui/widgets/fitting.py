"""Sizes of windows, within the screen that they open on."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

_FRAME_PX = QSize(16, 40)  # title bar and edges, which are not known before it is shown


def room_for(window: QWidget) -> QSize:
    """Return the largest size that a window can have on its screen, or on that of its parent."""
    parent = window.parentWidget()
    screen = (parent or window).screen()
    return screen.availableGeometry().size() - _FRAME_PX


def fit(window: QWidget, wide: int, high: int) -> None:
    """Give a window this size, or what the screen has."""
    window.resize(QSize(wide, high).boundedTo(room_for(window)))


class Scrolled(QScrollArea):
    """Content that asks for its whole height, and scrolls where its window gets less."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        content.setObjectName("scrolled")
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls have the focus
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the content; Qt limits its own to 24 lines."""
        return self._content.sizeHint() + self._bar

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width that the content needs, and Qt's own height."""
        wide = (self._content.minimumSizeHint() + self._bar).width()
        return QSize(wide, super().minimumSizeHint().height())

    @property
    def _bar(self) -> QSize:
        return QSize(self.verticalScrollBar().sizeHint().width(), 0)
