"""Overlay of annotated regions on the picture: outlines, names, handles, and the sketch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QStaticText,
)

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.contours import pixel_contours
from focus_viewer.core.regions.handles import handles
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.regions.shapes import MaskShape, Shape, contours_of
from focus_viewer.core.typing import BoolArray, ByteArray, IntArray, Point2
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import small_font

_HANDLE_PX = 9
_FILL_ALPHA = 36
_LABEL_ROOM_PX = 3
_MOST_CORNERS = 2_000  # of a mask that is drawn with lines: more would delay every repaint
_MOST_PIXELS = 4_000_000  # of its rectangle: finding the lines in more would delay the window


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Region as it is drawn on the screen."""

    region: Annotation
    selected: bool
    shape: DrawnShape
    pen: QPen
    brush: QBrush
    label: QStaticText


class RegionOverlay(pg.GraphicsObject):  # type: ignore[misc]
    """Outlines in pixel coordinates; lines and names have the same size at every zoom."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn: dict[int, _Drawn] = {}  # hidden ones too, ready to be shown again
        self._seen: list[_Drawn] = []
        self._bounds = QRectF()
        self._alone: Shape | None = None
        self.handles = pg.ScatterPlotItem(
            symbol="s", size=_HANDLE_PX, pen=pg.mkPen(theme.HALO), brush=pg.mkBrush(theme.MARK)
        )
        self.handles.setParentItem(self)
        self.handles.setVisible(False)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_regions(self, regions: Sequence[Annotation], selected: Sequence[int]) -> None:
        """Show regions with their names; selected ones stand out, one alone has handles."""
        chosen, before = set(selected), self._drawn
        self._drawn = {
            region.id: _drawn(region, region.id in chosen, before.get(region.id))
            for region in regions
        }
        self._seen = [drawn for drawn in self._drawn.values() if not drawn.region.hidden]
        self.prepareGeometryChange()
        self._bounds = _united([drawn.shape.bounds for drawn in self._seen])
        self._show_handles([drawn.region for drawn in self._seen if drawn.selected])
        self.update()

    def _show_handles(self, chosen: Sequence[Annotation]) -> None:
        alone = chosen[0].outline if len(chosen) == 1 and not chosen[0].locked else None
        if alone is not self._alone:
            self._alone = alone
            self.handles.setData(pos=list(handles(alone)) if alone else [])
            self.handles.setVisible(alone is not None)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """Return a box around all outlines, and their names at any but the smallest sizes."""
        wide, high = self._bounds.width() / 2, self._bounds.height() / 2
        return self._bounds.adjusted(-2, -2 - high, 2 + wide, 2)

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for drawn in self._seen:
            drawn.shape.paint(painter, drawn.pen, drawn.brush)
        painter.setFont(small_font())
        ground = _ground()
        for drawn in self._seen:
            _paint_label(painter, drawn, ground)


class SketchItem(pg.GraphicsObject):  # type: ignore[misc]
    """Sketch of what is being drawn, moved or painted."""

    def __init__(self) -> None:
        super().__init__()
        self._pen = pg.mkPen(theme.ACCENT, width=2, style=Qt.PenStyle.DashLine)
        fill = QColor(theme.ACCENT)
        fill.setAlpha(110)
        self._fill = QBrush(fill)
        self._shape: DrawnShape | None = None
        self.setZValue(10)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_line(self, points: Sequence[Point2]) -> None:
        """Show a line through points (col, row); without points the sketch is hidden."""
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
        self._show(LineShape(path) if points else None)

    def show_outline(self, outline: Shape) -> None:
        """Show an outline."""
        self._show(shape_of(outline))

    def show_pixels(self, crop: MaskCrop) -> None:
        """Show pixels of the image without their edges."""
        self._show(PictureShape(crop, edges=False))

    def shift(self, cols: float, rows: float) -> None:
        """Shift what is shown."""
        self.setPos(cols, rows)

    @property
    def visible_bounds(self) -> QRectF:
        """Box around the sketch, in the picture's coordinates; empty without one."""
        return self._shape.bounds.translated(self.pos()) if self._shape else QRectF()

    def _show(self, shape: DrawnShape | None) -> None:
        self.prepareGeometryChange()
        self._shape = shape
        self.setPos(0, 0)
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """Return a box around the sketch."""
        return self._shape.bounds.adjusted(-2, -2, 2, 2) if self._shape else QRectF()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw."""
        if self._shape is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            lines = isinstance(self._shape, LineShape)
            self._shape.paint(painter, self._pen, QBrush() if lines else self._fill)


def _drawn(region: Annotation, selected: bool, before: _Drawn | None) -> _Drawn:
    """Return a region as it is drawn; unchanged parts are reused."""
    if before is not None and before.region is region and before.selected == selected:
        return before
    same = before is not None and before.region.outline == region.outline
    shape = before.shape if before and same else shape_of(region.outline)
    label = QStaticText(region.name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.prepare(font=small_font())
    return _Drawn(region, selected, shape, *_look(region, selected), label)


def _look(region: Annotation, selected: bool) -> tuple[QPen, QBrush]:
    style = Qt.PenStyle.DotLine if region.locked else Qt.PenStyle.SolidLine
    pen = pg.mkPen(
        theme.MARK if selected else region.colour, width=3 if selected else 2, style=style
    )
    fill = QColor(region.colour)
    fill.setAlpha(2 * _FILL_ALPHA if selected else _FILL_ALPHA)
    return pen, QBrush(fill)


def _paint_label(painter: QPainter, drawn: _Drawn, ground: QColor) -> None:
    """Draw the name above the upper left corner, in the same size at every zoom."""
    zoom = painter.worldTransform()
    painter.save()
    painter.translate(drawn.shape.bounds.topLeft())
    painter.scale(1 / zoom.m11(), 1 / zoom.m22())
    size = drawn.label.size()
    room = _LABEL_ROOM_PX
    box = QRectF(0, -size.height() - 2, size.width() + 2 * room, size.height() + 2)
    painter.fillRect(box, ground)
    painter.setPen(QColor(drawn.region.colour))
    painter.drawStaticText(QPointF(room, -size.height() - 1), drawn.label)
    painter.restore()


def _ground() -> QColor:
    ground = QColor(theme.HALO)  # on the picture, in any theme
    ground.setAlpha(204)
    return ground


def _united(all_bounds: Sequence[QRectF]) -> QRectF:
    bounds = QRectF()
    for box in all_bounds:
        bounds = bounds.united(box)
    return bounds


@dataclass(frozen=True, eq=False)
class LineShape:
    """Shape drawn with lines, in pixels of the image, without holes."""

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
    indexed.setColorTable([0, *colours])
    return indexed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
