"""Annotated regions over the picture: outlines, names, handles, and what is being drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from focus_viewer.core.annotations import Annotation
from focus_viewer.core.handles import handles
from focus_viewer.core.outlines import Outline, Point2, rings_of
from focus_viewer.ui import theme

_HANDLE_PX = 9
_FILL_ALPHA = 36


class RegionOverlay(pg.GraphicsObject):  # type: ignore[misc]
    """Paints outlines in pixel coordinates; lines keep their width at every zoom."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[tuple[QPainterPath, QPen, QBrush]] = []
        self._cache: dict[Outline, QPainterPath] = {}
        self._bounds = QRectF()
        self._labels: list[pg.TextItem] = []
        self.handles = pg.ScatterPlotItem(
            symbol="s", size=_HANDLE_PX, pen=pg.mkPen("#0b0d10"), brush=pg.mkBrush("#ffffff")
        )
        self.handles.setParentItem(self)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_regions(self, regions: Sequence[Annotation], selected: Sequence[int]) -> None:
        """Show regions with their names; selected ones stand out, one alone has handles."""
        seen = [region for region in regions if not region.hidden]
        self._cache = {one.outline: self._path(one.outline) for one in seen}
        self.prepareGeometryChange()
        self._paths = [(self._cache[one.outline], *_look(one, one.id in selected)) for one in seen]
        self._bounds = _united([path for path, _, _ in self._paths])
        self._show_labels(seen)
        chosen = [one for one in seen if one.id in selected]
        alone = chosen[0] if len(chosen) == 1 and not chosen[0].locked else None
        self.handles.setData(pos=list(handles(alone.outline)) if alone else [])
        self.update()

    def _path(self, outline: Outline) -> QPainterPath:
        return self._cache.get(outline) or path_of(outline)

    def _show_labels(self, regions: Sequence[Annotation]) -> None:
        while len(self._labels) > len(regions):
            self._labels.pop().setParentItem(None)
        while len(self._labels) < len(regions):
            label = pg.TextItem(anchor=(0, 1), fill=pg.mkBrush(theme.WINDOW + "cc"))
            label.setParentItem(self)
            self._labels.append(label)
        for label, region in zip(self._labels, regions, strict=True):
            label.setText(region.name, region.colour)
            label.setPos(self._cache[region.outline].boundingRect().topLeft())

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """Around all outlines."""
        return self._bounds

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for path, pen, brush in self._paths:
            painter.setPen(pen)
            painter.setBrush(brush)
            painter.drawPath(path)


class SketchItem(pg.PlotCurveItem):  # type: ignore[misc]
    """The line of what is being drawn."""

    def __init__(self) -> None:
        pen = pg.mkPen(theme.ACCENT, width=2, style=Qt.PenStyle.DashLine)
        super().__init__(pen=pen)
        self.setZValue(10)

    def show_line(self, points: Sequence[Point2]) -> None:
        """Show a line through these (col, row), or nothing."""
        self.setData([point[0] for point in points], [point[1] for point in points])


def path_of(outline: Outline) -> QPainterPath:
    """An outline as Qt draws it, holes left out."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in rings_of(outline):
        path.addPolygon(QPolygonF([QPointF(col, row) for col, row in ring]))
        path.closeSubpath()
    return path


def _look(region: Annotation, selected: bool) -> tuple[QPen, QBrush]:
    style = Qt.PenStyle.DotLine if region.locked else Qt.PenStyle.SolidLine
    pen = pg.mkPen(
        "#ffffff" if selected else region.colour, width=3 if selected else 2, style=style
    )
    fill = QColor(region.colour)
    fill.setAlpha(2 * _FILL_ALPHA if selected else _FILL_ALPHA)
    return pen, QBrush(fill)


def _united(paths: Sequence[QPainterPath]) -> QRectF:
    bounds = QRectF()
    for path in paths:
        bounds = bounds.united(path.boundingRect())
    return bounds.adjusted(-2, -2, 2, 2)
