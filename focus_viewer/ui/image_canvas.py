"""The picture with the heatmap, pins and cursor over it, in pixel coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QWidget

from focus_viewer.core.typing import ByteArray, FloatArray
from focus_viewer.session.state import Cursor, Pin
from focus_viewer.ui import theme

_MARKER_PX = 12
_MARGIN = 0.02


class ImageBox(pg.ViewBox):  # type: ignore[misc]
    """Pans and zooms, and tells in view coordinates where the mouse is and clicks."""

    hovered = Signal(QPointF)
    left = Signal()
    clicked = Signal(QPointF, bool)

    def hoverEvent(self, event: Any) -> None:  # noqa: N802
        """Tell where the mouse is, or that it left."""
        if event.isExit():
            self.left.emit()
        else:
            self.hovered.emit(self.mapToView(event.pos()))

    def mouseClickEvent(self, event: Any) -> None:  # noqa: N802
        """Tell where it was clicked, and whether twice."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.clicked.emit(self.mapToView(event.pos()), event.double())


class PinMarkers(pg.ScatterPlotItem):  # type: ignore[misc]
    """Markers of pinned pixels; clicks fall through to the picture."""

    def mouseClickEvent(self, event: Any) -> None:  # noqa: N802
        """Leave the click to the picture."""
        event.ignore()


class ImageCanvas(pg.GraphicsView):  # type: ignore[misc]
    """Shows a cube's picture; row 0 is at the top, a pixel (row, col) covers [row, row + 1).

    Attributes
    ----------
    hovered : signal of int, int
        Row and column under the mouse; they may lie outside the image.
    left : signal
        The mouse has left.
    pixel_clicked : signal of int, int
    pin_clicked : signal of int
        Id of the pin whose marker was clicked.
    """

    hovered = Signal(int, int)
    left = Signal()
    pixel_clicked = Signal(int, int)
    pin_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.WINDOW)
        self.box = ImageBox(invertY=True, lockAspect=True, enableMenu=False)
        self.setCentralItem(self.box)
        self.setAcceptDrops(False)  # files are for the window
        self.picture = pg.ImageItem(axisOrder="row-major")
        self.heat = pg.ImageItem(axisOrder="row-major")
        self.pins = PinMarkers(size=_MARKER_PX, pen=pg.mkPen("#0b0d10", width=2))
        pen = pg.mkPen(255, 255, 255, 70)
        self.cross = [pg.InfiniteLine(angle=angle, pen=pen) for angle in (0, 90)]
        for item in (self.picture, self.heat, *self.cross, self.pins):
            self.box.addItem(item, ignoreBounds=True)
        self._extent = QRectF(0, 0, 1, 1)
        self.box.hovered.connect(self._on_hovered)
        self.box.left.connect(self.left)
        self.box.clicked.connect(self._on_clicked)

    def set_extent(self, rows: int, cols: int) -> None:
        """Take the size of the image in pixels, and show all of it."""
        self._extent = QRectF(0, 0, cols, rows)
        self.fit()

    def fit(self) -> None:
        """Show the whole image."""
        self.box.setRange(self._extent, padding=_MARGIN)

    def show_picture(self, image: ByteArray | None) -> None:
        """Show a picture of shape (height, width, 3) over the whole extent, or none."""
        if image is None:
            self.picture.clear()
        else:
            self._lay(self.picture, image, levels=(0, 255))

    def show_heatmap(
        self, plane: FloatArray, limits: tuple[float, float], colours: ByteArray, opacity: float
    ) -> None:
        """Show values of any resolution over the whole extent; NaN is transparent."""
        self._lay(self.heat, plane, levels=limits, lut=colours, opacity=opacity)

    def clear_heatmap(self) -> None:
        """Show no heatmap."""
        self.heat.clear()

    def _lay(self, item: pg.ImageItem, image: ByteArray | FloatArray, **how: Any) -> None:
        item.setImage(image, autoLevels=False, **how)
        item.setRect(self._extent)

    def show_pins(self, pins: tuple[Pin, ...]) -> None:
        """Show a marker for each pin."""
        self.pins.setData(
            x=np.array([pin.col + 0.5 for pin in pins]),
            y=np.array([pin.row + 0.5 for pin in pins]),
            brush=[pg.mkBrush(pin.colour) for pin in pins],
            data=[pin.id for pin in pins],
        )

    def show_cursor(self, cursor: Cursor | None) -> None:
        """Cross lines at a pixel, or none."""
        for line in self.cross:
            line.setVisible(cursor is not None)
        if cursor is not None:
            self.cross[0].setPos(cursor.row + 0.5)
            self.cross[1].setPos(cursor.col + 0.5)

    def _on_hovered(self, place: QPointF) -> None:
        self.hovered.emit(*_pixel(place))

    def _on_clicked(self, place: QPointF, double: bool) -> None:
        marks = self.pins.pointsAt(place)
        if len(marks):
            self.pin_clicked.emit(marks[0].data())
        else:
            self.pixel_clicked.emit(*_pixel(place))
        if double:  # the first click has pinned the pixel, this one has let it go again
            self.fit()


def _pixel(place: QPointF) -> tuple[int, int]:
    return int(np.floor(place.y())), int(np.floor(place.x()))
