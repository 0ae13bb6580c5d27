"""Colour bar of an index map, with tick values."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from focus_viewer.core.pictures.composite import Composite
from focus_viewer.core.pictures.index_colours import LEVELS, index_lookup
from focus_viewer.ui.image.colour_bar import nice_ticks
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import small_font

_WIDTH_PX = 84
_BAR_PX = 14
_LINE_PX = 16
_LEFT_PX = 8


class IndexBar(QWidget):
    """Vertical bar in the colours of an index map; hidden beside other pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(_WIDTH_PX)
        self._picture: Composite | None = None
        self.hide()

    def show_picture(self, picture: Composite | None) -> None:
        """Show the limits of an index map; hide beside other pictures."""
        is_map = picture is not None and picture.choice.index is not None
        self._picture = picture if is_map else None
        self.setVisible(self._picture is not None)
        if self._picture is not None:
            self.setToolTip(self._picture.choice.how)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw title, colours and numbers."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.WINDOW))
        picture = self._picture
        if picture is None or picture.choice.index is None:
            return
        painter.setFont(small_font())
        painter.setPen(QColor(theme.TEXT))
        title = QRectF(_LEFT_PX, 0.3 * _LINE_PX, _WIDTH_PX - _LEFT_PX, _LINE_PX)
        name = picture.choice.index.index.name
        elided = painter.fontMetrics().elidedText(
            name, Qt.TextElideMode.ElideRight, int(title.width())
        )
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, elided)
        bar = QRectF(_LEFT_PX, 2 * _LINE_PX, _BAR_PX, max(self.height() - 3.5 * _LINE_PX, 1))
        painter.drawImage(bar, _strip())
        low, high = picture.limits[0]
        if np.isfinite([low, high]).all() and low < high:
            _paint_ticks(painter, bar, low, high, picture.stretch.gamma)


def _paint_ticks(painter: QPainter, bar: QRectF, low: float, high: float, gamma: float) -> None:
    for value in nice_ticks(low, high):
        share = ((value - low) / (high - low)) ** (1 / gamma)
        y = bar.bottom() - bar.height() * share
        painter.setPen(QColor(theme.MUTED))
        painter.drawLine(int(bar.right()) + 2, round(y), int(bar.right()) + 5, round(y))
        painter.setPen(QColor(theme.TEXT))
        box = QRectF(bar.right() + 8, y - _LINE_PX / 2, _WIDTH_PX, _LINE_PX)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, f"{value:.4g}".replace("-", "−"))


def _strip() -> QImage:
    """Return the colours from the upper limit down, one pixel wide."""
    opaque = np.full((LEVELS, 4), 255, dtype=np.uint8)
    opaque[:, :3] = index_lookup()[::-1]
    return QImage(opaque.data, 1, LEVELS, 4, QImage.Format.Format_RGBA8888).copy()
