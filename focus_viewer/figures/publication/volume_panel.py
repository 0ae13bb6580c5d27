"""Saliency volume in its box, with the wavelengths along an edge.

A ray caster without OpenGL draws the volume: slices sheared along the line of sight. Orthographic.
The slices are those across the axis that the view runs along most (Lacroute & Levoy 1994, SIGGRAPH:
451-458), composited from the front to the back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from focus_viewer.core.cubes.viewpoint import Camera
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.saliency.volume import SaliencyVolume, resample
from focus_viewer.core.typing import BoolArray, ByteArray, DoubleArray, FloatArray, IntArray
from focus_viewer.core.wording import saliency_title
from focus_viewer.figures import style
from focus_viewer.figures.publication.colours import Scale
from focus_viewer.figures.publication.layout import Block, Frame, Place, Sheet
from focus_viewer.figures.publication.picture_panels import draw_colour_bar

_ASPECT: Final = 0.72
_CAST_DPI: Final = 220  # a cloud is smooth: more rays would show nothing new
_MOST_PX: Final = 560
_TICK_MM: Final = 1.0
HEIGHT: Final = 0.85  # of the box, against the longer side of the image, as in the window
_SLICES: Final = 96
_LONGEST: Final = 160  # cells along the longer side of the image
_FIRST_VIEW: Final = (-28.0, 24.0)  # azimuth and elevation in degrees, as in the window
_STEEPEST: Final = 80.0  # seen from straight above there would be no wavelengths to see
_FAINT: Final = 0.08  # saliency under this share of the limit is not drawn
_DENSITY: Final = 14.0  # opacity of the strongest saliency along a unit of length
_FADE: Final = 0.45  # share of the limit from which the strongest value is opaque


def volume_block(subject: FigureSubject, spec: FigureSpec, scale: Scale, foot_mm: float) -> Block:
    """Return the volume of the first cube, over its picture."""
    shown = subject.first
    volume = shown.explained(subject.mode)
    view = View.of(volume, subject.camera)

    def draw(sheet: Sheet, place: Place) -> None:
        frame = place.frame
        axes = sheet.page.axes(frame.x_mm, frame.y_mm, frame.width_mm, frame.height_mm)
        extent = _fit(axes, view, frame, sheet.letters.small_pt)
        size_px = _size_px(extent, axes, frame, spec.dpi)
        image = cast(
            volume,
            scale.limits[1],
            scale.lookup(),
            shown.composite.image,
            view,
            extent,
            size_px,
            subject.strongest_only,
        )
        axes.imshow(image, extent=extent, aspect="auto", zorder=2)
        _draw_box(axes, view)
        _draw_window(axes, view, subject)
        _draw_ticks(axes, view, frame, sheet.letters.small_pt)
        draw_colour_bar(sheet, frame, scale)

    title = f"{saliency_title(volume)}, volume"
    return Block(title, draw, _ASPECT, flexible=True, foot_mm=foot_mm)


def _fit(axes: Axes, view: View, frame: Frame, pt: float) -> tuple[float, float, float, float]:
    """Set the axes' limits around the box and its numbers; return the extent of the box."""
    seen = view.seen(view.corners)
    (left, bottom), (right, top) = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    words_mm = 3.6 * pt * style.MM_PER_PT
    inner_mm = np.array([frame.width_mm - words_mm - 1.0, frame.height_mm - 2.0])
    mm_per_unit = float((inner_mm / (right - left, top - bottom)).min())
    spare_mm = inner_mm[0] - mm_per_unit * (right - left)
    low = left - (words_mm + spare_mm / 2) / mm_per_unit
    middle = (bottom + top) / 2
    half = frame.height_mm / mm_per_unit / 2
    axes.set_xlim(low, low + frame.width_mm / mm_per_unit)
    axes.set_ylim(middle - half, middle + half)
    axes.set_axis_off()
    axes.set_autoscale_on(False)
    return float(left), float(right), float(bottom), float(top)


def _size_px(
    extent: tuple[float, float, float, float], axes: Axes, frame: Frame, dpi: int
) -> tuple[int, int]:
    low, high = axes.get_xlim()
    per_unit = frame.width_mm / (high - low) / style.MM_PER_INCH * min(dpi, _CAST_DPI)
    left, right, bottom, top = extent
    sides = np.array([right - left, top - bottom]) * per_unit
    sides *= min(1.0, _MOST_PX / sides.max())
    width, height = (max(round(side), 2) for side in sides.tolist())
    return width, height


def _draw_box(axes: Axes, view: View) -> None:
    """Draw the edges of the box: those behind the volume below it, those before it above."""
    corners, seen = view.corners, view.seen(view.corners)
    hidden = int(np.argmax(seen[:, 2]))  # the corner farthest away: its edges are behind
    for first, second in combinations(range(8), 2):
        if np.count_nonzero(corners[first] != corners[second]) != 1:
            continue
        behind = hidden in (first, second)
        ends = seen[[first, second]]
        kind: dict[str, Any] = {"linewidth": 0.4 if behind else 0.6, "zorder": 1 if behind else 3}
        colour = style.HAIRLINE if behind else style.MUTED
        axes.plot(ends[:, 0], ends[:, 1], color=colour, clip_on=False, **kind)


def _draw_window(axes: Axes, view: View, subject: FigureSubject) -> None:
    """Draw a line around the box at the middle of the band window of the heatmap."""
    z = view.z_of(subject.window_nm.center_nm)
    width, depth, _ = view.size
    ring = np.array([[0, 0, z], [width, 0, z], [width, depth, z], [0, depth, z], [0, 0, z]])
    seen = view.seen(ring)
    axes.plot(seen[:, 0], seen[:, 1], color=style.INK, linewidth=0.7, zorder=4, dashes=(3, 1.5))


def _draw_ticks(axes: Axes, view: View, frame: Frame, pt: float) -> None:
    """Draw wavelengths along the leftmost upright edge."""
    corners = view.corners
    floor = corners[corners[:, 2] == 0]
    foot = floor[int(np.argmin(view.seen(floor)[:, 0]))]
    low, high = axes.get_xlim()
    tick = _TICK_MM * (high - low) / frame.width_mm
    for nm in _ticks_nm(view):
        x, y, _ = view.seen(_at(foot, view.z_of(nm)))[0]
        axes.plot((x - tick, x), (y, y), color=style.MUTED, linewidth=0.5, zorder=3)
        axes.text(x - 1.6 * tick, y, f"{nm:.0f}", ha="right", va="center", fontsize=pt)
    x, y, _ = view.seen(_at(foot, view.size[2]))[0]
    axes.text(x - 1.6 * tick, y, "nm", ha="right", va="center", fontsize=pt)


def _ticks_nm(view: View) -> list[float]:
    """Return round wavelengths, none so high that it would meet the unit at the top of the axis."""
    low, high = view.edges_nm
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(nm) for nm in ticks if low <= nm <= high - 0.09 * (high - low)]


def _at(foot: DoubleArray, z: float) -> DoubleArray:
    return np.array([[foot[0], foot[1], z]])


@dataclass(frozen=True, eq=False)
class View:
    """Box of a volume and the direction it is viewed from.

    Box coordinates are those of the window: x along the columns, y against the rows, z with the
    wavelength; the longer side of the image is 1.

    Attributes
    ----------
    size : tuple of float
        Along x, y and z.
    edges_nm : tuple of float
        At the floor and at the lid.
    axes : DoubleArray, shape (3, 3)
        Rows: right, up and away, in box coordinates.
    """

    size: tuple[float, float, float]
    edges_nm: tuple[float, float]
    axes: DoubleArray

    @classmethod
    def of(cls, volume: SaliencyVolume, camera: Camera | None) -> View:
        """Return the view of a volume by a turntable camera, or the window's first view."""
        rows, cols = volume.image_shape
        longer = max(rows, cols)
        azimuth, elevation = _FIRST_VIEW
        if camera is not None:
            steep = min(max(camera.elevation_deg, -_STEEPEST), _STEEPEST)
            azimuth, elevation = camera.azimuth_deg, steep
        ends = float(volume.edges_nm.min()), float(volume.edges_nm.max())
        return cls((cols / longer, rows / longer, HEIGHT), ends, _axes(azimuth, elevation))

    def seen(self, points: DoubleArray) -> DoubleArray:
        """Return points (n, 3) of the box as (right, up, away), from its middle."""
        return np.asarray((points - np.array(self.size) / 2) @ self.axes.T)

    def z_of(self, nm: float) -> float:
        """Return the height of a wavelength, clipped to the box."""
        low, high = self.edges_nm
        return self.size[2] * float(np.clip((nm - low) / (high - low), 0, 1))

    @property
    def corners(self) -> DoubleArray:
        """Corners of the box, shape (8, 3), the last axis running fastest."""
        return np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]) * self.size


def _axes(azimuth_deg: float, elevation_deg: float) -> DoubleArray:
    """Return right, up and away of a turntable camera, as vispy has it."""
    turn, lift = np.radians([azimuth_deg, elevation_deg])
    right = np.array([np.cos(turn), np.sin(turn), 0.0])
    level = np.array([-np.sin(turn), np.cos(turn), 0.0])
    away = np.cos(lift) * level - np.sin(lift) * np.array([0.0, 0.0, 1.0])
    return np.stack([right, np.cross(right, away), away])


def cast(
    volume: SaliencyVolume,
    limit: float,
    lookup: FloatArray,
    picture: ByteArray,
    view: View,
    extent: tuple[float, float, float, float],
    size_px: tuple[int, int],
    strongest_only: bool,
) -> ByteArray:
    """Draw the volume over the composite on the floor of the box.

    Parameters
    ----------
    limit : float
        Saliency of full colour.
    lookup : FloatArray, shape (levels, 3)
        Colours from minus the limit (signed) or zero to the limit, 0 to 1.
    picture : ByteArray, shape (height, width, 3)
    extent : tuple of float
        Left, right, bottom, top of what is drawn, as `View.seen` has it.
    size_px : tuple of int
        (width, height).
    strongest_only : bool
        The strongest value behind each point, rather than a cloud.

    Returns
    -------
    ByteArray, shape (height, width, 4)
    """
    rays = _Rays(view, extent, size_px)
    cells = _cells(volume, limit)
    walk = _strongest if strongest_only else _cloud
    colour, opacity = walk(rays, cells, lookup, volume.signed)
    floor, inside = rays.floor(picture)
    under = inside & (rays.away[2] < 0)  # a floor seen from below would hide the volume
    clear = np.where(under, 1 - opacity, 0)[..., None]
    alpha = np.where(under, 1.0, opacity)
    plain = (colour + clear * floor) / np.maximum(alpha, 1e-6)[..., None]
    rgba = np.concatenate([np.clip(plain, 0, 1), alpha[..., None]], axis=2)
    return np.asarray(np.rint(255 * rgba), dtype=np.uint8)


class _Rays:
    """Lines of sight, one for each pixel, and where they meet the slices of the box."""

    def __init__(
        self, view: View, extent: tuple[float, float, float, float], size_px: tuple[int, int]
    ) -> None:
        left, right, bottom, top = extent
        width, height = size_px
        across = left + (np.arange(width) + 0.5) / width * (right - left)
        up = top - (np.arange(height) + 0.5) / height * (top - bottom)
        start = np.array(view.size) / 2
        columns, rows = across[None, :], up[:, None]
        right, upward = view.axes[:2]
        self.start = [start[i] + columns * right[i] + rows * upward[i] for i in range(3)]
        self.away = view.axes[2]
        self.size = view.size
        self.shape = (height, width)
        self.axis = int(np.argmax(np.abs(self.away)))  # of x, y and z

    def slices(self, count: int) -> list[int]:
        """Return slices across the main axis, the nearest first."""
        order = list(range(count))
        return order if self.away[self.axis] > 0 else order[::-1]

    def meeting(self, axis: int, level: float) -> list[DoubleArray]:
        """Return where rays meet a plane across an axis: along the others, 0 to 1 inside.

        Each of shape (height, width).
        """
        distance = (level * self.size[axis] - self.start[axis]) / self.away[axis]
        others = [other for other in range(3) if other != axis]
        return [(self.start[i] + distance * self.away[i]) / self.size[i] for i in others]

    def sample(self, cells: FloatArray, number: int) -> FloatArray:
        """Return values of a slice where the rays meet it, 0 outside the box.

        Parameters
        ----------
        cells : FloatArray, shape (x, y, z)
        number : int
            Of the slice across the main axis.
        """
        plane = np.take(cells, number, axis=self.axis)
        if not plane.any():
            return np.zeros(self.shape, dtype=np.float32)
        points = self.meeting(self.axis, (number + 0.5) / cells.shape[self.axis])
        places, inside = _places(points, plane.shape)
        return np.where(inside, plane[places[0], places[1]], np.float32(0))

    def floor(self, picture: ByteArray) -> tuple[DoubleArray, BoolArray]:
        """Return the picture on the floor, in light colours, and where it is seen."""
        if self.away[2] == 0:
            return np.zeros((*self.shape, 3)), np.zeros(self.shape, dtype=np.bool_)
        x, y = self.meeting(2, 0.0)
        places, inside = _places([1 - y, x], picture.shape[:2])
        return 0.6 + 0.4 * picture[places[0], places[1]] / 255, inside


def _places(
    points: Sequence[DoubleArray], shape: tuple[int, ...]
) -> tuple[list[IntArray], BoolArray]:
    """Return cells of points from 0 to 1, and which points are in a cell."""
    inside = np.logical_and.reduce([(along >= 0) & (along < 1) for along in points])
    found: list[IntArray] = []
    for along, count in zip(points, shape, strict=True):
        place = np.nan_to_num(along * count).astype(np.intp)
        found.append(np.clip(place, 0, count - 1))
    return found, inside


def _cells(volume: SaliencyVolume, limit: float) -> FloatArray:
    """Return saliency from -1 to 1 on an even grid along the box, shape (x, y, z); gaps are 0."""
    rows, cols = volume.image_shape
    grid_rows, grid_cols, _ = volume.values.shape
    share = min(1.0, _LONGEST / max(rows, cols))
    shape = max(round(rows * share), 1), max(round(cols * share), 1)
    shape = max(shape[0], min(grid_rows, _LONGEST)), max(shape[1], min(grid_cols, _LONGEST))
    low, high = volume.edges_nm[:, 0], volume.edges_nm[:, 1]
    middles = low.min() + (np.arange(_SLICES) + 0.5) / _SLICES * (high.max() - low.min())
    cells = np.zeros((shape[1], shape[0], _SLICES), dtype=np.float32)
    for group, plane in enumerate(volume.planes):
        inside = (low[group] <= middles) & (middles < high[group])
        if inside.any():
            level = np.clip(resample(np.nan_to_num(plane), shape) / limit, -1, 1)
            cells[:, :, inside] = level[::-1].T[:, :, None]
    return cells


def _levels(values: FloatArray, lookup: FloatArray, signed: bool) -> FloatArray:
    share = (values + 1) / 2 if signed else np.maximum(values, 0)
    return lookup[np.rint(share * (len(lookup) - 1)).astype(np.intp)]


def _cloud(
    rays: _Rays, cells: FloatArray, lookup: FloatArray, signed: bool
) -> tuple[FloatArray, FloatArray]:
    """Return colour (height, width, 3), weighted, and opacity of a translucent volume."""
    colour = np.zeros((*rays.shape, 3), dtype=np.float32)
    clear = np.ones(rays.shape, dtype=np.float32)
    count = cells.shape[rays.axis]
    length = rays.size[rays.axis] / count / abs(rays.away[rays.axis])
    for number in rays.slices(count):
        values = rays.sample(cells, number)
        seen = np.clip((np.abs(values) - _FAINT) / (1 - _FAINT), 0, 1)
        if not seen.any():
            continue
        opacity = 1 - np.exp(-_DENSITY * length * seen)
        colour += (clear * opacity)[..., None] * _levels(values, lookup, signed)
        clear *= 1 - opacity
    return colour, 1 - clear


def _strongest(
    rays: _Rays, cells: FloatArray, lookup: FloatArray, signed: bool
) -> tuple[FloatArray, FloatArray]:
    """Return colour, weighted, and opacity of the strongest value behind each point."""
    best = np.zeros(rays.shape, dtype=np.float32)
    for number in rays.slices(cells.shape[rays.axis]):
        values = rays.sample(cells, number)
        best = np.where(np.abs(values) > np.abs(best), values, best)
    opacity: FloatArray = np.clip(np.abs(best) / np.float32(_FADE), 0, 1)
    return opacity[..., None] * _levels(best, lookup, signed), opacity
