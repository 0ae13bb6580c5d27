"""Tiles of methods that explain the same decision: map, curve, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.colourmaps import LEVELS, bar_colours, faded_lookup, name_for
from focus_viewer.ui.widgets.flow_grid import FlowGrid
from focus_viewer.ui.widgets.fonts import small_font

_NARROWEST_PX = 108
_MAP_PX, _CURVE_PX, _PAD_PX = 74, 34, 6
_MOST_LINES = 4
_TOP_SHARE = 99.5
_SHORT = {"Integrated gradients": "Integrated grad."}


@dataclass(frozen=True, eq=False)
class MethodTile:
    """Content of a tile.

    Attributes
    ----------
    key : str
        Unique among tiles.
    lines : tuple of str
        Below map and curve.
    about : str
        The rest, as a tooltip.
    """

    key: str
    title: str
    volume: SaliencyVolume
    lines: tuple[str, ...]
    about: str = ""


class MethodTiles(FlowGrid):
    """Tiles beside one another, of which one is marked; `tiles` are by key."""

    chosen = Signal(str)
    """Key of the tile that was clicked."""

    def __init__(self) -> None:
        super().__init__(_NARROWEST_PX)
        self.tiles: dict[str, TileView] = {}

    def show_tiles(
        self, tiles: Sequence[MethodTile], marked: str, window: BandWindow, colourmap: str
    ) -> None:
        """Show tiles in order; those that are shown already are kept."""
        if list(self.tiles) != [tile.key for tile in tiles]:
            kept = {tile.key: self.tiles.get(tile.key) or self._view(tile.key) for tile in tiles}
            self.tiles = kept
            self.show_widgets(list(kept.values()))
        for tile in tiles:
            self.tiles[tile.key].show_tile(tile, tile.key == marked, window, colourmap)

    def _view(self, key: str) -> TileView:
        view = TileView()
        view.clicked.connect(lambda: self.chosen.emit(key))
        return view


class TileView(QWidget):
    """Tile that can be clicked, or chosen by the keyboard."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tile: MethodTile | None = None
        self.marked = False
        self._window = BandWindow(0.0, 0.0)
        self._picture = QImage()
        self.colours = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_tile(self, tile: MethodTile, marked: bool, window: BandWindow, colourmap: str) -> None:
        """Show a method, its curve with the band window, in the colours of the heatmap."""
        name = name_for(tile.volume, colourmap)
        if self.tile is None or self.tile.volume is not tile.volume or self.colours != name:
            self._picture, self.colours = map_image(tile.volume, name), name
        self.tile, self.marked, self._window = tile, marked, window
        text = f"{tile.title}: {'; '.join(tile.lines)}"
        self.setAccessibleName(text)
        self.setToolTip(f"{text}. {tile.about}" if tile.about else text)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for title, map, curve and lines."""
        lines = (1 + _MOST_LINES) * self._line_px()
        return QSize(_NARROWEST_PX, round(lines + _MAP_PX + _CURVE_PX + 4 * _PAD_PX))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the same height; texts give way in width."""
        return QSize(80, self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the press, so that the release comes here too."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the method."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the method with Space or Enter."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the tile."""
        if self.tile is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        edge = theme.ACCENT if self.marked else theme.MUTED if focused else theme.EDGE
        painter.setPen(QPen(QColor(edge), 2 if self.marked else 1))
        painter.setBrush(QColor(theme.WINDOW))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.setFont(small_font())
        line, width = self._line_px(), self.width() - 2 * _PAD_PX
        top, title = float(_PAD_PX), _SHORT.get(self.tile.title, self.tile.title)
        self._text(painter, QRectF(_PAD_PX, top, width, line), title, theme.TEXT)
        top += line + 2
        self._paint_map(painter, QRectF(_PAD_PX, top, width, _MAP_PX))
        top += _MAP_PX + _PAD_PX
        self._paint_curve(painter, QRectF(_PAD_PX, top, width, _CURVE_PX))
        top += _CURVE_PX + _PAD_PX
        for number, text in enumerate(self.tile.lines[:_MOST_LINES]):
            box = QRectF(_PAD_PX, top + number * line, width, line)
            self._text(painter, box, text, theme.MUTED)

    def _line_px(self) -> float:
        return theme.SMALL_PX + 4.0

    def _text(self, painter: QPainter, box: QRectF, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        short = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, round(box.width())
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)

    def _paint_map(self, painter: QPainter, box: QRectF) -> None:
        """Draw the map in the shape of the image, as large as fits."""
        if self.tile is None:
            return
        rows, cols = self.tile.volume.image_shape
        scale = min(box.width() / cols, box.height() / rows)
        size = QSize(max(1, round(cols * scale)), max(1, round(rows * scale)))
        left = box.left() + (box.width() - size.width()) / 2
        upper = box.top() + (box.height() - size.height()) / 2
        target = QRectF(left, upper, size.width(), size.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self._picture)

    def _paint_curve(self, painter: QPainter, box: QRectF) -> None:
        """Draw a bar for each group, and the band window behind them."""
        if self.tile is None:
            return
        volume = self.tile.volume
        curve, edges = importance_curve(volume), volume.edges_nm
        low, high = float(edges[0, 0]), float(edges[-1, 1])
        across = box.width() / max(high - low, 1e-9)
        shown = QColor(theme.ACCENT)
        shown.setAlpha(70)
        begin, end = np.clip([self._window.low_nm, self._window.high_nm], low, high)
        window = QRectF(box.left() + (begin - low) * across, box.top(), 0, box.height())
        window.setWidth(max(float(end - begin) * across, 1.0))
        painter.fillRect(window, shown)
        top, bottom = max(float(curve.max()), 0.0), min(float(curve.min()), 0.0)
        up = box.height() / ((top - bottom) or 1.0)
        zero = box.top() + top * up
        colours = bar_colours(self.colours)
        for (first, last), value in zip(edges.tolist(), curve.tolist(), strict=True):
            colour = QColor(theme.seen(colours.below if value < 0 else colours.above))
            left, right = (box.left() + (nm - low) * across for nm in (first, last))
            bar = QRectF(QPointF(left, zero - value * up), QPointF(right, zero)).normalized()
            painter.fillRect(bar, colour)
        painter.setPen(QColor(theme.EDGE))
        painter.drawLine(QPointF(box.left(), zero), QPointF(box.right(), zero))


def map_image(volume: SaliencyVolume, colourmap: str) -> QImage:
    """Return the saliency of each cell over all groups, in the heatmap's colours; clear near 0."""
    plane = np.nan_to_num(volume.values).sum(axis=2, dtype=np.float64)
    top = float(np.percentile(np.abs(plane), _TOP_SHARE)) or 1.0
    share = (plane / top + 1) / 2 if volume.signed else plane / top
    levels = np.clip(np.round(share * (LEVELS - 1)), 0, LEVELS - 1).astype(np.intp)
    pixels = np.ascontiguousarray(faded_lookup(colourmap)[levels])
    rows, cols = plane.shape
    return QImage(pixels.data, cols, rows, 4 * cols, QImage.Format.Format_RGBA8888).copy()
