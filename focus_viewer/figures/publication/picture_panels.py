"""Pictures of cubes: the composite with its regions, and the heatmap over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.figure_subject import FigureCube, FigureSubject
from focus_viewer.core.saliency.volume import resample, window_plane
from focus_viewer.core.typing import ByteArray
from focus_viewer.core.wording import power_of_ten, saliency_title, scaled_unit, window_text
from focus_viewer.figures import style
from focus_viewer.figures.publication.colours import Scale
from focus_viewer.figures.publication.layout import Block, Frame, Place, Sheet
from focus_viewer.figures.publication.region_marks import Tag, draw_names, draw_outlines
from focus_viewer.figures.publication.scale_bar import bar_length, length_text

_BAR_GAP_MM: Final = 1.3  # from a picture to its colour bar
_BAR_MM: Final = 1.8
_BAR_SHARE: Final = 0.62  # of the frame's width
_LONGEST_BAR_MM: Final = 48.0
_TICK_MM: Final = 0.9
_INSET_MM: Final = 1.2  # from the frame to the scale bar
_MM_PER_PT: Final = 25.4 / 72


def composite_block(shown: FigureCube, spec: FigureSpec) -> Block:
    """Return the picture of a cube, with outlines and names of its regions and a scale bar."""

    def draw(sheet: Sheet, place: Place) -> None:
        axes = _show(sheet, place.frame, shown.composite.image, shown.cube)
        draw_outlines(axes, shown.regions)
        _draw_words(axes, sheet, place.frame, shown, spec, spec.region_labels)

    return Block(shown.cube.name, draw, shown.cube.rows / shown.cube.cols)


def heatmap_block(
    shown: FigureCube, subject: FigureSubject, spec: FigureSpec, scale: Scale, foot_mm: float
) -> Block:
    """Return the saliency at the band window over the picture, with a colour bar."""
    volume = shown.volume(subject.mode)
    if volume is None:
        raise ValueError(f"{shown.cube.name} is not explained")
    image = shown.composite.image
    heat = resample(window_plane(volume, subject.window_nm), image.shape[:2])

    def draw(sheet: Sheet, place: Place) -> None:
        axes = _show(sheet, place.frame, scale.over(image, heat), shown.cube)
        draw_outlines(axes, shown.regions, pale=True)
        named = spec.region_labels and "composite" not in spec.panels
        _draw_words(axes, sheet, place.frame, shown, spec, named)
        draw_colour_bar(sheet, place.frame, scale)

    title = f"{saliency_title(volume)}, {window_text(shown.cube, subject.window_nm)}"
    if len(subject.cubes) > 1:
        title = f"{shown.cube.name}: {title[0].lower()}{title[1:]}"
    return Block(title, draw, shown.cube.rows / shown.cube.cols, foot_mm=foot_mm)


def bar_foot_mm(small_pt: float) -> float:
    """Return the room that a colour bar needs below a picture."""
    return _BAR_GAP_MM + _BAR_MM + _TICK_MM + small_pt * _MM_PER_PT * 1.1


def draw_colour_bar(sheet: Sheet, frame: Frame, scale: Scale) -> None:
    """Draw a bar below a frame, its ends, its middle and its unit."""
    width_mm = min(frame.width_mm * _BAR_SHARE, _LONGEST_BAR_MM)
    top_mm = frame.y_mm + frame.height_mm + _BAR_GAP_MM
    axes = sheet.page.axes(frame.x_mm, top_mm, width_mm, _BAR_MM)
    axes.imshow(scale.bar(), aspect="auto", extent=(*scale.limits, 0, 1))
    axes.spines[:].set(visible=True, linewidth=0.4, color=style.HAIRLINE)
    low, high = scale.limits
    power = power_of_ten(high)
    ticks = [low, 0, high] if scale.signed else [0, high / 2, high]
    axes.set(yticks=[], xticks=ticks)
    words = [_signed_text(tick / 10.0**power, scale.signed) for tick in ticks]
    axes.set_xticklabels(words, fontsize=sheet.letters.small_pt)
    axes.tick_params(length=1.2, pad=1.2, width=0.4)
    ends = axes.get_xticklabels()
    ends[0].set_horizontalalignment("left")
    ends[-1].set_horizontalalignment("right")
    name = scaled_unit("logit" if scale.mode == "evidence" else "share", power)
    x_mm = frame.x_mm + width_mm + 1.2
    sheet.page.text(x_mm, top_mm + _BAR_MM, name, fontsize=sheet.letters.small_pt)


def _signed_text(value: float, signed: bool) -> str:
    text = f"{abs(value):.3g}"
    return text if value == 0 or not signed else f"{'+' if value > 0 else '−'}{text}"


def _show(sheet: Sheet, frame: Frame, image: ByteArray, cube: Cube) -> Axes:
    """Show a picture whose axes are pixel space."""
    axes = sheet.page.axes(frame.x_mm, frame.y_mm, frame.width_mm, frame.height_mm)
    axes.imshow(image, aspect="auto", extent=(0, cube.cols, cube.rows, 0))
    axes.set(xticks=[], yticks=[])
    axes.set_autoscale_on(False)
    axes.spines[:].set(visible=True, linewidth=0.4, color=style.MUTED)
    return axes


def _draw_words(
    axes: Axes, sheet: Sheet, frame: Frame, shown: FigureCube, spec: FigureSpec, named: bool
) -> None:
    taken: Sequence[Tag] = ()
    if spec.scale_bar and shown.pixel_size is not None:
        taken = (_draw_scale_bar(axes, sheet, frame, shown.cube, shown.pixel_size),)
    if named:
        shape = shown.cube.rows, shown.cube.cols
        draw_names(axes, frame, shown.regions, sheet.letters, shape, taken)


def _draw_scale_bar(
    axes: Axes, sheet: Sheet, frame: Frame, cube: Cube, pixel: tuple[float, str]
) -> Tag:
    """Draw a bar and its length on a plate in the lower left corner; return the plate."""
    side, its_unit = pixel
    length = bar_length(cube.cols * side)
    text = length_text(length, its_unit)
    bar_mm = length / side / cube.cols * frame.width_mm
    pt = sheet.letters.small_pt
    width_mm = max(bar_mm, sheet.letters.width_mm(text, pt)) + 1.4
    height_mm = pt * _MM_PER_PT + 1.7
    plate = Tag(_INSET_MM, frame.height_mm - _INSET_MM - height_mm, width_mm, height_mm)
    across, down = 1 / frame.width_mm, 1 / frame.height_mm
    low = 1 - (plate.y_mm + height_mm) * down
    kind: dict[str, Any] = {"transform": axes.transAxes, "zorder": 4}
    corner = plate.x_mm * across, low
    size = width_mm * across, height_mm * down
    axes.add_patch(Rectangle(corner, *size, facecolor="white", alpha=0.85, linewidth=0, **kind))
    middle = (plate.x_mm + width_mm / 2) * across
    half = bar_mm / 2 * across
    ends, level = np.array([middle - half, middle + half]), np.full(2, low + 0.7 * down)
    axes.plot(ends, level, color=style.INK, linewidth=1.4, solid_capstyle="butt", **kind)
    axes.text(middle, low + 1.1 * down, text, ha="center", va="bottom", fontsize=pt, **kind)
    return plate
