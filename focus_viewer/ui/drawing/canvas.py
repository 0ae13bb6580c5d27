"""Image canvas: the picture under heatmap, pins and cursor, in pixel coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.pictures.composite import Detail
from focus_viewer.core.typing import ByteArray, FloatArray, Point2
from focus_viewer.session.state.document import Pin
from focus_viewer.session.state.slices.selection import Cursor
from focus_viewer.ui.drawing.laid_image import HeatImage, LaidImage
from focus_viewer.ui.drawing.overlay import RegionOverlay, SketchItem
from focus_viewer.ui.widgets import theme

_MARKER_PX = 12
_MARGIN = 0.02
_KEYS = "Arrows move the cross; Enter pins or draws; plus, minus and 0 zoom"


@dataclass(frozen=True)
class Drag:
    """A step of a drag with the left button, in pixel coordinates (col, row).

    Attributes
    ----------
    start, before, place : tuple of float
        Position of the button press, of the mouse at the step before, and of the mouse now.
    began, ended : bool
        Whether it is the first step, or the last.
    with_control : bool
        Whether Ctrl is held.
    """

    start: Point2
    before: Point2
    place: Point2
    began: bool
    ended: bool
    with_control: bool


class ImageBox(pg.ViewBox):  # type: ignore[misc]
    """View box that pans, zooms and reports hovering, clicks and drags in view coordinates.

    Attributes
    ----------
    drags_draw : bool
        Whether drags with the left button are reported instead of panning.
    """

    hovered = Signal(QPointF)
    left = Signal()
    clicked = Signal(QPointF, bool, bool)
    dragged = Signal(Drag)
    menu_wanted = Signal(QPointF, QPoint)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.drags_draw = False

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: N802
        """Report a drag, or pan."""
        if not self.drags_draw or event.button() != Qt.MouseButton.LeftButton:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        positions = (event.buttonDownPos(), event.lastPos(), event.pos())
        start, before, place = (_point(self.mapToView(position)) for position in positions)
        if event.isStart():
            before = start
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        drag = Drag(start, before, place, event.isStart(), event.isFinish(), control)
        self.dragged.emit(drag)

    def hoverEvent(self, event: Any) -> None:  # noqa: N802
        """Report the position of the mouse, or that it left."""
        if event.isExit():
            self.left.emit()
        else:
            self.hovered.emit(self.mapToView(event.pos()))

    def mouseClickEvent(self, event: Any) -> None:  # noqa: N802
        """Report the position of a click, and whether it was double."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.clicked.emit(self.mapToView(event.pos()), event.double(), control)
        elif event.button() == Qt.MouseButton.RightButton:  # a drag with it zooms
            event.accept()
            self.menu_wanted.emit(self.mapToView(event.pos()), event.screenPos().toPoint())


class PinMarkers(pg.ScatterPlotItem):  # type: ignore[misc]
    """Markers of pinned pixels; clicks fall through to the picture."""

    def mouseClickEvent(self, event: Any) -> None:  # noqa: N802
        """Leave the click to the picture."""
        event.ignore()


class ImageCanvas(pg.GraphicsView):  # type: ignore[misc]
    """Canvas of a cube's picture; row 0 is at the top, a pixel (row, col) covers [row, row + 1).

    Attributes
    ----------
    hovered : signal of int, int
        Row and column under the mouse, possibly outside the image.
    left : signal
        The mouse has left.
    pixel_clicked : signal of int, int
    pin_clicked : signal of int
        Id of the pin whose marker was clicked.
    placed : signal of tuple, bool, bool
        With a drawing tool: (col, row) of a click, whether it was the second of a double click, and
        whether Ctrl was held.
    dragged : signal of Drag
        With a drawing tool.
    finish_wanted, drop_wanted, back_wanted : signal
        Enter, Escape, Backspace.
    looked : signal of Extent
        The user has panned or zoomed.
    fit_wanted : signal
        The user wants to see the whole image.
    touched : signal
        A button was pressed or the wheel turned, before anything comes of it.
    split_moved : signal of float
        The line of a swipe was dragged to this share of the width.
    menu_wanted : signal of QPoint
        Place on the screen where the user wants a menu.
    pressed_right : signal of tuple
        (col, row), before that.
    """

    hovered = Signal(int, int)
    left = Signal()
    pixel_clicked = Signal(int, int)
    pin_clicked = Signal(int)
    placed = Signal(tuple, bool, bool)
    dragged = Signal(Drag)
    finish_wanted = Signal()
    drop_wanted = Signal()
    back_wanted = Signal()
    looked = Signal(object)
    fit_wanted = Signal()
    touched = Signal()
    split_moved = Signal(float)
    menu_wanted = Signal(QPoint)
    pressed_right = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.WINDOW)
        self.setAccessibleName("Image")
        self.setAccessibleDescription(_KEYS)
        self.box = ImageBox(invertY=True, lockAspect=True, enableMenu=False)
        self.setCentralItem(self.box)
        self.setAcceptDrops(False)  # files are for the window
        self.picture = LaidImage()
        self.detail = pg.ImageItem(axisOrder="row-major")
        self.heat = HeatImage()
        self.classes = LaidImage()
        self.pins = PinMarkers(size=_MARKER_PX, pen=pg.mkPen(theme.HALO, width=2))
        faint = QColor(theme.MARK)
        faint.setAlpha(theme.FAINT_MARK_OPACITY)
        pen = pg.mkPen(faint)
        self.cross = [pg.InfiniteLine(angle=angle, pen=pen) for angle in (0, 90)]
        self.regions = RegionOverlay()
        self.sketch = SketchItem()
        # The picture is drawn anew only with another view: heatmaps over it change with each step.
        self.picture.setCacheMode(pg.ImageItem.CacheMode.DeviceCoordinateCache)
        images = (self.picture, self.detail, self.heat, self.classes)
        for item in (*images, self.regions, *self.cross, self.sketch, self.pins):
            self.box.addItem(item, ignoreBounds=True)
        self.split = pg.InfiniteLine(angle=90, movable=True, pen=pg.mkPen(theme.ACCENT, width=2))
        self.split.setVisible(False)
        self.split.sigDragged.connect(self._on_split_moved)
        self.box.addItem(self.split, ignoreBounds=True)
        self._extent = QRectF(0, 0, 1, 1)
        self.box.hovered.connect(self._on_hovered)
        self.box.left.connect(self.left)
        self.box.clicked.connect(self._on_clicked)
        self.box.dragged.connect(self.dragged)
        self.box.menu_wanted.connect(self._on_menu_wanted)
        self.box.sigRangeChangedManually.connect(self._on_looked)
        self._keys = {
            Qt.Key.Key_Return: self.finish_wanted,
            Qt.Key.Key_Enter: self.finish_wanted,
            Qt.Key.Key_Escape: self.drop_wanted,
            Qt.Key.Key_Backspace: self.back_wanted,
        }

    def set_drawing(self, drawing: bool) -> None:
        """Choose whether clicks and drags draw or edit regions; else they pin pixels and pan."""
        self.box.drags_draw = drawing
        self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)

    @property
    def pixels_of_image(self) -> float:
        """Width of a pixel of the screen, in pixels of the image."""
        width, _ = self.box.viewPixelSize()
        return float(width)

    @property
    def zoom_percent(self) -> float:
        """Pixels of the screen, as they are lit, for a pixel of the image; 0 without any room."""
        width = self.pixels_of_image
        return float(100 * self.devicePixelRatioF() / width) if width else 0.0

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Report the keys that drawing uses."""
        wanted = self._keys.get(Qt.Key(event.key()))
        if self.box.drags_draw and wanted is not None:
            wanted.emit()
        else:
            super().keyPressEvent(event)

    def set_extent(self, rows: int, cols: int) -> None:
        """Set the size of the image in pixels, and show all of it."""
        self._extent = QRectF(0, 0, cols, rows)
        self.fit()

    def fit(self) -> None:
        """Show the whole image."""
        self.box.setRange(self._extent, padding=_MARGIN)

    @property
    def place(self) -> Extent:
        """Part of the image that is shown now."""
        shown = self.box.viewRect()
        return Extent((shown.left(), shown.top()), (shown.right(), shown.bottom()))

    def show_place(self, extent: Extent | None) -> None:
        """Show a part of the image, or all of it."""
        if extent is None:
            self.fit()
        elif extent != self.place:
            (left, top), (right, bottom) = extent.low, extent.high
            self.box.setRange(QRectF(left, top, right - left, bottom - top), padding=0)

    def zoom(self, factor: float, about: Point2) -> None:
        """Show a part that is larger by a factor, with a place, (col, row), where it is now."""
        self.box.scaleBy((factor, factor), center=QPointF(*about))
        self._on_looked()

    def reveal(self, place: Point2) -> None:
        """Move the picture as little as brings a place, (col, row), into view."""
        shown = self.box.viewRect()
        cols = _outside(place[0], shown.left(), shown.right())
        rows = _outside(place[1], shown.top(), shown.bottom())
        if cols or rows:
            self.box.translateBy(x=cols, y=rows)
            self._on_looked()

    def _on_looked(self) -> None:
        self.looked.emit(self.place)

    def show_picture(self, image: ByteArray | None) -> None:
        """Show a picture of shape (height, width, 3) over the whole extent, or none."""
        if image is None:
            self.picture.clear()
        else:
            self.picture.lay(image, self._extent)  # bytes need no levels, which would cost 20 ms

    def show_detail(self, detail: Detail | None) -> None:
        """Show a part of the picture with pixels that it leaves out, or none."""
        if detail is None:
            self.detail.clear()
            return
        (left, top), (right, bottom) = detail.extent.low, detail.extent.high
        self.detail.setImage(detail.image, autoLevels=False)
        self.detail.setRect(QRectF(left, top, right - left, bottom - top))

    def show_heatmap(
        self, plane: FloatArray, limits: tuple[float, float], colours: ByteArray, opacity: float
    ) -> None:
        """Show values of any resolution over the whole extent; NaN is transparent."""
        self.heat.lay(plane, self._extent, levels=limits, lut=colours, opacity=opacity)

    def clear_heatmap(self) -> None:
        """Show no heatmap."""
        self.heat.clear()

    def show_classes(self, image: ByteArray | None, opacity: float = 1.0) -> None:
        """Show colours of any resolution, (height, width, 4), over the whole extent; or none."""
        if image is None:
            self.classes.clear()
        else:
            self.classes.lay(image, self._extent, opacity=opacity)

    def show_split(self, share: float | None) -> None:
        """Show the line of a swipe at a share of the width, or hide it."""
        self.split.setVisible(share is not None)
        if share is not None:
            self.split.setBounds((0, self._extent.width()))
            self.split.setPos(share * self._extent.width())

    def _on_split_moved(self) -> None:
        self.split_moved.emit(float(self.split.value()) / self._extent.width())

    def _on_menu_wanted(self, place: QPointF, screen: QPoint) -> None:
        self.pressed_right.emit(_point(place))
        self.menu_wanted.emit(screen)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Report that a menu is wanted by the keyboard; by the mouse, its click does."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Report that the user begins to work here."""
        self.touched.emit()
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Report that the user begins to work here."""
        self.touched.emit()
        super().wheelEvent(event)

    def show_pins(self, pins: tuple[Pin, ...]) -> None:
        """Show a marker for each pin."""
        self.pins.setVisible(bool(pins))  # painting none takes time too
        self.pins.setData(
            x=np.array([pin.col + 0.5 for pin in pins]),
            y=np.array([pin.row + 0.5 for pin in pins]),
            brush=[pg.mkBrush(pin.colour) for pin in pins],
            data=[pin.id for pin in pins],
        )

    def show_cursor(self, cursor: Cursor | None) -> None:
        """Show cross lines at a pixel, or hide them."""
        for line in self.cross:
            line.setVisible(cursor is not None)
        if cursor is not None:
            self.cross[0].setPos(cursor.row + 0.5)
            self.cross[1].setPos(cursor.col + 0.5)

    def _on_hovered(self, place: QPointF) -> None:
        self.hovered.emit(*_pixel(place))

    def _on_clicked(self, place: QPointF, double: bool, control: bool) -> None:
        if self.box.drags_draw:
            self.placed.emit(_point(place), double, control)
            return
        marks = self.pins.pointsAt(place)
        if len(marks):
            self.pin_clicked.emit(marks[0].data())
        else:
            self.pixel_clicked.emit(*_pixel(place))
        if double:  # the first click has pinned the pixel, this one has let it go again
            self.fit_wanted.emit()


def _outside(value: float, low: float, high: float) -> float:
    """Return how far a value is beyond a range, negative below it; 0 within."""
    return min(value - low, 0.0) + max(value - high, 0.0)


def _point(place: QPointF) -> Point2:
    return place.x(), place.y()


def _pixel(place: QPointF) -> tuple[int, int]:
    return int(np.floor(place.y())), int(np.floor(place.x()))
