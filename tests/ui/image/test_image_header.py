"""The strip over the picture: each control both ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.fakes import foreign, make_cube
from ui.image_helpers import shown
from ui.mouse import LEFT

from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_view import ImageView
from focus_viewer.ui.widgets.colourmaps import lookup


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(rows=20, cols=30))
    return shown(qtbot, session, workbench)


@pytest.mark.parametrize(("index", "kind"), [(0, "rgb"), (1, "cir")])
def test_recipe(view: ImageView, session: Session, index: int, kind: str) -> None:
    session.view.set_recipe(CompositeRecipe("band", (3,)))
    assert view.header.recipe.currentText() == "Selected band"
    box = view.header.recipe
    box.setFocus()
    while box.currentIndex() > index:
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert session.state.view.display.recipe.kind == kind


def test_the_selected_band_follows_the_window(view: ImageView, session: Session) -> None:
    session.view.set_recipe(CompositeRecipe("cir"))
    QTest.keyClick(view.header.recipe, Qt.Key.Key_Down)
    assert session.state.view.display.recipe.kind == "band"
    session.view.set_window(500.0)
    assert session.state.view.display.recipe.bands == (8,)
    assert view.header.caption.text() == "498 nm"
    session.view.step_band(1)
    assert session.state.view.display.recipe.bands == (9,)


def test_custom_bands(view: ImageView, session: Session) -> None:
    session.view.set_recipe(CompositeRecipe("band", (7,)))
    QTest.keyClick(view.header.recipe, Qt.Key.Key_Down)
    picker = view.header.picker
    assert picker.isVisible()
    assert session.state.view.display.recipe.bands == (7, 7, 7)
    QTest.keyClick(picker.boxes[0], Qt.Key.Key_Down)
    QTest.keyClick(picker.boxes[2], Qt.Key.Key_Up)
    assert session.state.view.display.recipe.bands == (8, 7, 6)
    assert view.header.recipe.currentText() == "Custom..."
    picker.close()


def test_own_bands_are_those_wavelengths_in_every_cube(view: ImageView, session: Session) -> None:
    first = session.state.documents.active
    assert first is not None
    view.header.recipe.setFocus()
    session.view.set_recipe(CompositeRecipe("custom", (20, 12, 5)))
    assert view.header.caption.text() == "645, 547, 461 nm"
    session.documents.open(make_cube(20, 30, bands=301))
    assert view.header.recipe.currentText() == "Custom..."
    assert view.header.caption.text() == "644, 546, 462 nm"
    session.documents.open(make_cube(20, 30, wavelengths_nm=np.linspace(1000, 2500, 50)))
    assert view.header.recipe.currentText() == "Default bands"
    assert view.header.caption.text().startswith("no bands near 645, 547, 461 nm: false colour, ")
    session.documents.activate(first)
    assert view.header.recipe.currentText() == "Custom..."
    assert view.header.caption.text() == "645, 547, 461 nm"


def test_no_picture_is_called_what_it_is_not(view: ImageView, session: Session) -> None:
    names = view.header.recipe
    assert names.itemText(0) == "RGB composite"
    assert not names.model().flags(names.model().index(2, 0)) & Qt.ItemFlag.ItemIsEnabled
    session.documents.open(replace(make_cube(20, 30), default_bands=(38, 22, 12)))  # as maize's
    assert view.header.caption.text() == "645, 547, 461 nm"
    names.setFocus()
    QTest.keyClick(names, Qt.Key.Key_Down)
    QTest.keyClick(names, Qt.Key.Key_Down)
    assert names.currentText() == "Header's bands"
    assert view.header.caption.text() == "false colour, 865, 669, 547 nm (header)"
    session.documents.open(make_cube(20, 30))
    assert names.currentText() == "RGB composite"
    assert view.header.caption.text() == "no default bands in the header: 645, 547, 461 nm"
    session.documents.open(replace(make_cube(20, 30), wavelengths_nm=None))
    assert names.currentText() == "Default bands"


def test_caveats_of_the_picture_are_seen_longer_than_its_bands(
    view: ImageView, session: Session
) -> None:
    session.publish(foreign(session.state))
    caption = view.header.caption
    assert caption.text() == "the model does not apply; 645, 547, 461 nm"
    widths = caption.fontMetrics().horizontalAdvance
    caption.resize(widths("the model does not apply; 6…"), 20)
    assert caption.drawn().startswith("the model does not apply")
    caption.resize(caption.minimumWidth(), 20)
    assert caption.drawn() == "⚠"
    assert caption.toolTip() == caption.text()


def test_heatmap_switch(view: ImageView, session: Session) -> None:
    QTest.mouseClick(view.header.heatmap, LEFT)
    assert not session.state.view.display.heatmap
    assert view.canvas.heat.image is None
    assert not view.header.opacity.isEnabled()
    session.view.set_display(replace(session.state.view.display, heatmap=True))
    assert view.header.heatmap.isChecked()
    assert view.canvas.heat.image is not None


def test_the_heatmap_waits_to_be_asked_for_where_the_model_does_not_apply(
    view: ImageView, session: Session
) -> None:
    session.publish(foreign(session.state))
    assert view.canvas.heat.image is None
    assert not view.header.heatmap.isChecked()
    assert view.header.caption.text().startswith("the model does not apply; ")
    QTest.mouseClick(view.header.heatmap, LEFT)
    assert view.canvas.heat.image is not None
    assert view.header.heatmap.isChecked()
    QTest.mouseClick(view.header.heatmap, LEFT)
    assert view.canvas.heat.image is None
    assert session.state.view.display.heatmap  # of all other cubes


def test_opacity(view: ImageView, session: Session) -> None:
    QTest.keyClick(view.header.opacity.slider, Qt.Key.Key_Home)
    assert session.state.view.display.opacity == 0.0
    assert view.canvas.heat.opacity() == 0.0
    session.view.set_display(replace(session.state.view.display, opacity=0.4))
    assert view.header.opacity.slider.value() == view.header.opacity.field.value() == 40
    assert view.canvas.heat.opacity() == pytest.approx(0.4)


def test_an_opacity_can_be_typed(view: ImageView, session: Session) -> None:
    field = view.header.opacity.field
    field.selectAll()
    QTest.keyClicks(field, "35")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert session.state.view.display.opacity == 0.35
    assert view.header.opacity.slider.value() == 35


def test_opacity_between_two_steps_of_the_slider_is_kept(view: ImageView, session: Session) -> None:
    session.view.set_display(replace(session.state.view.display, opacity=0.404))
    assert session.state.view.display.opacity == 0.404


def test_colour_map(view: ImageView, session: Session) -> None:
    assert view.header.colourmap.currentText() == "Berlin"
    QTest.keyClick(view.header.colourmap, Qt.Key.Key_Down)
    assert session.state.view.display.colourmap == "Vanimo"
    np.testing.assert_array_equal(view.canvas.heat.lut[-1], lookup("Vanimo")[-1])
    session.view.set_display(replace(session.state.view.display, colourmap="Managua"))
    assert view.header.colourmap.currentText() == "Managua"
    session.view.set_display(replace(session.state.view.display, mode="attention"))
    assert view.header.colourmap.currentText() == "Inferno"
    session.view.set_display(replace(session.state.view.display, colourmap="Viridis"))
    assert view.header.colourmap.currentText() == "Viridis"
    session.view.set_display(replace(session.state.view.display, mode="signature"))
    assert view.header.colourmap.currentText() == "Viridis"  # without a sign, as attention is
