"""Volume without OpenGL: its strongest saliency over all wavelengths, painted flat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from focus_viewer.core.cubes.viewpoint import Camera
from focus_viewer.core.pictures.composite import Composite
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import ByteArray, IntArray
from focus_viewer.session.state.document import Pin
from focus_viewer.session.state.slices.display import VolumeMethod
from focus_viewer.ui.volume.colours import plane_colours
from focus_viewer.ui.volume.picking import peak_projection, voxel_at
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.colourmaps import faded_lookup

_MARGIN_PX = 12
_PIN_PX = 5
_PICTURE_OPACITY = 0.6


class VolumeProjection(QWidget):
    """Maximum projection of a volume over the picture, with a signal for clicks."""

    picked = Signal(object)
    """A `Voxel` was clicked."""
    posed = Signal(object)
    """Never: there is no camera."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._volume: SaliencyVolume | None = None
        self._colourmap = ""
        self._groups: IntArray = np.empty((0, 0), dtype=np.intp)
        self._projection = QImage()
        self._picture = QImage()
        self._pins: tuple[Pin, ...] = ()

    def show_volume(self, volume: SaliencyVolume, colourmap: str) -> None:
        """Project a volume."""
        if (volume, colourmap) == (self._volume, self._colourmap):
            return
        self._volume, self._colourmap = volume, colourmap
        values, self._groups = peak_projection(volume)
        colours = plane_colours(values, volume, faded_lookup(colourmap))
        self._projection = _image(colours, QImage.Format.Format_RGBA8888)
        self.update()

    def show_picture(self, composite: Composite | None) -> None:
        """Lay the picture of the cube under it."""
        self._picture = QImage()
        if composite is not None:
            self._picture = _image(composite.image, QImage.Format.Format_RGB888)
        self.update()

    def show_window(self, window: BandWindow, name: str) -> None:
        """Do nothing: all wavelengths are projected."""

    def show_pins(self, pins: Sequence[Pin]) -> None:
        """Mark pinned pixels."""
        self._pins = tuple(pins)
        self.update()

    def show_method(self, method: VolumeMethod) -> None:
        """Do nothing: the projection has a single method."""

    def reset_view(self) -> None:
        """Do nothing: the whole picture is always in view."""

    def show_camera(self, camera: Camera | None) -> None:
        """Do nothing: the projection has no camera."""

    def target(self) -> QRectF:
        """Return the rectangle of the picture: as large as fits, in proportion, in the middle."""
        if self._volume is None:
            return QRectF()
        rows, cols = self._volume.image_shape
        room = self.rect().adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        scale = min(room.width() / cols, room.height() / rows)
        target = QRectF(0, 0, cols * scale, rows * scale)
        target.moveCenter(QRectF(room).center())
        return target

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the picture and the projection over it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipRect(event.rect())
        painter.fillRect(self.target(), QColor(theme.STAGE))
        painter.setOpacity(_PICTURE_OPACITY)
        painter.drawImage(self.target(), self._picture)
        painter.setOpacity(1)
        painter.drawImage(self.target(), self._projection)
        self._paint_pins(painter)

    def _paint_pins(self, painter: QPainter) -> None:
        if self._volume is None:
            return
        rows, cols = self._volume.image_shape
        target = self.target()
        for pin in self._pins:
            x = target.left() + (pin.col + 0.5) / cols * target.width()
            y = target.top() + (pin.row + 0.5) / rows * target.height()
            painter.setPen(QPen(QColor(pin.colour), 2))
            painter.drawEllipse(QPointF(x, y), _PIN_PX, _PIN_PX)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select the pixel under the mouse and the wavelength of its peak."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick(event.position())

    def _pick(self, position: QPointF) -> None:
        target = self.target()
        if self._volume is None or not target.contains(position):
            return
        grid_rows, grid_cols = self._groups.shape
        row = int((position.y() - target.top()) / target.height() * grid_rows)
        col = int((position.x() - target.left()) / target.width() * grid_cols)
        row, col = min(row, grid_rows - 1), min(col, grid_cols - 1)
        self.picked.emit(voxel_at(self._volume, row, col, int(self._groups[row, col])))


def _image(pixels: ByteArray, kind: QImage.Format) -> QImage:
    """Return a QImage with its own copy of the pixels, shape (rows, cols, channels)."""
    pixels = np.ascontiguousarray(pixels)
    rows, cols, channels = pixels.shape
    return QImage(pixels.data, cols, rows, cols * channels, kind).copy()
