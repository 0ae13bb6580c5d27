"""Pictures of cubes: the composite with its regions and a scale bar, and the heatmap over it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.figure_subject import FigureCube, FigureSubject
from focus_viewer.core.pictures.composite import Composite
from focus_viewer.core.pictures.index_colours import LEVELS, index_lookup
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.shapes import PointMark, contours_of
from focus_viewer.core.saliency.modes import MODE_WORDS
from focus_viewer.core.saliency.volume import on_pixels, window_plane
from focus_viewer.core.typing import ByteArray, ImageShape
from focus_viewer.core.wording import power_of_ten, saliency_title, scaled_unit, window_text
from focus_viewer.figures import style
from focus_viewer.figures.publication.colours import Scale, on_paper
from focus_viewer.figures.publication.layout import Block, Frame, Place, Sheet
from focus_viewer.figures.publication.letters import Letters

_BAR_GAP_MM: Final = 1.3  # from a picture to its colour bar
_BAR_MM: Final = 1.8
_BAR_SHARE: Final = 0.62  # of the frame's width
_LONGEST_BAR_MM: Final = 48.0
_TICK_MM: Final = 0.9
_INSET_MM: Final = 1.2  # from the frame to the scale bar
_PAD_MM: Final = 0.5  # around a name
_AWAY_MM: Final = 0.7  # from an outline to its name
_NAME_INSET_MM: Final = 0.6  # from the frame to its content
_IN_METRES: Final = {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3}
_METRIC: Final = (("km", 1e3), ("m", 1.0), ("cm", 1e-2), ("mm", 1e-3), ("µm", 1e-6))
_SCALE_BAR_SHARE: Final = 0.28  # of the picture's width, at most


def composite_block(shown: FigureCube, spec: FigureSpec, foot_mm: float) -> Block:
    """Return the picture of a cube, with outlines and names of its regions and a scale bar.

    An index map has a colour bar, in the room `foot_mm` below it.
    """
    bar = _index_bar(shown.composite)

    def draw(sheet: Sheet, place: Place) -> None:
        axes = _show(sheet, place.frame, shown.composite.image, shown.cube)
        draw_outlines(axes, shown.regions)
        _draw_words(axes, sheet, place.frame, shown, spec, spec.region_labels)
        if bar is not None:
            _draw_bar(sheet, place.frame, bar)

    below_mm = 0.0 if bar is None else foot_mm
    return Block(shown.cube.name, draw, shown.cube.rows / shown.cube.cols, foot_mm=below_mm)


def heatmap_block(
    shown: FigureCube, subject: FigureSubject, spec: FigureSpec, scale: Scale, foot_mm: float
) -> Block:
    """Return the saliency at the band window over the picture, with a colour bar."""
    volume = shown.explained(subject.mode)
    image = shown.composite.image
    heat = on_pixels(volume, window_plane(volume, subject.window_nm), image.shape[:2])

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
    return _BAR_GAP_MM + _BAR_MM + _TICK_MM + small_pt * style.MM_PER_PT * 1.1


def draw_colour_bar(sheet: Sheet, frame: Frame, scale: Scale) -> None:
    """Draw a bar below a frame, its ends, its middle and its unit."""
    low, high = scale.limits
    power = power_of_ten(high)
    ticks = (low, 0.0, high) if scale.signed else (0.0, high / 2, high)
    words = tuple(_signed_text(tick / 10.0**power, scale.signed) for tick in ticks)
    name = scaled_unit(MODE_WORDS[scale.mode].unit, power)
    _draw_bar(sheet, frame, Bar(scale.bar(), scale.limits, ticks, words, name))


@dataclass(frozen=True)
class Bar:
    """Colour bar: its colours, shape (1, levels, 3), with the ends, ticks and name of the scale."""

    colours: ByteArray
    limits: tuple[float, float]
    ticks: tuple[float, ...]
    words: tuple[str, ...]
    name: str


def _index_bar(picture: Composite) -> Bar | None:
    """Return the bar of an index map; None of another picture, or of one without values."""
    if picture.choice.index is None or not np.isfinite(picture.limits[0]).all():
        return None
    low, high = picture.limits[0]
    shares = np.linspace(0, 1, LEVELS) ** (1 / picture.stretch.gamma)
    colours = index_lookup()[np.rint(shares * (LEVELS - 1)).astype(int)][None]
    ticks = low, (low + high) / 2, high
    words = tuple(f"{tick:.3g}".replace("-", "−") for tick in ticks)
    return Bar(colours, (low, high), ticks, words, picture.choice.index.index.name)


def _draw_bar(sheet: Sheet, frame: Frame, bar: Bar) -> None:
    width_mm = min(frame.width_mm * _BAR_SHARE, _LONGEST_BAR_MM)
    top_mm = frame.y_mm + frame.height_mm + _BAR_GAP_MM
    axes = sheet.page.axes(frame.x_mm, top_mm, width_mm, _BAR_MM)
    axes.imshow(bar.colours, aspect="auto", extent=(*bar.limits, 0, 1))
    axes.spines[:].set(visible=True, linewidth=0.4, color=style.HAIRLINE)
    axes.set(yticks=[], xticks=bar.ticks)
    axes.set_xticklabels(bar.words, fontsize=sheet.letters.small_pt)
    axes.tick_params(length=1.2, pad=1.2, width=0.4)
    ends = axes.get_xticklabels()
    ends[0].set_horizontalalignment("left")
    ends[-1].set_horizontalalignment("right")
    x_mm = frame.x_mm + width_mm + 1.2
    room_mm = frame.x_mm + frame.width_mm - x_mm
    name = sheet.letters.shortened(bar.name, room_mm, sheet.letters.small_pt)
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
    height_mm = pt * style.MM_PER_PT + 1.7
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


@dataclass(frozen=True)
class Tag:
    """Rectangle on a picture, in mm from the frame's upper left corner."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    def shared_mm2(self, other: Tag) -> float:
        """Return the area that it shares with another tag."""
        across = min(self.x_mm + self.width_mm, other.x_mm + other.width_mm)
        down = min(self.y_mm + self.height_mm, other.y_mm + other.height_mm)
        width, height = across - max(self.x_mm, other.x_mm), down - max(self.y_mm, other.y_mm)
        return max(width, 0.0) * max(height, 0.0)

    def held_in(self, frame: Frame) -> Tag:
        """Return the same tag, moved into a frame."""
        most_x = max(frame.width_mm - self.width_mm - _NAME_INSET_MM, 0.0)
        most_y = max(frame.height_mm - self.height_mm - _NAME_INSET_MM, 0.0)
        x_mm, y_mm = max(self.x_mm, _NAME_INSET_MM), max(self.y_mm, _NAME_INSET_MM)
        return Tag(min(x_mm, most_x), min(y_mm, most_y), self.width_mm, self.height_mm)


def draw_outlines(axes: Axes, regions: Sequence[Annotation], pale: bool = False) -> None:
    """Draw outlines with a white edge, seen on any picture; thin where a heatmap is shown."""
    for region in regions:
        colour = on_paper(region.colour)
        if isinstance(region.outline, PointMark):
            col, row = np.floor(region.outline.at) + 0.5
            kind: dict[str, Any] = {"markerfacecolor": colour, "markeredgecolor": "white"}
            axes.plot(col, row, "o", markersize=3.6, markeredgewidth=0.6, **kind)
            continue
        for ring in contours_of(region.outline):
            cols, rows = np.array([*ring, ring[0]]).T
            axes.plot(cols, rows, color="white", linewidth=1.2 if pale else 1.9, alpha=0.85)
            axes.plot(cols, rows, color=colour, linewidth=0.7 if pale else 1.1)


def draw_names(
    axes: Axes,
    frame: Frame,
    regions: Sequence[Annotation],
    letters: Letters,
    image_shape: ImageShape,
    taken: Sequence[Tag] = (),
) -> None:
    """Draw names of regions beside their outlines, inside the frame and apart from one another.

    Parameters
    ----------
    axes : Axes
        Its data are pixel space.
    taken : sequence of Tag
        Rectangles that names must not cover.
    """
    boxes = [_box_mm(region, frame, image_shape) for region in regions]
    placed = list(taken)
    for region, box in zip(regions, boxes, strict=True):
        room_mm = frame.width_mm * 0.6
        name = letters.shortened(region.name, room_mm, letters.small_pt)
        width_mm = letters.width_mm(name, letters.small_pt) + 2 * _PAD_MM
        height_mm = letters.small_pt * style.MM_PER_PT + 2 * _PAD_MM
        tag = _freest(_around(box, width_mm, height_mm), placed, boxes, frame)
        placed.append(tag)
        _draw_name(axes, frame, tag, name, on_paper(region.colour), letters.small_pt)


def _box_mm(region: Annotation, frame: Frame, image_shape: ImageShape) -> Tag:
    """Return the smallest rectangle around an outline."""
    corners = np.array([point for ring in contours_of(region.outline) for point in ring])
    rows, cols = image_shape
    low, high = corners.min(axis=0), corners.max(axis=0)
    across, down = frame.width_mm / cols, frame.height_mm / rows
    x_mm, y_mm = low[0] * across, low[1] * down
    return Tag(x_mm, y_mm, (high[0] - low[0]) * across, (high[1] - low[1]) * down)


def _around(box: Tag, width_mm: float, height_mm: float) -> Iterator[Tag]:
    """Return places for a name, the best first: above, below, right, left, in the middle."""
    middle_x = box.x_mm + box.width_mm / 2 - width_mm / 2
    middle_y = box.y_mm + box.height_mm / 2 - height_mm / 2
    above, below = box.y_mm - height_mm - _AWAY_MM, box.y_mm + box.height_mm + _AWAY_MM
    right, left = box.x_mm + box.width_mm + _AWAY_MM, box.x_mm - width_mm - _AWAY_MM
    for x_mm, y_mm in (
        (middle_x, above),
        (middle_x, below),
        (right, middle_y),
        (left, middle_y),
        (right, above),
        (left, below),
        (middle_x, middle_y),
    ):
        yield Tag(x_mm, y_mm, width_mm, height_mm)


def _freest(
    wanted: Iterator[Tag], placed: Sequence[Tag], boxes: Sequence[Tag], frame: Frame
) -> Tag:
    """Return the place that hides least, other names above all; the earlier of equal ones."""
    held = [tag.held_in(frame) for tag in wanted]

    def hidden(tag: Tag) -> float:
        names = sum(tag.shared_mm2(other) for other in placed)
        return 100 * names + sum(tag.shared_mm2(box) for box in boxes)

    return min(held, key=lambda tag: round(hidden(tag), 6))


def _draw_name(axes: Axes, frame: Frame, tag: Tag, name: str, colour: str, pt: float) -> None:
    x = (tag.x_mm + tag.width_mm / 2) / frame.width_mm
    y = 1 - (tag.y_mm + tag.height_mm / 2) / frame.height_mm
    # Not a path effect: that would turn the letters into outlines.
    plate = {"boxstyle": f"square,pad={_PAD_MM / style.MM_PER_PT / pt:.3f}", "linewidth": 0.5}
    axes.text(
        x,
        y,
        name,
        transform=axes.transAxes,
        ha="center",
        va="center",
        fontsize=pt,
        color=style.INK,
        bbox=plate | {"facecolor": "white", "edgecolor": colour, "alpha": 0.88},
        zorder=5,
    )


def bar_length(width: float) -> float:
    """Return the longest of 1, 2 or 5 times a power of ten that is at most a quarter of a width."""
    most = width * _SCALE_BAR_SHARE
    power = 10.0 ** math.floor(math.log10(most))
    fitting = [step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9)]
    return fitting[-1]


def length_text(length: float, unit: str) -> str:
    """Return `20 cm`: in the unit in which the number is at least 1."""
    if unit not in _IN_METRES:
        return f"{length:g} {unit}"
    metres = length * _IN_METRES[unit]
    name, size = next(
        ((name, size) for name, size in _METRIC if metres >= size * (1 - 1e-9)), _METRIC[-1]
    )
    return f"{float(f'{metres / size:.3g}'):g} {name}"
