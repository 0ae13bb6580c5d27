"""The picture by keyboard: the cross, pins, zoom, and a region of each kind."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube
from ui.image_helpers import pin_places, shown, view_range
from ui.mouse import Mouse

from focus_viewer.core.regions.shapes import Ellipse, MaskShape, PointMark, Polygon, Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.selection import Tool
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_view import ImageView

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(40, 60))
    view = shown(qtbot, session, workbench)
    view.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(view.isActiveWindow)
    session.selection.hover(20, 30)
    view.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    return view


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def cross(session: Session) -> tuple[int, int]:
    cursor = session.state.selection.cursor
    assert cursor is not None
    return cursor.row, cursor.col


def press(view: ImageView, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(view.canvas, key)


def test_arrows_move_the_cross_and_stop_at_the_border(session: Session, view: ImageView) -> None:
    press(view, Key.Key_Down, Key.Key_Right, Key.Key_Right, Key.Key_Up)
    assert cross(session) == (20, 32)
    QTest.keyClick(view.canvas, Key.Key_Left, SHIFT)
    assert cross(session) == (20, 22)
    for _ in range(9):
        QTest.keyClick(view.canvas, Key.Key_Right, SHIFT)
    assert cross(session) == (20, 59)


def test_enter_pins_the_pixel_of_the_cross_and_lets_it_go(
    session: Session, view: ImageView
) -> None:
    press(view, Key.Key_Right, Key.Key_Return)
    assert pin_places(session) == [(20, 31)]
    press(view, Key.Key_Space)
    assert pin_places(session) == []


def test_plus_and_minus_zoom_about_the_cross_and_0_shows_all(
    session: Session, view: ImageView
) -> None:
    whole = view_range(view)
    press(view, Key.Key_Plus, Key.Key_Plus)
    near = view_range(view)
    assert np.all(np.diff(near) < 0.7 * np.diff(whole))
    assert document(session).extent is not None
    press(view, Key.Key_0)
    np.testing.assert_allclose(view_range(view), whole, atol=1e-6)


def test_the_picture_follows_a_cross_that_leaves_what_is_visible(
    session: Session, view: ImageView
) -> None:
    press(view, *[Key.Key_Plus] * 8)
    for _ in range(3):
        QTest.keyClick(view.canvas, Key.Key_Right, SHIFT)
    (low, high), _ = view_range(view)
    assert low <= cross(session)[1] + 0.5 <= high


def test_a_rectangle_is_drawn_from_enter_to_enter_with_the_pixels_of_both_corners(
    session: Session, view: ImageView
) -> None:
    session.selection.choose_tool("rectangle")
    press(view, Key.Key_Return, Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Return)
    (region,) = document(session).annotations
    assert region.outline == Rectangle((30, 20), (33, 22))


def test_a_corner_may_move_up_and_left(session: Session, view: ImageView) -> None:
    session.selection.choose_tool("rectangle")
    press(view, Key.Key_Return, Key.Key_Left, Key.Key_Up, Key.Key_Return)
    (region,) = document(session).annotations
    assert region.outline == Rectangle((29, 19), (31, 21))


def test_escape_drops_what_is_being_drawn(session: Session, view: ImageView) -> None:
    session.selection.choose_tool("rectangle")
    press(view, Key.Key_Return, Key.Key_Right, Key.Key_Escape, Key.Key_Right)
    assert not document(session).annotations.regions
    press(view, Key.Key_Return, Key.Key_Down, Key.Key_Return)
    (region,) = document(session).annotations
    assert region.outline == Rectangle((32, 20), (33, 22))


@pytest.mark.parametrize(
    ("tool", "kind"),
    [("ellipse", Ellipse), ("freehand", Polygon), ("brush", MaskShape), ("wand", MaskShape)],
)
def test_every_tool_draws_by_keys(
    session: Session, view: ImageView, tool: Tool, kind: type
) -> None:
    session.selection.choose_tool(tool)
    keys = [Key.Key_Right] * 4 + [Key.Key_Down] * 4 + [Key.Key_Left] * 3
    press(view, Key.Key_Return, *keys)
    if tool != "wand":
        press(view, Key.Key_Return)
    (region,) = document(session).annotations
    assert isinstance(region.outline, kind)


def test_a_point_and_a_polygon_are_set_at_the_cross(session: Session, view: ImageView) -> None:
    session.selection.choose_tool("point")
    press(view, Key.Key_Return)
    session.selection.choose_tool("polygon")
    press(view, Key.Key_Space, *[Key.Key_Right] * 3, Key.Key_Space, *[Key.Key_Down] * 3)
    press(view, Key.Key_Space, Key.Key_Return)
    point, polygon = document(session).annotations
    assert point.outline == PointMark((30.5, 20.5))
    assert polygon.outline == Polygon((((30.5, 20.5), (33.5, 20.5), (33.5, 23.5)),))


def test_a_region_is_selected_and_moved_by_keys(session: Session, view: ImageView) -> None:
    session.regions.draw(Rectangle((28, 18), (33, 23)))
    session.regions.select(())
    session.selection.choose_tool("edit")
    press(view, Key.Key_Return)
    assert len(document(session).selected) == 1
    QTest.keyClick(view.canvas, Key.Key_Right, CONTROL)
    (region,) = document(session).annotations
    assert region.outline == Rectangle((29, 18), (34, 23))


def test_after_a_click_the_arrows_are_not_the_pictures(session: Session, view: ImageView) -> None:
    assert view.ring.isVisible()
    Mouse(view.canvas, view.canvas.box).click(10.5, 10.5)
    before = session.state.selection.cursor
    press(view, Key.Key_Down)
    assert session.state.selection.cursor == before


def test_arrows_stay_whose_they_were_when_a_menu_or_dialog_closes(
    session: Session, view: ImageView
) -> None:
    away = Qt.FocusReason.ActiveWindowFocusReason
    for clicked in (False, True):
        if clicked:
            Mouse(view.canvas, view.canvas.box).click(10.5, 10.5)
        QApplication.sendEvent(view.canvas, QFocusEvent(QEvent.Type.FocusOut, away))
        QApplication.sendEvent(view.canvas, QFocusEvent(QEvent.Type.FocusIn, away))
        before = cross(session)
        press(view, Key.Key_Down)
        assert (cross(session) == before) is clicked
