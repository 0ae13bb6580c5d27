"""From mouse and keys on the picture to regions: one tool at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.handles import ellipse, handles, rectangle, reshaped
from focus_viewer.core.regions.shapes import MaskShape, PointMark, Polygon, Shape, moved, painted
from focus_viewer.core.typing import BoolArray, Point2
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.ui.drawing.canvas import Drag, ImageCanvas
from focus_viewer.ui.drawing.wand_options import WandOptions

_HANDLE_REACH_PX = 8.0  # on the screen
_BRUSH_RADIUS_PX = 3.0  # of the image
_LEAST_STEP_PX = 0.5
_DOUBLING_PX = 100.0  # of a drag with the wand
_SPANNED: dict[str, Callable[[Point2, Point2], Shape]] = {
    "rectangle": rectangle,
    "ellipse": ellipse,
}


class RegionGestures(QObject):
    """Draws, selects, moves and reshapes regions of the document on the screen.

    Parameters
    ----------
    session : Session
    canvas : ImageCanvas
    """

    def __init__(self, session: Session, canvas: ImageCanvas) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._corners: list[Point2] = []
        self._brushed: BoolArray | None = None
        self._held: tuple[Annotation, int | None] | None = None
        self._tolerance = 0.0  # of the wand when its drag began
        self.wand_options = WandOptions(session, canvas)
        canvas.placed.connect(self._on_placed)
        canvas.dragged.connect(self._on_dragged)
        canvas.finish_wanted.connect(self.finish)
        canvas.drop_wanted.connect(self.drop)
        canvas.back_wanted.connect(self._take_back_corner)

    # Clicks

    def _on_placed(self, place: Point2, double: bool, adding: bool) -> None:
        tool = self._session.state.selection.tool
        if tool == "edit":
            self._select_at(place, adding)
        elif tool == "point":
            self._session.regions.draw(PointMark(place))
        elif tool == "polygon":
            self._add_corner(place, double)
        elif tool == "brush":
            self._brush([place], erase=adding)
            self._end_brush()
        elif tool == "wand" and not double:
            self._session.wand.set_seed(*_pixel(place), adding)

    def _select_at(self, place: Point2, adding: bool) -> None:
        document = self._session.state.document
        hit = region_at(document, place) if document else None
        before = document.selected if document and adding else ()
        if hit is None:
            self._session.regions.select(before)
        elif hit.id in before:
            self._session.regions.select([one for one in before if one != hit.id])
        else:
            self._session.regions.select([*before, hit.id])

    def _add_corner(self, place: Point2, double: bool) -> None:
        if double:  # its first click has set the last corner
            self.finish()
            return
        self._corners.append(place)
        self._canvas.sketch.show_line(self._corners)

    def finish(self) -> None:
        """Close the polygon that is being drawn."""
        corners, self._corners = self._corners, []
        self._canvas.sketch.show_line([])
        if len(corners) >= 3:
            self._session.regions.draw(Polygon((tuple(corners),)))

    def drop(self) -> None:
        """Forget what is being drawn, and select nothing."""
        self._corners, self._held, self._brushed = [], None, None
        self._canvas.sketch.show_line([])
        self._session.regions.select(())

    def _take_back_corner(self) -> None:
        self._corners = self._corners[:-1]
        self._canvas.sketch.show_line(self._corners)

    # Drags

    def _on_dragged(self, drag: Drag) -> None:
        tool = self._session.state.selection.tool
        if tool == "edit":
            self._pull(drag)
        elif tool in _SPANNED:
            self._span(drag, _SPANNED[tool](drag.start, drag.place))
        elif tool == "freehand":
            self._trace(drag)
        elif tool == "brush":
            self._brush([drag.before, drag.place], drag.with_control)
            if drag.ended:
                self._end_brush()
        elif tool == "wand":
            self._widen_wand(drag)

    def _span(self, drag: Drag, outline: Shape) -> None:
        self._canvas.sketch.show_outline(outline)
        if drag.ended:
            self._canvas.sketch.show_line([])
            self._session.regions.draw(outline)

    def _trace(self, drag: Drag) -> None:
        if drag.began:
            self._corners = [drag.start]
        if np.hypot(*np.subtract(drag.place, self._corners[-1])) >= _LEAST_STEP_PX:
            self._corners.append(drag.place)
        self._canvas.sketch.show_line(self._corners)
        if drag.ended:
            self.finish()

    def _brush(self, line: list[Point2], erase: bool) -> None:
        """Paint discs along a line; with Ctrl they are taken away."""
        document = self._session.state.document
        if document is None:
            return
        if self._brushed is None:
            region = brushed_region(document)
            shape = document.cube.shape[:2]
            blank = np.zeros(shape, dtype=np.bool_)
            self._brushed = region.outline.mask(shape) if region else blank
        stroke = _discs(line, self._brushed.shape)
        self._brushed = self._brushed & ~stroke if erase else self._brushed | stroke
        self._canvas.sketch.show_mask(self._brushed)

    def _widen_wand(self, drag: Drag) -> None:
        """Touch where the drag begins; to the right the tolerance grows, to the left it shrinks."""
        if drag.began:
            self._tolerance = self._session.state.selection.wand.tolerance
            self._session.wand.set_seed(*_pixel(drag.start), drag.with_control)
        way = (drag.place[0] - drag.start[0]) / self._canvas.pixels_of_image  # on the screen
        self._session.wand.set_tolerance(self._tolerance * 2.0 ** (way / _DOUBLING_PX))

    def _end_brush(self) -> None:
        document, brushed = self._session.state.document, self._brushed
        self._brushed = None
        self._canvas.sketch.show_line([])
        if document is None or brushed is None:
            return
        outline, region = painted(brushed), brushed_region(document)
        if region is None and outline is not None:
            self._session.regions.draw(outline)
        elif region is not None and outline is not None:
            self._session.regions.reshape(region.id, outline)
        elif region is not None:
            self._session.regions.remove([region.id])

    def _pull(self, drag: Drag) -> None:
        document = self._session.state.document
        if document is None:
            return
        if drag.began:
            self._held = self._hold(document, drag.start)
        if self._held is None:
            return
        region, handle = self._held
        shift = drag.place[0] - drag.start[0], drag.place[1] - drag.start[1]
        if handle is None:
            self._sketch_moved(region.outline, drag.began, *shift)
        else:
            self._canvas.sketch.show_outline(reshaped(region.outline, handle, drag.place))
        if drag.ended:
            self._held = None
            self._canvas.sketch.show_line([])
            if handle is None:
                self._session.regions.move(document.selected, *shift)
            else:
                outline = reshaped(region.outline, handle, drag.place)
                self._session.regions.reshape(region.id, outline)

    def _hold(self, document: Document, place: Point2) -> tuple[Annotation, int | None] | None:
        """What a drag takes hold of: a handle of the one selected region, or a region."""
        if len(document.selected) == 1:
            region = document.annotations.find(document.selected[0])
            near = self._handle_at(region, place) if region else None
            if region is not None and near is not None and not region.locked:
                return region, near
        hit = region_at(document, place)
        if hit is None or hit.locked:
            return None
        if hit.id not in document.selected:
            self._session.regions.select([hit.id])
        return hit, None

    def _handle_at(self, region: Annotation, place: Point2) -> int | None:
        reach = _HANDLE_REACH_PX * self._canvas.pixels_of_image
        away = [float(np.hypot(*np.subtract(one, place))) for one in handles(region.outline)]
        near = int(np.argmin(away)) if away else 0
        return near if away and away[near] <= reach else None

    def _sketch_moved(self, outline: Shape, began: bool, cols: float, rows: float) -> None:
        """Show an outline elsewhere; its lines are found once a drag."""
        if began:
            self._canvas.sketch.show_outline(outline)
        whole = isinstance(outline, MaskShape)  # moves by whole pixels
        self._canvas.sketch.shift(*((round(cols), round(rows)) if whole else (cols, rows)))

    def start_over(self) -> None:
        """Another tool or document: nothing is half drawn any more."""
        self._corners, self._held, self._brushed = [], None, None
        self._canvas.sketch.show_line([])


def region_at(document: Document, place: Point2) -> Annotation | None:
    """The region on top at a place, hidden ones left out."""
    row, col = int(np.floor(place[1])), int(np.floor(place[0]))
    if not document.cube.contains(row, col):
        return None
    on_top = reversed([one for one in document.annotations if not one.hidden])
    # An image of that pixel alone: whole masks of many regions would hold up the click.
    return next((one for one in on_top if moved(one.outline, -col, -row).mask((1, 1)).any()), None)


def brushed_region(document: Document) -> Annotation | None:
    """The painted region that the brush goes on with: the only one selected."""
    if len(document.selected) != 1:
        return None
    region = document.annotations.find(document.selected[0])
    painted_one = region is not None and isinstance(region.outline, MaskShape)
    return region if painted_one and region is not None and not region.locked else None


def _pixel(place: Point2) -> tuple[int, int]:
    """Row and column."""
    return int(np.floor(place[1])), int(np.floor(place[0]))


def _discs(line: list[Point2], shape: tuple[int, ...]) -> BoolArray:
    """Pixels whose middle lies within the brush's radius of a line of (col, row)."""
    start, end = np.array(line[0]), np.array(line[-1])
    # Only around the line: the image may have millions of pixels.
    low = np.floor(np.minimum(start, end) - _BRUSH_RADIUS_PX).astype(int).clip(0)
    high = np.ceil(np.maximum(start, end) + _BRUSH_RADIUS_PX).astype(int).clip(0)
    cols, rows = slice(low[0], min(high[0], shape[1])), slice(low[1], min(high[1], shape[0]))
    row, col = np.mgrid[rows, cols] + 0.5
    way = end - start
    length = float(way @ way) or 1.0
    share = np.clip(((col - start[0]) * way[0] + (row - start[1]) * way[1]) / length, 0, 1)
    away = np.hypot(col - start[0] - share * way[0], row - start[1] - share * way[1])
    inside = np.zeros(shape, dtype=np.bool_)
    inside[rows, cols] = away <= _BRUSH_RADIUS_PX
    return inside
