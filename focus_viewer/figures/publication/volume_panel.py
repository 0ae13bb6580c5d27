"""Saliency volume in its box, with the wavelengths along an edge."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import saliency_title
from focus_viewer.figures import style
from focus_viewer.figures.publication.colours import Scale
from focus_viewer.figures.publication.layout import Block, Frame, Place, Sheet
from focus_viewer.figures.publication.picture_panels import draw_colour_bar
from focus_viewer.figures.publication.volume_rays import View, cast

_ASPECT: Final = 0.72
_MM_PER_INCH, _MM_PER_PT = 25.4, 25.4 / 72
_CAST_DPI: Final = 220  # a cloud is smooth: more rays would show nothing new
_MOST_PX: Final = 560
_TICK_MM: Final = 1.0


def volume_block(subject: FigureSubject, spec: FigureSpec, scale: Scale, foot_mm: float) -> Block:
    """Return the volume of the first cube, over its picture."""
    shown = subject.first
    volume = shown.volume(subject.mode)
    if volume is None:
        raise ValueError(f"{shown.cube.name} is not explained")
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
    words_mm = 3.6 * pt * _MM_PER_PT
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
    per_unit = frame.width_mm / (high - low) / _MM_PER_INCH * min(dpi, _CAST_DPI)
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
