"""The magic wand with mouse and keys, and its options, in both directions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from region_masks import mask_of, painted
from ui.fakes import make_cube
from ui.image_helpers import shown
from ui.mouse import LEFT, Mouse

from focus_viewer.core.regions.shapes import MaskShape
from focus_viewer.core.typing import BoolArray
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.drawing.overlay import LineShape, PictureShape, shape_of
from focus_viewer.ui.image.image_view import ImageView

SPOT = (19.5, 15.5)  # col, row: in the dark spot
SHAPE = (40, 60)


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(*SHAPE))
    session.selection.choose_tool("wand")
    return shown(qtbot, session, workbench)


@pytest.fixture
def mouse(view: ImageView) -> Mouse:
    return Mouse(view.canvas, view.canvas.box)


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def found(session: Session) -> BoolArray:
    return mask_of(document(session).annotations.regions[-1].outline, SHAPE)


def test_a_click_paints_what_is_alike(mouse: Mouse, session: Session) -> None:
    mouse.click(*SPOT)
    (region,) = document(session).annotations
    assert isinstance(region.outline, MaskShape)
    assert found(session)[15, 19]
    assert 10 < found(session).sum() < 400


def test_a_drag_to_the_right_takes_more(mouse: Mouse, session: Session) -> None:
    mouse.drag(SPOT, (22.5, 15.5), (26.5, 15.5))
    assert session.state.selection.wand.seed is not None
    assert (session.state.selection.wand.seed.row, session.state.selection.wand.seed.col) == (
        15,
        19,
    )
    assert session.state.selection.wand.angle_deg > 5
    more = found(session).sum()
    mouse.drag(SPOT, (10.5, 15.5))
    assert session.state.selection.wand.angle_deg < 7
    assert found(session).sum() < more


def test_control_adds_to_the_selected_painted_region(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    corner = np.zeros(SHAPE, dtype=np.bool_)
    corner[:2, :2] = True
    outline = painted(corner)
    assert outline is not None
    session.regions.draw(outline)
    control = Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(view.canvas.viewport(), LEFT, control, mouse.pixel(*SPOT))
    assert len(document(session).annotations) == 1
    assert found(session)[0, 0]
    assert found(session)[15, 19]


def test_its_options_are_there_with_it_alone(view: ImageView, session: Session) -> None:
    options = view.header.wand_options
    assert options.isVisible()
    session.selection.choose_tool("brush")
    assert not options.isVisible()
    session.selection.choose_tool("wand")
    assert options.isVisible()


def test_the_tolerance_is_set_and_shown(view: ImageView, mouse: Mouse, session: Session) -> None:
    options = view.header.wand_options
    mouse.click(*SPOT)
    before = found(session).sum()
    options.tolerance.setFocus()
    options.tolerance.selectAll()
    QTest.keyClicks(options.tolerance, "15")
    QTest.keyClick(options.tolerance, Qt.Key.Key_Return)
    assert session.state.selection.wand.angle_deg == 15
    assert found(session).sum() > before
    session.wand.set(replace(session.state.selection.wand, angle_deg=2.5))
    assert options.tolerance.text() == "2.5°"
    assert options.tolerance.value() == 2.5


def test_the_criterion_is_chosen_and_shown(view: ImageView, mouse: Mouse, session: Session) -> None:
    options = view.header.wand_options
    options.criterion.setFocus()
    QTest.keyClick(options.criterion, Qt.Key.Key_Down)
    assert session.state.selection.wand.criterion == "saliency"
    assert options.tolerance.text() == "20.0 %"
    assert "of the colour scale" in options.tolerance.toolTip()
    mouse.click(*SPOT)
    assert found(session)[15, 19]
    session.wand.set(replace(session.state.selection.wand, criterion="angle"))
    assert options.criterion.currentText() == "Spectral angle"


def test_many_painted_lines_are_drawn_as_a_picture() -> None:
    speckled = painted(np.random.default_rng(0).random((200, 200)) < 0.3)
    simple = painted(np.ones((30, 20), dtype=np.bool_))
    assert speckled is not None
    assert simple is not None
    assert isinstance(shape_of(speckled), PictureShape)
    shape = shape_of(simple)
    assert isinstance(shape, LineShape)
    assert (shape.bounds.width(), shape.bounds.height()) == (20, 30)


def test_a_speckled_region_is_seen_where_it_is_painted(view: ImageView, session: Session) -> None:
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[:, :30] = np.indices((40, 30)).sum(axis=0) % 2 == 0
    outline = painted(mask)
    assert outline is not None
    session.regions.draw(outline)
    session.regions.select(())
    colour = document(session).annotations.regions[0].colour
    picture = view.canvas.grab().toImage()
    mouse = Mouse(view.canvas, view.canvas.box)
    on, off = mouse.pixel(10.5, 20.5), mouse.pixel(11.5, 20.5)
    assert picture.pixelColor(on).name() == colour
    assert picture.pixelColor(off).name() != colour


def test_a_painted_region_is_seen_while_it_is_dragged(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[10:20, 10:20] = True
    outline = painted(mask)
    assert outline is not None
    session.regions.draw(outline)
    session.selection.choose_tool("edit")
    seen = []
    viewport = view.canvas.viewport()
    mouse.move(15, 15)
    QTest.mousePress(viewport, LEFT, pos=mouse.pixel(15, 15))
    for place in ((17.2, 16.2), (20.2, 18.2)):
        QTest.mouseMove(viewport, mouse.pixel(*place))
        bounds = view.canvas.sketch.visible_bounds
        seen.append((bounds.left(), bounds.top(), bounds.width()))
    QTest.mouseRelease(viewport, LEFT, pos=mouse.pixel(20.2, 18.2))
    assert seen == [(12, 11, 10), (15, 13, 10)]
    assert view.canvas.sketch.visible_bounds.isEmpty()
    assert (found(session) == np.roll(mask, (3, 5), axis=(0, 1))).all()
