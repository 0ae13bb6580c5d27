"""Drawing, selecting, moving and reshaping regions with the mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from region_masks import mask_of
from ui.fakes import make_cube
from ui.image_helpers import shown, view_range
from ui.mouse import LEFT, Mouse

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.shapes import Ellipse, MaskShape, PointMark, Polygon, Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.selection import Tool
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_view import ImageView

SHAPE = (20, 30)


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(*SHAPE))
    return shown(qtbot, session, workbench)


@pytest.fixture
def mouse(view: ImageView) -> Mouse:
    return Mouse(view.canvas, view.canvas.box)


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def only(session: Session) -> Annotation:
    (region,) = document(session).annotations
    return region


def near(place: tuple[float, float], expected: tuple[float, float]) -> bool:
    return bool(np.hypot(*np.subtract(place, expected)) < 0.2)


def test_a_click_on_a_tool_chooses_it(view: ImageView, session: Session) -> None:
    QTest.mouseClick(view.tools.buttons["ellipse"], LEFT)
    assert session.state.selection.tool == "ellipse"
    session.selection.choose_tool("polygon")
    assert view.tools.buttons["polygon"].isChecked()


def test_a_drag_draws_a_rectangle_and_does_not_pan(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    session.selection.choose_tool("rectangle")
    before = view_range(view)
    mouse.drag((12, 8), (7, 6), (4, 3))
    outline = only(session).outline
    assert isinstance(outline, Rectangle)
    assert near(outline.low, (4, 3))
    assert near(outline.high, (12, 8))
    assert mask_of(outline, SHAPE).sum() == 8 * 5
    assert (view_range(view) == before).all()
    assert document(session).selected == (only(session).id,)


def test_a_drag_draws_an_ellipse(mouse: Mouse, session: Session) -> None:
    session.selection.choose_tool("ellipse")
    mouse.drag((4, 4), (8, 8), (14, 10))
    outline = only(session).outline
    assert isinstance(outline, Ellipse)
    assert near(outline.center, (9, 7))
    assert near(outline.radii, (5, 3))


@pytest.mark.parametrize("end", ["double click", "Enter"])
def test_clicks_draw_a_polygon(view: ImageView, mouse: Mouse, session: Session, end: str) -> None:
    session.selection.choose_tool("polygon")
    for corner in ((4, 4), (20, 5)):
        mouse.click(*corner)
    if end == "Enter":
        mouse.click(10, 16)
        QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    else:
        mouse.double_click(10, 16)
    outline = only(session).outline
    assert isinstance(outline, Polygon)
    (ring,) = outline.rings
    assert [near(a, b) for a, b in zip(ring, ((4, 4), (20, 5), (10, 16)), strict=True)] == [
        True
    ] * 3


def test_escape_drops_and_backspace_takes_back(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    session.selection.choose_tool("polygon")
    for corner in ((4, 4), (20, 5), (10, 16)):
        mouse.click(*corner)
    QTest.keyClick(view.canvas, Qt.Key.Key_Backspace)
    QTest.keyClick(view.canvas, Qt.Key.Key_Return)  # two corners are no polygon
    mouse.click(4, 4)
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    assert not document(session).annotations.regions


def test_a_drag_draws_freehand(mouse: Mouse, session: Session) -> None:
    session.selection.choose_tool("freehand")
    mouse.drag((4, 4), (15, 4), (15, 14), (4, 14))
    outline = only(session).outline
    assert isinstance(outline, Polygon)
    assert mask_of(outline, SHAPE)[9, 9]
    assert mask_of(outline, SHAPE).sum() == pytest.approx(110, abs=12)


@pytest.mark.parametrize("tool", ["freehand", "rectangle", "brush"])
@pytest.mark.parametrize("by", ["another cube", "Escape"])
def test_a_drag_that_is_broken_off_draws_nothing_more(
    view: ImageView, mouse: Mouse, session: Session, tool: Tool, by: str
) -> None:
    session.selection.choose_tool(tool)
    viewport = view.canvas.viewport()
    mouse.move(4, 4)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=mouse.pixel(4, 4))
    QTest.mouseMove(viewport, mouse.pixel(12, 4))
    if by == "Escape":
        QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    else:
        session.documents.open(make_cube(20, 30))  # read meanwhile, and shown
    for place in ((15, 4), (15, 14), (10, 14)):
        QTest.mouseMove(viewport, mouse.pixel(*place))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=mouse.pixel(10, 14))
    assert not [each for each in session.state.documents.items if each.annotations.regions]
    mouse.drag((4, 4), (15, 4), (15, 14), (10, 14))
    assert only(session), "the next one does"


def test_a_click_marks_a_point(mouse: Mouse, session: Session) -> None:
    session.selection.choose_tool("point")
    mouse.click(7.5, 3.5)
    assert isinstance(only(session).outline, PointMark)
    assert np.argwhere(mask_of(only(session).outline, SHAPE)).tolist() == [[3, 7]]
    assert not document(session).pins


def test_the_brush_paints_goes_on_and_erases(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    session.selection.choose_tool("brush")
    mouse.drag((6, 6), (10, 6), (14, 6))
    first = only(session).outline
    assert isinstance(first, MaskShape)
    assert mask_of(first, SHAPE)[6, 5:15].all()
    mouse.click(10.5, 12.5)  # on with the selected region
    assert mask_of(only(session).outline, SHAPE)[12, 10]
    viewport = view.canvas.viewport()
    QTest.mouseClick(viewport, LEFT, Qt.KeyboardModifier.ControlModifier, mouse.pixel(10.5, 12.5))
    assert not mask_of(only(session).outline, SHAPE)[12, 10]
    session.regions.select(())
    mouse.click(29.5, 0.5)  # nothing selected: another region, cut by the border
    corner = mask_of(document(session).annotations.regions[1].outline, SHAPE)
    assert corner[0, 27:].all()
    assert corner[:3, 29].all()
    assert not corner[5:].any()
    assert not corner[:, :25].any()
    assert len(document(session).annotations) == 2


def drawn(session: Session, low: tuple[float, float], high: tuple[float, float]) -> int:
    region_id = session.regions.draw(Rectangle(low, high))
    assert region_id is not None
    return region_id


def test_a_click_selects_the_region_on_top(mouse: Mouse, session: Session, view: ImageView) -> None:
    below, above = drawn(session, (2, 2), (12, 12)), drawn(session, (8, 8), (20, 18))
    session.selection.choose_tool("edit")
    mouse.click(10, 10)
    assert document(session).selected == (above,)
    QTest.mouseClick(
        view.canvas.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, mouse.pixel(4, 4)
    )
    assert document(session).selected == (below, above)
    mouse.click(28, 3)
    assert document(session).selected == ()


def test_a_drag_moves_all_that_is_selected(mouse: Mouse, session: Session) -> None:
    one, other = drawn(session, (2, 2), (6, 6)), drawn(session, (10, 10), (14, 14))
    session.regions.select((one, other))
    session.selection.choose_tool("edit")
    mouse.drag((4, 4), (5, 5), (9, 6))
    moved = [region.outline for region in document(session).annotations]
    assert all(isinstance(outline, Rectangle) for outline in moved)
    assert [near(o.low, p) for o, p in zip(moved, ((7, 4), (15, 12)), strict=True)] == [True, True]  # type: ignore[union-attr]


def test_a_handle_reshapes(mouse: Mouse, session: Session) -> None:
    drawn(session, (4, 4), (10, 10))
    session.selection.choose_tool("edit")
    mouse.drag((10, 10), (12, 12), (16, 14))
    outline = only(session).outline
    assert isinstance(outline, Rectangle)
    assert near(outline.low, (4, 4))
    assert near(outline.high, (16, 14))


def test_a_locked_region_stays(mouse: Mouse, session: Session) -> None:
    region = drawn(session, (4, 4), (10, 10))
    session.regions.set_locked([region], True)
    session.selection.choose_tool("edit")
    mouse.drag((7, 7), (9, 9), (12, 12))
    session.regions.remove([region])
    assert only(session).outline == Rectangle((4, 4), (10, 10))


@pytest.mark.parametrize("tool", ["look", "edit"])
def test_other_tools_forget_what_is_half_drawn(
    view: ImageView, mouse: Mouse, session: Session, tool: Tool
) -> None:
    session.selection.choose_tool("polygon")
    for corner in ((4, 4), (20, 5), (10, 16)):
        mouse.click(*corner)
    session.selection.choose_tool(tool)
    session.selection.choose_tool("polygon")
    QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    assert not document(session).annotations.regions


def test_regions_are_painted_with_their_names(view: ImageView, session: Session) -> None:
    drawn(session, (4, 4), (26, 16))
    session.regions.select(())
    colour = only(session).colour
    bare = view.canvas.grab().toImage()
    place = Mouse(view.canvas, view.canvas.box).pixel(15, 16)
    seen = [bare.pixelColor(place.x(), place.y() + dy).name() for dy in (-1, 0, 1)]
    assert colour in seen
    session.regions.set_hidden([only(session).id], True)
    hidden = view.canvas.grab().toImage()
    seen = [hidden.pixelColor(place.x(), place.y() + dy).name() for dy in (-1, 0, 1)]
    assert colour not in seen
