"""Outlines as Qt draws them: lines, or a picture where there are too many lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from focus_viewer.core.regions.contours import pixel_rings
from focus_viewer.core.regions.shapes import MaskShape, Shape, rings_of
from focus_viewer.core.typing import BoolArray, ByteArray, IntArray

_MOST_CORNERS = 2_000
"""Of a painted outline that is drawn with lines, about: more would hold up every repaint."""


@dataclass(frozen=True, eq=False)
class LineShape:
    """An outline of few lines.

    Attributes
    ----------
    path : QPainterPath
        In pixels of the image, holes left out.
    """

    path: QPainterPath

    @property
    def bounds(self) -> QRectF:
        """Around the outline."""
        return self.path.boundingRect()

    def paint(self, painter: QPainter, pen: QPen, brush: QBrush) -> None:
        """Draw it."""
        painter.setPen(pen)
        painter.setBrush(brush)
        painter.drawPath(self.path)


class PictureShape:
    """Pixels, some of them at the edge.

    Parameters
    ----------
    col, row : int
        Upper left pixel.
    kinds : ByteArray, shape (rows, cols)
        0 outside, 1 inside, 2 at the edge.
    """

    def __init__(self, col: int, row: int, kinds: ByteArray) -> None:
        rows, cols = kinds.shape
        self.bounds = QRectF(col, row, cols, rows)
        form = QImage.Format.Format_Indexed8
        self._kinds = QImage(np.ascontiguousarray(kinds).tobytes(), cols, rows, cols, form).copy()
        self._look: tuple[int, int] | None = None
        self._picture = QImage()

    def paint(self, painter: QPainter, pen: QPen, brush: QBrush) -> None:
        """Draw it."""
        look = brush.color().rgba(), pen.color().rgba()
        if look != self._look:
            self._look = look
            self._kinds.setColorTable([QColor(0, 0, 0, 0).rgba(), *look])
            self._picture = self._kinds.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        small = abs(painter.worldTransform().m11()) < 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, small)
        painter.drawImage(self.bounds, self._picture)


DrawnShape = LineShape | PictureShape


def shape_of(outline: Shape) -> DrawnShape:
    """An outline as it is best drawn."""
    if not isinstance(outline, MaskShape):
        return LineShape(_path_of(outline))
    inside = outline.painted
    if 2 * np.count_nonzero(inside[:, 1:] != inside[:, :-1]) > _MOST_CORNERS:
        return PictureShape(outline.col, outline.row, _kinds(inside))
    corners, ends = pixel_rings(inside)
    return LineShape(_closed(corners + np.array([outline.col, outline.row]), ends))


def shape_of_mask(mask: BoolArray) -> DrawnShape:
    """Pixels of an image without their edges, which would take too long while they change."""
    return PictureShape(0, 0, mask.view(np.uint8))


def _path_of(outline: Shape) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in rings_of(outline):
        path.addPolygon(QPolygonF([QPointF(col, row) for col, row in ring]))
        path.closeSubpath()
    return path


def _closed(corners: IntArray, ends: IntArray) -> QPainterPath:
    """Closed lines through corners, made without a loop over them."""
    starts = np.append(0, ends[:-1])
    points = np.insert(corners, ends, corners[starts], axis=0).astype(np.float64)
    goes_on = np.ones(len(points), dtype=np.int32)
    goes_on[ends + np.arange(ends.size)] = 0
    path: QPainterPath = pg.arrayToQPath(points[:, 0], points[:, 1], connect=goes_on)
    path.setFillRule(Qt.FillRule.OddEvenFill)
    return path


def _kinds(inside: BoolArray) -> ByteArray:
    padded = np.pad(inside, 1)
    deep = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return inside.astype(np.uint8) + (inside & ~deep)
