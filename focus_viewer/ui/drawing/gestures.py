"""Gestures with mouse and keys on the picture that draw and edit regions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.handles import ellipse, handles, rectangle, reshaped
from focus_viewer.core.regions.shapes import MaskShape, PointMark, Polygon, Shape, mask_shape
from focus_viewer.core.typing import Point2
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.ui.drawing.brush import BrushStroke
from focus_viewer.ui.drawing.canvas import Drag, ImageCanvas

_HANDLE_REACH_PX = 8.0  # on the screen
_LEAST_STEP_PX = 0.5
_DOUBLING_PX = 100.0  # of a drag with the wand
_SPANNED: dict[str, Callable[[Point2, Point2], Shape]] = {
    "rectangle": rectangle,
    "ellipse": ellipse,
}


class RegionGestures(QObject):
    """Controller that draws, selects, moves and reshapes regions of the active document."""

    def __init__(self, session: Session, canvas: ImageCanvas) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._corners: list[Point2] = []
        self._stroke: BrushStroke | None = None
        self._held: tuple[Annotation, int | None] | None = None
        self._tolerance = 0.0  # of the wand when its drag began
        self._dropped = False  # the rest of a drag draws nothing, on another cube least of all
        canvas.placed.connect(self._on_placed)
        canvas.dragged.connect(self._on_dragged)
        canvas.pressed_right.connect(self._select_for_menu)
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
            self._session.regions.select([region_id for region_id in before if region_id != hit.id])
        else:
            self._session.regions.select([*before, hit.id])

    def _select_for_menu(self, place: Point2) -> None:
        """Select the region that a menu is opened on, unless it is one of those selected."""
        document = self._session.state.document
        hit = region_at(document, place) if document else None
        if document is not None and hit is not None and hit.id not in document.selected:
            self._session.regions.select([hit.id])

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
        """Discard what is being drawn, and clear the selection."""
        self.start_over()
        self._session.regions.select(())

    def _take_back_corner(self) -> None:
        self._corners = self._corners[:-1]
        self._canvas.sketch.show_line(self._corners)

    # Drags

    def _on_dragged(self, drag: Drag) -> None:
        tool = self._session.state.selection.tool
        self._dropped = self._dropped and not drag.began
        if self._dropped:
            return
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
        """Paint along a line, or erase with Ctrl."""
        document = self._session.state.document
        if document is None:
            return
        if self._stroke is None:
            region, shape = brushed_region(document), document.cube.shape[:2]
            self._stroke = BrushStroke(shape, region.outline.crop(shape) if region else None)
        self._stroke.draw(line, erase)
        self._canvas.sketch.show_pixels(self._stroke.window)

    def _widen_wand(self, drag: Drag) -> None:
        """Select at the start of a drag; to its right the tolerance grows, to its left it falls."""
        if drag.began:
            self._tolerance = self._session.state.selection.wand.tolerance
            self._session.wand.set_seed(*_pixel(drag.start), drag.with_control)
        screen_px = (drag.place[0] - drag.start[0]) / self._canvas.pixels_of_image
        self._session.wand.set_tolerance(self._tolerance * 2.0 ** (screen_px / _DOUBLING_PX))

    def _end_brush(self) -> None:
        document, stroke = self._session.state.document, self._stroke
        self._stroke = None
        self._canvas.sketch.show_line([])
        if document is None or stroke is None:
            return
        outline, region = mask_shape(stroke.pixels()), brushed_region(document)
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
        """Return what a drag grips: a handle of the only selected region, or a region."""
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
        distances = [float(np.hypot(*np.subtract(at, place))) for at in handles(region.outline)]
        near = int(np.argmin(distances)) if distances else 0
        return near if distances and distances[near] <= reach else None

    def _sketch_moved(self, outline: Shape, began: bool, cols: float, rows: float) -> None:
        """Show a shape shifted; its lines are computed once a drag."""
        if began:
            self._canvas.sketch.show_outline(outline)
        whole = isinstance(outline, MaskShape)  # moves by whole pixels
        self._canvas.sketch.shift(*((round(cols), round(rows)) if whole else (cols, rows)))

    def start_over(self) -> None:
        """Discard what is being drawn, for another tool or document."""
        self._corners, self._held, self._stroke = [], None, None
        self._dropped = True
        self._canvas.sketch.show_line([])


def region_at(document: Document, place: Point2) -> Annotation | None:
    """Return the topmost visible region at a point."""
    row, col = int(np.floor(place[1])), int(np.floor(place[0]))
    if not document.cube.contains(row, col):
        return None
    on_top = reversed([region for region in document.annotations if not region.hidden])
    return next((region for region in on_top if region.outline.contains(row, col)), None)


def brushed_region(document: Document) -> Annotation | None:
    """Return the painted region that the brush continues: the only one selected."""
    if len(document.selected) != 1:
        return None
    region = document.annotations.find(document.selected[0])
    if region is None or region.locked or not isinstance(region.outline, MaskShape):
        return None
    return region


def _pixel(place: Point2) -> tuple[int, int]:
    """Return row and column."""
    return int(np.floor(place[1])), int(np.floor(place[0]))
