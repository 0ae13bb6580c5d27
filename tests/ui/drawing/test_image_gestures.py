"""The picture: hovering, pinning, panning, zooming."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube
from ui.image_helpers import painted, pin_places, shown, view_range
from ui.mouse import LEFT, Mouse

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_view import ImageView


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(rows=20, cols=30))
    return shown(qtbot, session, workbench)


@pytest.fixture
def mouse(view: ImageView) -> Mouse:
    return Mouse(view.canvas, view.canvas.box)


@pytest.mark.parametrize(("row", "col"), [(2, 5), (19, 0), (0, 29)])
def test_hovering_gives_the_pixel_under_the_mouse(
    view: ImageView, mouse: Mouse, session: Session, qtbot: QtBot, row: int, col: int
) -> None:
    mouse.move(col + 0.5, row + 0.5)
    qtbot.waitUntil(lambda: session.state.selection.cursor is not None)
    assert session.state.selection.cursor is not None
    assert (session.state.selection.cursor.row, session.state.selection.cursor.col) == (row, col)
    assert session.state.selection.spectrum is not None


def test_the_last_of_many_moves_counts(mouse: Mouse, session: Session, qtbot: QtBot) -> None:
    for col in range(3, 12):
        mouse.move(col + 0.5, 2.5)
    qtbot.waitUntil(
        lambda: (
            session.state.selection.cursor is not None and session.state.selection.cursor.col == 11
        )
    )


def test_beside_the_image_there_is_no_cursor(
    view: ImageView, mouse: Mouse, session: Session, qtbot: QtBot
) -> None:
    mouse.move(5.5, 2.5)
    qtbot.waitUntil(lambda: session.state.selection.cursor is not None)
    mouse.move(15, -0.3)
    qtbot.waitUntil(lambda: session.state.selection.cursor is None)


def test_leaving_takes_the_cursor_away(
    view: ImageView, mouse: Mouse, session: Session, qtbot: QtBot
) -> None:
    mouse.move(5.5, 2.5)
    qtbot.waitUntil(lambda: session.state.selection.cursor is not None)
    view.hover(2, 6)
    view.hover(2, 7)  # waits for its turn, and must not come after the leave
    assert view.hover.pending
    mouse.leave()
    assert session.state.selection.cursor is None
    assert not view.hover.pending


def test_a_click_pins_and_a_click_on_the_marker_lets_go(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    mouse.click(5.5, 2.5)
    assert pin_places(session) == [(2, 5)]
    (marker,) = view.canvas.pins.points()
    assert session.state.document is not None
    assert marker.brush().color().name() == session.state.document.pins[0].colour
    mouse.click(5.5, 2.5)
    assert pin_places(session) == []
    assert len(view.canvas.pins.points()) == 0


def test_a_marker_is_painted_in_the_colour_of_its_pin(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    session.view.set_display(replace(session.state.view.display, heatmap=False))
    session.pins.toggle(2, 5)
    assert session.state.document is not None
    colour = QColor(session.state.document.pins[0].colour)
    assert painted(view, mouse, 2, 5) == colour


def test_a_drag_pans_and_pins_nothing(view: ImageView, mouse: Mouse, session: Session) -> None:
    before = view_range(view)
    mouse.drag((15, 10), (16, 10), (18, 10), (20, 10))
    assert pin_places(session) == []
    np.testing.assert_allclose(view_range(view)[0], before[0] - 5, atol=0.6)


def test_a_double_click_fits_and_pins_nothing(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    whole = view_range(view)
    view.canvas.box.setRange(xRange=(0, 6), yRange=(0, 6))
    mouse.double_click(3.5, 3.5)
    np.testing.assert_allclose(view_range(view), whole)
    assert pin_places(session) == []


def test_the_wheel_zooms_and_the_button_fits(view: ImageView, mouse: Mouse) -> None:
    whole = view_range(view)
    mouse.wheel(5.5, 2.5, notches=4)
    (left, right), (top, bottom) = view_range(view)
    assert np.ptp(whole[0]) > 1.5 * (right - left)
    assert left < 5.5 < right and top < 2.5 < bottom
    QTest.mouseClick(view.header.fit, LEFT)
    np.testing.assert_allclose(view_range(view), whole)


def test_another_document_is_shown_whole(view: ImageView, session: Session) -> None:
    first = session.state.documents.active
    assert first is not None
    view.canvas.box.setRange(xRange=(0, 6), yRange=(0, 6))
    session.documents.open(make_cube(rows=50, cols=80))
    (left, right), (top, bottom) = view.canvas.box.viewRange()
    assert left <= 0 and right >= 80 and top <= 0 and bottom >= 50
    session.documents.activate(first)
    assert np.ptp(view_range(view)[0]) < 60
    assert view.canvas.picture.image.shape == (20, 30, 3)


def test_closing_the_last_document_empties_the_view(view: ImageView, session: Session) -> None:
    session.pins.toggle(3, 4)
    session.documents.close(session.state.documents.active or 0)
    assert view.canvas.picture.image is None
    assert view.canvas.heat.image is None
    assert len(view.canvas.pins.points()) == 0
    assert view.header.caption.text() == ""
