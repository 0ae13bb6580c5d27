"""Overlay of annotated regions on the picture: outlines, names, handles, and the sketch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF, QStaticText

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.handles import handles
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.typing import Point2
from focus_viewer.ui.drawing.shapes import DrawnShape, LineShape, PictureShape, shape_of
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import small_font

_HANDLE_PX = 9
_FILL_ALPHA = 36
_LABEL_ROOM_PX = 3


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
            symbol="s", size=_HANDLE_PX, pen=pg.mkPen("#0b0d10"), brush=pg.mkBrush("#ffffff")
        )
        self.handles.setParentItem(self)
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
        "#ffffff" if selected else region.colour, width=3 if selected else 2, style=style
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
    ground = QColor(theme.WINDOW)
    ground.setAlpha(204)
    return ground


def _united(all_bounds: Sequence[QRectF]) -> QRectF:
    bounds = QRectF()
    for box in all_bounds:
        bounds = bounds.united(box)
    return bounds
