"""Wavelength axis of the volume: ticks in nm along the outermost edge of the box."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from vispy.color import Color, ColorArray
from vispy.scene.visuals import Line, Text

from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS
from focus_viewer.core.typing import DoubleArray
from focus_viewer.ui.volume.grid import Box
from focus_viewer.ui.widgets import theme

_TICKS: Final = 6
_TICK_LENGTH: Final = 0.03
_STRIP_GAP: Final = 0.012
_LABEL_GAP: Final = 0.045
_FONT_POINTS: Final = 8
_STEEP: Final = 72.0


class WavelengthAxis:
    """Ticks, numbers and the colours of the spectral regions.

    Parameters
    ----------
    parent : vispy.scene.Node
        The scene in box coordinates.
    fonts : vispy FontManager
        Has the glyphs, which are slow to make; one for all texts of a canvas.
    """

    def __init__(self, parent: Any, fonts: Any) -> None:
        self._box: Box | None = None
        self._ticks_nm = np.empty(0)
        self._ticks = segments(parent, theme.MUTED)
        self._strip = segments(parent, theme.MUTED, width_px=3)
        self.labels = text(parent, fonts, theme.MUTED, "right")

    def show_box(self, box: Box) -> None:
        """Take the wavelengths of a box."""
        self._box = box
        self._ticks_nm = round_ticks(box.low_nm, box.high_nm, _TICKS)
        self.labels.text = [f"{nm:.0f} nm" for nm in self._ticks_nm]

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
        self.labels.pos = starts + outward * _LABEL_GAP

    def _place_strip(self, corner: DoubleArray) -> None:
        if self._box is None:
            return
        spans, colours = [], []
        for region in SPECTRAL_REGIONS:
            low, high = self._box.z_of(region.low_nm), self._box.z_of(region.high_nm)
            if high > low:
                spans += [low, high]
                colours += [theme.REGION_COLOURS[region.name]] * 2
        self._strip.set_data(_raised(corner, np.array(spans)), color=ColorArray(colours).rgba)


def text(parent: Any, fonts: Any, colour: str, anchor: str) -> Any:
    """Return small text in the scene, empty at first."""
    return Text(
        "",
        parent=parent,
        color=colour,
        font_size=_FONT_POINTS,
        anchor_x=anchor,
        anchor_y="center",
        font_manager=fonts,
    )


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
    """Return the upright edge of the box that is leftmost from a point of view.

    Parameters
    ----------
    azimuth : float
        Of the camera in degrees, as vispy's turntable has it.

    Returns
    -------
    corner : DoubleArray, shape (3,)
        Its foot.
    outward : DoubleArray, shape (3,)
        Level unit vector to the left.
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
