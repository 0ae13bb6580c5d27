"""Decorations of the volume: box and axis, picture on the floor, pins, selected band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import signature
from typing import Any, Final

import numpy as np
from vispy import scene
from vispy.color import Color, ColorArray
from vispy.scene.visuals import Image, Line, Text
from vispy.visuals import TextVisual
from vispy.visuals.transforms import STTransform

from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS
from focus_viewer.core.typing import ByteArray, DoubleArray, ImageShape
from focus_viewer.session.state.document import Pin
from focus_viewer.ui.volume.grid import Box
from focus_viewer.ui.widgets import theme

_FLOOR_SIDE_PX: Final = 512
_FLOOR_BRIGHTNESS: Final = 0.7  # the volume over it is what is to be seen
_PLANE_OPACITY: Final = 0.8
LABEL_GAP: Final = 0.04
"""From the box to the plane's label, in units of the box."""
_EDGES: Final = ((0, 1), (1, 3), (3, 2), (2, 0), (4, 5), (5, 7), (7, 6), (6, 4))
_POSTS: Final = ((0, 4), (1, 5), (2, 6), (3, 7))
_TICKS: Final = 6
_TICK_LENGTH: Final = 0.03
_STRIP_GAP: Final = 0.012
NUMBER_GAP: Final = 0.045
"""From the box to the numbers of its axis, in units of the box."""
_FACE: Final[str] = signature(TextVisual.__init__).parameters["face"].default
_FONT_POINTS: Final = 8
_LETTER_EM: Final = 0.6  # the widest digit, and a little room
_STEEP: Final = 72.0


class BoxFrame:
    """Twelve edges of the box."""

    def __init__(self, parent: Any) -> None:
        self.node = segments(parent, theme.STAGE_FRAME)

    def show_box(self, box: Box) -> None:
        """Take the size of a box."""
        corners = np.array(
            [
                [x, y, z]
                for z in (0.0, box.height)
                for y in (0.0, box.depth)
                for x in (0.0, box.width)
            ]
        )
        self.node.set_data(corners[np.array(_EDGES + _POSTS).ravel()])


class Floor:
    """Picture of the cube at the bottom of the box."""

    def __init__(self, parent: Any) -> None:
        self._image = _image(parent)
        self._image.visible = False

    def show(self, picture: ByteArray | None, box: Box) -> None:
        """Lay a picture of shape (height, width, 3) on the floor; None removes it."""
        self._image.visible = picture is not None
        if picture is not None:
            stride = -(-max(picture.shape[:2]) // _FLOOR_SIDE_PX)
            dimmed = picture[::stride, ::stride] * np.float32(_FLOOR_BRIGHTNESS)
            self._image.set_data(dimmed.astype(np.uint8))
            _lay_flat(self._image, dimmed.shape, box)


class PinPosts:
    """Post in each pinned pixel, in its colour."""

    def __init__(self, parent: Any) -> None:
        self._posts = segments(parent, theme.DARK["TEXT"], width_px=1.5)
        self._posts.visible = False

    def show(self, pins: Sequence[Pin], image_shape: ImageShape, box: Box) -> None:
        """Put up the posts of these pins and no others."""
        self._posts.visible = bool(pins)
        if not pins:
            return
        rows, cols = image_shape
        x = [(pin.col + 0.5) / cols * box.width for pin in pins]
        y = [(1 - (pin.row + 0.5) / rows) * box.depth for pin in pins]
        feet = np.column_stack([x, y, np.zeros(len(pins))])
        ends = np.stack([feet, feet + np.array([0, 0, box.height])], axis=1).reshape(-1, 3)
        colours = ColorArray([pin.colour for pin in pins for _ in "ab"]).rgba
        self._posts.set_data(ends, color=colours)


class BandPlane:
    """Heatmap of the selected band window, at its height in the box."""

    def __init__(self, parent: Any, fonts: Any) -> None:
        self._box: Box | None = None
        self._node = scene.Node(parent=parent)
        self._node.transform = STTransform()
        self._image = _image(self._node)
        self._image.opacity = _PLANE_OPACITY
        self._line = segments(self._node, theme.DARK["ACCENT"], width_px=1.5)
        self.label = text(self._node, fonts, theme.DARK["ACCENT"], "left")

    def show_box(self, box: Box) -> None:
        """Take the size of a box."""
        self._box = box
        corners = [[0, 0, 0], [box.width, 0, 0], [box.width, box.depth, 0], [0, box.depth, 0]]
        order = [0, 1, 1, 2, 2, 3, 3, 0]
        self._line.set_data(np.array(corners, dtype=np.float64)[order])

    def show(self, colours: ByteArray, center_nm: float, name: str) -> None:
        """Show a heatmap of shape (rows, cols, 4) at the middle of its window, with a name."""
        if self._box is None:
            return
        self._image.set_data(colours)
        _lay_flat(self._image, colours.shape, self._box)
        self._node.transform.translate = (0, 0, self._box.z_of(center_nm))
        self.label.text = name

    def place_label(self, azimuth: float) -> None:
        """Move the wavelength to the edge that is rightmost from a point of view."""
        if self._box is not None:
            corner, outward = leftmost_edge(self._box, azimuth + 180)
            self.label.pos = (corner + outward * LABEL_GAP)[None]


def _image(parent: Any) -> Any:
    image = Image(np.zeros((1, 1, 4), dtype=np.uint8), interpolation="linear", parent=parent)
    image.set_gl_state("translucent", depth_test=False, cull_face=False)
    image.transform = STTransform()
    return image


def _lay_flat(image: Any, shape: tuple[int, ...], box: Box) -> None:
    """Cover the floor of the box with pixels (col, row), row 0 at the back."""
    rows, cols = shape[:2]
    # Changed in place: another transform would have the shaders compiled again, at each step.
    image.transform.scale = (box.width / cols, -box.depth / rows, 1)
    image.transform.translate = (0, box.depth, 0)


class WavelengthAxis:
    """Ticks, numbers and the colours of the spectral regions."""

    def __init__(self, parent: Any, fonts: Any) -> None:
        self._box: Box | None = None
        self._ticks_nm = np.empty(0)
        self._ticks = segments(parent, theme.DARK["MUTED"])
        self._strip = segments(parent, theme.DARK["MUTED"], width_px=3)
        self.labels = text(parent, fonts, theme.DARK["MUTED"], "right")

    def show_box(self, box: Box) -> None:
        """Take the wavelengths of a box."""
        self._box = box
        self._ticks_nm = round_ticks(box.low_nm, box.high_nm, _TICKS)
        self.labels.text = [f"{nm:.0f} nm" for nm in self._ticks_nm]

    @property
    def letters(self) -> int:
        """Letters of the longest number with its unit."""
        return max((len(name) for name in self.labels.text), default=0)

    def place(self, azimuth: float, elevation: float) -> None:
        """Move to the edge that is leftmost from a point of view, angles in degrees.

        From above or below the numbers would overlap: none are drawn.
        """
        self.labels.visible = abs(elevation) < _STEEP
        if self._box is None:
            return
        corner, outward = leftmost_edge(self._box, azimuth)
        heights = np.array([self._box.z_of(nm) for nm in self._ticks_nm])
        starts = _raised(corner, heights)
        self._ticks.set_data(_pairs(starts, starts + outward * _TICK_LENGTH))
        self._place_strip(corner + outward * -_STRIP_GAP)
        self.labels.pos = starts + outward * NUMBER_GAP

    def _place_strip(self, corner: DoubleArray) -> None:
        if self._box is None:
            return
        spans, colours = [], []
        for region in SPECTRAL_REGIONS:
            low, high = self._box.z_of(region.low_nm), self._box.z_of(region.high_nm)
            if high > low:
                spans += [low, high]
                colours += [theme.REGION_COLOURS[region.name]] * 2
        self._strip.visible = bool(spans)  # band numbers are in no spectral region
        if not spans:
            return
        self._strip.set_data(_raised(corner, np.array(spans)), color=ColorArray(colours).rgba)


def shaped_letters(fonts: Any) -> Iterator[None]:
    """Make the letters of wavelengths one by one: each is slow.

    Always in this order: the place of a letter among the others shows in its edges.
    """
    font = fonts.get_font(_FACE)
    for letter in "0123456789 nm–":
        font[letter]
        yield


def text(parent: Any, fonts: Any, colour: str, anchor: str) -> Any:
    """Return small text in the scene, empty at first."""
    return Text(
        "",
        parent=parent,
        face=_FACE,
        color=colour,
        font_size=_FONT_POINTS,
        anchor_x=anchor,
        anchor_y="center",
        font_manager=fonts,
    )


def text_width_px(letters: int, dpi: float) -> float:
    """Return the most that a label of so many letters takes."""
    return letters * _LETTER_EM * _FONT_POINTS / 72 * dpi


def segments(parent: Any, colour: str, width_px: float = 1) -> Any:
    """Return lines between pairs of points in the scene, empty at first."""
    # As numbers: vispy looks names up among the colour maps of matplotlib.
    rgba = Color(colour).rgba
    line = Line(
        np.zeros((2, 3)),
        color=rgba,
        width=width_px,
        connect="segments",
        antialias=True,
        parent=parent,
    )
    line.set_gl_state("translucent", depth_test=False)
    return line


def leftmost_edge(box: Box, azimuth: float) -> tuple[DoubleArray, DoubleArray]:
    """Return the foot of the leftmost upright edge, and the level unit vector to the left.

    The azimuth is the camera's in degrees, as vispy's turntable has it.
    """
    angle = np.radians(azimuth)
    left = -np.array([np.cos(angle), np.sin(angle), 0.0])
    corners = np.array([[x, y, 0.0] for x in (0, box.width) for y in (0, box.depth)])
    return corners[int(np.argmax(corners @ left))], left


def round_ticks(low: float, high: float, count: int) -> DoubleArray:
    """Return round numbers in a range, about as many as wanted."""
    rough = (high - low) / count
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(round_ * power for round_ in (1, 2, 5, 10) if round_ * power >= rough * 0.99)
    return np.asarray(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step)


def _raised(corner: DoubleArray, heights: DoubleArray) -> DoubleArray:
    points = np.tile(corner, (heights.size, 1))
    points[:, 2] = heights
    return points


def _pairs(starts: DoubleArray, ends: DoubleArray) -> DoubleArray:
    return np.stack([starts, ends], axis=1).reshape(-1, 3)
