"""Shapes as Qt draws them: lines, or a picture if there are too many lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from focus_viewer.core.regions.contours import pixel_contours
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.regions.shapes import MaskShape, Shape, contours_of
from focus_viewer.core.typing import BoolArray, ByteArray, IntArray

_MOST_CORNERS = 2_000  # of a mask that is drawn with lines: more would delay every repaint
_MOST_PIXELS = 4_000_000  # of its rectangle: finding the lines in more would delay the window


@dataclass(frozen=True, eq=False)
class LineShape:
    """Shape drawn with lines.

    Attributes
    ----------
    path : QPainterPath
        In pixels of the image, without holes.
    """

    path: QPainterPath

    @property
    def bounds(self) -> QRectF:
        """Box around the shape."""
        return self.path.boundingRect()

    def paint(self, painter: QPainter, pen: QPen, brush: QBrush) -> None:
        """Draw it."""
        painter.setPen(pen)
        painter.setBrush(brush)
        painter.drawPath(self.path)


class PictureShape:
    """Pixels, drawn as a picture of what is visible at the resolution of the screen.

    Parameters
    ----------
    edges : bool
        Draw pixels at the edge in the colour of the pen.
    """

    def __init__(self, crop: MaskCrop, edges: bool = True) -> None:
        rows, cols = crop.inside.shape
        self.bounds = QRectF(crop.col, crop.row, cols, rows)
        self._crop = crop
        self._edges = edges
        self._look: tuple[object, ...] | None = None
        self._picture = QImage()

    def paint(self, painter: QPainter, pen: QPen, brush: QBrush) -> None:
        """Draw it."""
        zoom = abs(painter.worldTransform().m11())
        step = max(1, int(1 / zoom)) if zoom > 0 else 1
        rows, cols = self._visible(painter, step)
        colours = brush.color().rgba(), pen.color().rgba()
        look = (rows, cols, *colours)
        if look != self._look:
            self._look = look
            inside = self._crop.inside[rows, cols]
            self._picture = _picture(_kinds(inside) if self._edges else inside, colours)
        size = self._picture.width() * step, self._picture.height() * step
        target = QRectF(self._crop.col + cols.start, self._crop.row + rows.start, *size)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < 1)
        painter.drawImage(target, self._picture)

    def _visible(self, painter: QPainter, step: int) -> tuple[slice, slice]:
        """Return the visible rows and columns of the crop, every `step`-th one."""
        inverse, _ = painter.worldTransform().inverted()
        seen = inverse.mapRect(QRectF(painter.viewport())).intersected(self.bounds)
        seen.translate(-self._crop.col, -self._crop.row)
        return (
            _stepped(seen.top(), seen.bottom(), step, self._crop.inside.shape[0]),
            _stepped(seen.left(), seen.right(), step, self._crop.inside.shape[1]),
        )


DrawnShape = LineShape | PictureShape


def shape_of(outline: Shape) -> DrawnShape:
    """Return how a shape is best drawn."""
    if not isinstance(outline, MaskShape):
        return LineShape(_path_of(outline))
    inside = outline.inside
    if inside.size > _MOST_PIXELS or (
        2 * np.count_nonzero(inside[:, 1:] != inside[:, :-1]) > _MOST_CORNERS
    ):
        return PictureShape(MaskCrop(outline.row, outline.col, inside))
    corners, ends = pixel_contours(inside)
    return LineShape(_closed(corners + np.array([outline.col, outline.row]), ends))


def _path_of(outline: Shape) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in contours_of(outline):
        path.addPolygon(QPolygonF([QPointF(col, row) for col, row in ring]))
        path.closeSubpath()
    return path


def _closed(corners: IntArray, ends: IntArray) -> QPainterPath:
    """Return closed lines through corners, made without a loop over them."""
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


def _stepped(low: float, high: float, step: int, count: int) -> slice:
    """Return every `step`-th pixel of a visible span and, for the edges, one more on each side."""
    first = max(int(low) // step - 1, 0) * step
    return slice(first, max(min(int(high) + 2 * step, count), first), step)


def _picture(kinds: ByteArray | BoolArray, colours: tuple[int, int]) -> QImage:
    """Return a picture of pixels: 0 transparent, 1 and 2 in the colours."""
    rows, cols = kinds.shape
    content = np.ascontiguousarray(kinds).tobytes()
    indexed = QImage(content, cols, rows, cols, QImage.Format.Format_Indexed8)
    indexed.setColorTable([QColor(0, 0, 0, 0).rgba(), *colours])
    return indexed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
