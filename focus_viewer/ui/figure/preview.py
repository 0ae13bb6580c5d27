"""Preview of the page: a picture that keeps its proportions."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from focus_viewer.ui.widgets import theme

_MARGIN_PX: Final = 14
_HINT: Final = QSize(620, 720)


class FigurePreview(QWidget):
    """Widget that paints a page in the middle, as large as fits.

    Attributes
    ----------
    image : QImage
        Null without a page.
    notice : str
        Shown instead of a page.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.notice = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 320)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for a page."""
        return _HINT

    def show_page(self, png: bytes) -> None:
        """Show a page."""
        self.image = QImage.fromData(png)
        self.update()

    def show_notice(self, notice: str) -> None:
        """Show a notice instead of a page."""
        self.image, self.notice = QImage(), notice
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the page, or the notice."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        if self.image.isNull():
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.notice)
            return
        ratio = self.devicePixelRatioF()
        target = self._page()
        size = QSize(round(target.width() * ratio), round(target.height() * ratio))
        # Once to the size wanted, smoothly: a painter would skip pixels, and with them hairlines.
        smooth = Qt.TransformationMode.SmoothTransformation
        page = self.image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        painter.drawImage(target, page)

    def _page(self) -> QRectF:
        """Return the rectangle of the page."""
        room = self.rect().adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        size = self.image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = room.x() + (room.width() - size.width()) / 2
        top = room.y() + (room.height() - size.height()) / 2
        return QRectF(round(left), round(top), size.width(), size.height())
