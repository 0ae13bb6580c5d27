"""Regions on a picture: outlines in their colours, and their names where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.shapes import PointMark, contours_of
from focus_viewer.core.typing import ImageShape
from focus_viewer.figures import style
from focus_viewer.figures.publication.colours import on_paper
from focus_viewer.figures.publication.layout import Frame
from focus_viewer.figures.publication.letters import Letters

_PAD_MM: Final = 0.5  # around a name
_AWAY_MM: Final = 0.7  # from an outline to its name
_INSET_MM: Final = 0.6  # from the frame to its content
_MM_PER_PT: Final = 25.4 / 72


@dataclass(frozen=True)
class Tag:
    """Rectangle on a picture, in mm from the frame's upper left corner.

    Attributes
    ----------
    x_mm, y_mm : float
        Upper left corner.
    """

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
        most_x = max(frame.width_mm - self.width_mm - _INSET_MM, 0.0)
        most_y = max(frame.height_mm - self.height_mm - _INSET_MM, 0.0)
        x_mm, y_mm = max(self.x_mm, _INSET_MM), max(self.y_mm, _INSET_MM)
        return Tag(min(x_mm, most_x), min(y_mm, most_y), self.width_mm, self.height_mm)


def draw_outlines(axes: Axes, regions: Sequence[Annotation], pale: bool = False) -> None:
    """Draw outlines in pixel space, with a white edge so that they are seen on any picture.

    Parameters
    ----------
    pale : bool
        Thin, where a heatmap must be seen.
    """
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
        height_mm = letters.small_pt * _MM_PER_PT + 2 * _PAD_MM
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
    plate = {"boxstyle": f"square,pad={_PAD_MM / _MM_PER_PT / pt:.3f}", "linewidth": 0.5}
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
