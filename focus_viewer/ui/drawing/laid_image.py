"""Images laid over the whole extent of a cube, at any resolution, and the heatmap among them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, qRgba

from focus_viewer.core.saliency.volume import Limits
from focus_viewer.core.typing import BoolArray, ByteArray, FloatArray


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
    """Heatmap, kept in the format that is drawn soonest: colours multiplied by their opacity.

    pyqtgraph's own way takes four times as long to draw, and goes through all colours in Python.
    """

    def setOpacity(self, opacity: float) -> None:  # noqa: N802 - Qt's name
        """Set the opacity of all colours."""
        if opacity != self.opacity():
            self._renderRequired = True
            super().setOpacity(opacity)

    def render(self) -> None:
        """Make the picture; NaN is transparent."""
        numbers, unknown = colour_numbers(self.image, tuple(self.levels), len(self.lut))
        rows, cols = numbers.shape
        picture = QImage(numbers.data, cols, rows, cols, QImage.Format.Format_Indexed8)
        picture.setColorTable(_colour_table(self.lut.tobytes(), self.opacity()))
        self.qimage = picture.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        if unknown is not None:
            pixels = np.frombuffer(self.qimage.bits(), dtype=np.uint32)
            pixels.reshape(rows, cols)[unknown] = 0
        self._renderRequired = self._unrenderable = False

    def paint(self, painter: QPainter, *how: Any) -> None:
        """Draw."""
        painter.setOpacity(1.0)  # is in the picture
        super().paint(painter, *how)


def colour_numbers(
    values: FloatArray, limits: Limits, colours: int
) -> tuple[ByteArray, BoolArray | None]:
    """Return the number of each value's colour between two limits, and which values are NaN.

    Without NaN, None is returned for them.
    """
    low, high = limits
    scaled = np.subtract(values, low, dtype=np.float32)
    scaled *= colours / ((high - low) or 1)
    np.clip(scaled, 0, colours - 1, out=scaled)
    if not np.isnan(scaled.min()):
        return scaled.astype(np.uint8, order="C"), None
    return np.nan_to_num(scaled).astype(np.uint8, order="C"), np.isnan(values)


@lru_cache(maxsize=4)
def _colour_table(colours: bytes, opacity: float) -> list[int]:
    """Return colours (red, green, blue, alpha) as a picture of their numbers wants them."""
    table = np.frombuffer(colours, dtype=np.uint8).reshape(-1, 4).tolist()
    return [qRgba(red, green, blue, round(alpha * opacity)) for red, green, blue, alpha in table]
