"""Volume in 3D: a vispy canvas in a widget, with its camera."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget
from vispy import scene
from vispy.app import use_app
from vispy.scene.cameras import TurntableCamera
from vispy.visuals.text.text import FontManager
from vispy.visuals.transforms import STTransform

from focus_viewer.core.cubes.viewpoint import Camera
from focus_viewer.core.pictures.composite import Composite
from focus_viewer.core.saliency.volume import SaliencyVolume, on_pixels, window_plane
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import DoubleArray
from focus_viewer.session.state.document import Pin
from focus_viewer.session.state.slices.display import VolumeMethod
from focus_viewer.ui.volume.colours import plane_colours, plane_lookup, voxel_colours
from focus_viewer.ui.volume.decorations import (
    LABEL_GAP,
    NUMBER_GAP,
    BandPlane,
    BoxFrame,
    Floor,
    PinPosts,
    WavelengthAxis,
    shaped_letters,
    text_width_px,
)
from focus_viewer.ui.volume.framing import framed_scale
from focus_viewer.ui.volume.gl_support import GlSupport
from focus_viewer.ui.volume.grid import ZERO_CODE, Box, VoxelGrid, voxel_codes
from focus_viewer.ui.volume.picking import strongest_along
from focus_viewer.ui.volume.visual import SaliencyCloud
from focus_viewer.ui.widgets import theme

_AZIMUTH, _ELEVATION, _FIELD_OF_VIEW = -28.0, 24.0, 28.0
_MORE_LETTERS: Final = 1  # of the plane's label than of the axis: it may have a decimal
_CLICK_PX: Final = 4  # a mouse that moves farther drags
_STILL_AFTER_MS: Final = 160
_REVEAL_MS: Final = 20
_PLANE_PX: Final = (256, 512)  # shortest and longest that the plane's longer side may be

# Voxels, and (pixels cast for each pixel, samples across the box) while turning and at rest.
_GPU: Final = (64_000_000, (1.0, 300), (1.0, 700))
_CPU: Final = (300_000, (0.34, 45), (0.45, 110))


class OrbitCamera(TurntableCamera):  # type: ignore[misc]
    """Turntable camera that calls `turned` after each move."""

    turned: Callable[[], None] | None = None

    def view_changed(self) -> None:
        """Take a new pose."""
        super().view_changed()
        if self.turned is not None:
            self.turned()


class VolumeScene(QWidget):
    """Saliency volume in its box, with a signal for clicked voxels."""

    picked = Signal(object)
    """A `Voxel` was clicked."""
    posed = Signal(object)
    """The `Camera` has come to rest; None where it looks as at first."""
    menu_wanted = Signal(QPoint)
    """A right click at this place on the screen; a drag with that button zooms."""

    def __init__(
        self, support: GlSupport, parent: QWidget | None = None, later: bool = False
    ) -> None:
        super().__init__(parent)
        self._longest = support.max_3d_texture
        self._budget, self._turning, self._resting = _CPU if support.software else _GPU
        self._volume: SaliencyVolume | None = None
        self.box: Box | None = None
        self._colourmap = ""
        self._picture: Composite | None = None
        self._pressed: tuple[float, float] | None = None
        self._wanted: Camera | None = None
        self._still = QTimer(self, singleShot=True, interval=_STILL_AFTER_MS)
        self._still.timeout.connect(self.rest)
        self._unseen: list[Any] = []
        self._reveal = QTimer(self, interval=_REVEAL_MS)
        self._reveal.timeout.connect(self._reveal_next)
        self.canvas = self._make_canvas()
        self.furnishing = self._furnish()
        if not later:
            deque(self.furnishing, maxlen=0)

    def _make_canvas(self) -> Any:
        use_app("pyside6")
        # Embedded: a canvas without a parent crashes when Python collects it.
        canvas = scene.SceneCanvas(parent=self, bgcolor=theme.STAGE)
        canvas.events.mouse_press.connect(self._press)
        canvas.events.mouse_release.connect(self._release)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        canvas.native.setAccessibleName("Saliency volume")
        canvas.native.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab stops at the view
        column.addWidget(canvas.native)
        return canvas

    def _furnish(self) -> Iterator[None]:
        self.camera = OrbitCamera()
        view = self.canvas.central_widget.add_view(camera=self.camera)
        # The volume writes no depth: what is to be seen through it comes first, the plane last.
        below, around, axis, inside, above = (self._layer(view, order) for order in range(5))
        self.cloud = SaliencyCloud(np.full((2, 2, 2), ZERO_CODE, np.uint8), parent=inside)
        self.cloud.transform = STTransform()
        self.cloud.set_quality(*self._resting)
        yield
        self.floor = Floor(below)
        yield
        self.frame = BoxFrame(around)
        yield
        fonts = FontManager()  # one for all texts
        yield from shaped_letters(fonts)
        self.axis = WavelengthAxis(axis, fonts)
        yield
        self.plane = BandPlane(above, fonts)
        yield
        self.pins = PinPosts(above)
        self.camera.turned = self._turned
        self.canvas.events.resize.connect(self._resized)
        self.reset_view()

    def _layer(self, view: Any, order: int) -> Any:
        """Return a group of nodes that is drawn at its turn, and at first not at all."""
        layer = scene.Node(parent=view.scene)
        layer.order = order
        layer.visible = False
        self._unseen.append(layer)
        return layer

    @Slot()
    def _reveal_next(self) -> None:
        """Draw the next layer: shaders and glyphs of all at once would stall the window."""
        self._unseen.pop(0).visible = True
        if not self._unseen:
            self._reveal.stop()

    @property
    def complete(self) -> bool:
        """Whether all layers are drawn, and finely."""
        return not self._unseen and not self._still.isActive()

    # What is shown

    def show_volume(self, volume: SaliencyVolume, colourmap: str) -> None:
        """Show a volume in a colour map; a volume already shown is not sent to the GPU again."""
        if volume is not self._volume:
            self._volume = volume
            grid = VoxelGrid.within(volume, self._budget, self._longest)
            self.cloud.show_codes(voxel_codes(volume, grid))
            self._fit(Box.around(volume), grid)
            if self._unseen:
                self._reveal.start()
        if colourmap != self._colourmap:
            self._colourmap = colourmap
            self.cloud.show_colours(voxel_colours(colourmap))

    def _fit(self, box: Box, grid: VoxelGrid) -> None:
        scale = np.array(box.size) / (grid.cols, grid.rows, grid.slices)
        # In place: another transform would have the shaders compiled again, for each cube.
        self.cloud.transform.scale, self.cloud.transform.translate = scale, scale / 2
        if box != self.box:
            self.box = box
            self.show_picture(None)
            for part in (self.frame, self.axis, self.plane):
                part.show_box(box)
            self._look()

    def show_picture(self, composite: Composite | None) -> None:
        """Lay the picture of the cube on the floor."""
        if self.box is not None and composite is not self._picture:
            self._picture = composite
            self.floor.show(composite.image if composite else None, self.box)

    def show_window(self, window: BandWindow, name: str) -> None:
        """Move the plane to a band window, and label it."""
        if self._volume is not None:
            cells = window_plane(self._volume, window)
            plane = on_pixels(self._volume, cells, _plane_shape(self._volume))
            colours = plane_colours(plane, self._volume, plane_lookup(self._colourmap))
            self.plane.show(colours, window.center_nm, name)

    def show_pins(self, pins: Sequence[Pin]) -> None:
        """Mark pinned pixels."""
        if self._volume is not None and self.box is not None:
            self.pins.show(pins, self._volume.image_shape, self.box)

    def show_method(self, method: VolumeMethod) -> None:
        """Render the volume by another method."""
        self.cloud.show_method(method)

    # The camera

    @property
    def home(self) -> Camera:
        """Camera for the whole box, from where the axis and the picture are seen best."""
        box = self.box or Box(1, 1, 1, 0, 1)
        center = (box.size[0] / 2, box.size[1] / 2, box.size[2] / 2)
        return Camera(_AZIMUTH, _ELEVATION, self._framed(box), center)

    def _framed(self, box: Box) -> float:
        letters, dpi = self.axis.letters, float(self.canvas.dpi)
        left = NUMBER_GAP, text_width_px(letters, dpi)
        right = LABEL_GAP, text_width_px(letters + _MORE_LETTERS, dpi)
        return framed_scale(box, (_ELEVATION, _FIELD_OF_VIEW), self.canvas.size, left, right)

    def _resized(self, event: Any) -> None:
        """Show the whole box again, unless the user has moved the camera."""
        if self._wanted is None:
            self._look()

    def reset_view(self) -> None:
        """Look at the whole box."""
        self._wanted = None
        self._look()

    def turn(self, azimuth_deg: float, elevation_deg: float) -> None:
        """Turn the camera around the box."""
        self.camera.azimuth += azimuth_deg
        self.camera.elevation = float(np.clip(self.camera.elevation + elevation_deg, -90, 90))

    def zoom(self, factor: float) -> None:
        """Show a part of the box that is larger by a factor."""
        self.camera.scale_factor *= factor

    def show_camera(self, camera: Camera | None) -> None:
        """Move the camera; None moves it home."""
        if camera != self._wanted:
            self._wanted = camera
            self._look()

    def _look(self) -> None:
        wanted = self._wanted or self.home
        self.camera.fov = _FIELD_OF_VIEW
        if not _same_pose(wanted, self._pose()):
            self.camera.azimuth, self.camera.elevation = wanted.azimuth_deg, wanted.elevation_deg
            self.camera.center, self.camera.scale_factor = wanted.center, wanted.scale

    def _pose(self) -> Camera:
        camera = self.camera
        x, y, z = (float(place) for place in camera.center)
        scale = float(camera.scale_factor)
        return Camera(float(camera.azimuth), float(camera.elevation), scale, (x, y, z))

    def show_theme(self) -> None:
        """Take the ground of the theme in use."""
        self.canvas.bgcolor = theme.STAGE

    @property
    def turning(self) -> bool:
        """Whether the camera has just been moved, or layers are still missing."""
        return self._still.isActive() or bool(self._unseen)

    def _turned(self) -> None:
        """Move labels outside the box; cast fewer rays until the camera is still again."""
        self.axis.place(self.camera.azimuth, self.camera.elevation)
        self.plane.place_label(self.camera.azimuth)
        self.cloud.set_quality(*self._turning)
        self._still.start()

    @Slot()
    def rest(self) -> None:
        """Draw the volume in full quality: the camera is still."""
        self._still.stop()
        self.cloud.set_quality(*self._resting)
        pose = self._pose()
        self._wanted = None if _same_pose(pose, self.home) else pose
        self.posed.emit(self._wanted)

    # Clicks

    def _press(self, event: Any) -> None:
        self._pressed = tuple(event.pos) if event.button in (1, 2) else None

    def _release(self, event: Any) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._volume is None or self.box is None:
            return
        if np.hypot(*np.subtract(event.pos, pressed)) > _CLICK_PX:
            return
        if event.button == 2:
            self.menu_wanted.emit(QCursor.pos())
            return
        voxel = strongest_along(self._volume, self.box, *self._ray(event.pos))
        if voxel is not None:
            self.picked.emit(voxel)

    def _ray(self, position: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
        """Return two points in box coordinates under a position on the canvas, near and far."""
        to_box = self.frame.node.get_transform("canvas", "visual")
        points = to_box.map([[*position[:2], 0, 1], [*position[:2], 1e-3, 1]])
        near, far = points[:, :3] / points[:, 3:]
        return near, far


def _same_pose(first: Camera, second: Camera) -> bool:
    return bool(np.allclose(_numbers(first), _numbers(second), rtol=1e-6, atol=1e-6))


def _numbers(camera: Camera) -> tuple[float, ...]:
    return camera.azimuth_deg, camera.elevation_deg, camera.scale, *camera.center


def _plane_shape(volume: SaliencyVolume) -> tuple[int, int]:
    """Return pixels (rows, cols) of a plane: values are blended before they get colours."""
    longer = int(np.clip(max(volume.values.shape[:2]), *_PLANE_PX))
    rows, cols = (max(1, side * longer // max(volume.image_shape)) for side in volume.image_shape)
    return rows, cols
