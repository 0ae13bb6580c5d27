"""Images laid over the whole extent of a cube, at any resolution, and the heatmap among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from focus_viewer.core.typing import ByteArray, FloatArray


class LaidImage(pg.ImageItem):  # type: ignore[misc]
    """Image that covers a place whatever its resolution."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self._laid: tuple[tuple[int, ...], QRectF] | None = None

    def lay(self, image: ByteArray | FloatArray, place: QRectF, **how: Any) -> None:
        """Show an image over a place; a place that stays costs nothing."""
        self.setImage(image, autoLevels=False, **how)
        laid = (image.shape[:2], QRectF(place))
        if laid != self._laid:
            self.setRect(place)
            self._laid = laid


class HeatImage(LaidImage):
    """Heatmap, kept in the format that is drawn soonest: colours multiplied by their opacity."""

    def setOpacity(self, opacity: float) -> None:  # noqa: N802 - Qt's name
        """Set the opacity of all colours."""
        self._renderRequired |= opacity != self.opacity()
        super().setOpacity(opacity)

    def render(self) -> None:
        """Make the picture, its opacity included."""
        colours, self.lut = self.lut, _thinned(self.lut, self.opacity())
        super().render()
        self.lut = colours
        if self.qimage is not None:
            self.qimage = self.qimage.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)

    def paint(self, painter: QPainter, *how: Any) -> None:
        """Draw."""
        painter.setOpacity(1.0)  # is in the picture
        super().paint(painter, *how)


def _thinned(colours: ByteArray | None, opacity: float) -> ByteArray | None:
    if colours is None:
        return None
    thinned = colours.copy()
    thinned[:, 3] = np.round(colours[:, 3] * opacity)
    return thinned
