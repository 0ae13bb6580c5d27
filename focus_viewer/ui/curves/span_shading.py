"""Named ranges of the spectral axis, shaded over the whole height of a plot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS
from focus_viewer.core.wording import shown_axis, span_text
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import small_font

_REGION_ALPHA = 30
_UNUSED_ALPHA = 70
_UNUSED_TIP = "Not among the bands that are chosen in the Teach panel"
_NAME_PX = 18
_LEAST_NAME_PX = 44  # a shorter beginning of a name is of no use
_TALL = 1e9  # beyond every value that a plot shows
BAD_BANDS_TEXT = "bad bands"


@dataclass(frozen=True)
class Span:
    """Range to shade.

    Attributes
    ----------
    low, high : float
        Edges on the plot's axis.
    name : str
        Written at the top, in the brush's colour; empty for none.
    tip : str
        Tooltip over the range; empty for none.
    """

    low: float
    high: float
    brush: QBrush
    name: str = ""
    tip: str = ""


def region_spans(cube: Cube) -> list[Span]:
    """Return the named regions within a cube's range; none without wavelengths."""
    if cube.wavelengths_nm is None:
        return []
    low, high = float(cube.axis.min()), float(cube.axis.max())
    return [
        Span(max(region.low_nm, low), min(region.high_nm, high), _tint(region.name), region.name)
        for region in SPECTRAL_REGIONS
        if region.low_nm < high and region.high_nm > low
    ]


def _tint(name: str) -> QBrush:
    colour = QColor(theme.REGION_COLOURS[name])
    colour.setAlpha(_REGION_ALPHA)
    return QBrush(colour)


def bad_band_spans(cube: Cube) -> list[Span]:
    """Return runs of bad bands, each reaching half-way to the good bands around it."""
    order = np.argsort(cube.axis, kind="stable")
    axis, bad = shown_axis(cube)[order], ~cube.good_bands[order]
    positions = cube.axis[order].tolist()
    middles = (axis[1:] + axis[:-1]) / 2
    edges = np.concatenate([axis[:1], middles, axis[-1:]])
    steps = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(np.int8)))
    brush = QBrush(QColor(theme.MUTED), Qt.BrushStyle.BDiagPattern)
    return [
        Span(
            float(edges[first]),
            float(edges[last]),
            brush,
            tip=_bad_text(cube, positions[first], positions[last - 1]),
        )
        for first, last in zip(steps[::2], steps[1::2], strict=True)
    ]


def unused_spans(cube: Cube | None, used_nm: Sequence[tuple[float, float]]) -> list[Span]:
    """Return what is between the ranges that are to be taught; nothing where all may be read."""
    if cube is None or cube.wavelengths_nm is None or not used_nm:
        return []
    at, end = float(cube.axis.min()), float(cube.axis.max())
    colour = QColor(theme.MUTED)
    colour.setAlpha(_UNUSED_ALPHA)
    spans = []
    for low, high in (*sorted(used_nm), (end, end)):
        if low > at:
            spans.append(Span(at, min(low, end), QBrush(colour), tip=_UNUSED_TIP))
        at = max(at, high)
    return [span for span in spans if span.low < span.high]


def _bad_text(cube: Cube, low: float, high: float) -> str:
    return f"{span_text(cube, low, high)}: {BAD_BANDS_TEXT}, not read"


class SpanShading(pg.GraphicsObject):  # type: ignore[misc]
    """Shaded ranges over the whole height of a plot.

    It paints in pixels: names keep their size, and hatching its density, at every zoom.
    """

    def __init__(self, named: bool) -> None:
        super().__init__()
        self._named = named
        self._spans: tuple[Span, ...] = ()
        self._tips: list[QGraphicsRectItem] = []

    def set_spans(self, spans: Iterable[Span]) -> None:
        """Shade these ranges instead of the previous ones."""
        self._spans = tuple(spans)
        self._show_tips()
        self.setVisible(bool(self._spans))
        self.update()

    def _show_tips(self) -> None:
        """Lay an unseen rectangle over each range with a tip.

        A tooltip of this item itself would show everywhere: Qt takes its bounding rectangle.
        """
        for old in self._tips:
            old.setParentItem(None)  # type: ignore[arg-type]  # allowed by Qt
            if old.scene() is not None:
                old.scene().removeItem(old)
        self._tips = []
        for span in self._spans:
            if span.tip:
                area = QGraphicsRectItem(span.low, -_TALL, span.high - span.low, 2 * _TALL, self)
                area.setPen(QPen(Qt.PenStyle.NoPen))
                area.setToolTip(span.tip)
                self._tips.append(area)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Shaded ranges."""
        return self._spans

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """Return the visible part of the plot."""
        return self.viewRect() or QRectF()

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Repaint: the visible part has changed."""
        super().viewTransformChanged()
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw the ranges, then their names."""
        view, to_device = self.boundingRect(), painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(small_font())
        for span in self._spans:
            box = QRectF(
                to_device.map(QPointF(span.low, view.top())),
                to_device.map(QPointF(span.high, view.bottom())),
            ).normalized()
            painter.fillRect(box, span.brush)
            if self._named:
                _paint_name(painter, box, span)
        painter.restore()


def _paint_name(painter: QPainter, box: QRectF, span: Span) -> None:
    painter.setPen(QColor(theme.seen(span.brush.color().name(), theme.TEXT_CONTRAST)))
    metrics, room = QFontMetricsF(painter.font()), box.width() - 4
    if room >= min(metrics.horizontalAdvance(span.name), _LEAST_NAME_PX):
        top = QRectF(box.left(), box.top(), box.width(), _NAME_PX)
        text = metrics.elidedText(span.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(top, Qt.AlignmentFlag.AlignCenter, text)
