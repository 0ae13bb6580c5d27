"""Components of a cube as pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube
from ui.image_helpers import shown

from focus_viewer.core.pictures.composite import Composite, CompositeRecipe
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.components_dialog import ComponentsDialog
from focus_viewer.ui.image.image_view import ImageView


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(rows=20, cols=30))
    return shown(qtbot, session, workbench)


@pytest.fixture
def dialog(qtbot: QtBot, view: ImageView, session: Session) -> ComponentsDialog:
    made = ComponentsDialog(session)
    qtbot.addWidget(made)
    made.show()
    return made


def picture(session: Session) -> Composite:
    assert session.state.document is not None
    assert session.state.document.composite is not None
    return session.state.document.composite


def test_the_first_three_then_one(
    view: ImageView, dialog: ComponentsDialog, session: Session
) -> None:
    dialog.first_three.click()
    assert picture(session).choice.shown == (0, 1, 2)
    assert "%" in dialog.components.item(0).text()
    assert view.header.recipe.currentText() == "Principal components"
    assert view.header.caption.text().startswith("PC 1 (")
    dialog.components.setCurrentRow(1)
    assert session.state.recipe == CompositeRecipe("pca", components=(1,))
    assert len(picture(session).limits) == 1
    assert dialog.components.currentRow() == 1


def test_the_chooser_opens_the_window_and_mnf_has_its_ratio(
    qtbot: QtBot, view: ImageView, dialog: ComponentsDialog, session: Session
) -> None:
    place = view.header.recipe.findText("Minimum noise fractions")
    with qtbot.waitSignal(view.header.components_wanted):
        view.header.recipe.activated.emit(place)
    assert "SNR" in dialog.components.item(0).text()
    assert "no explanation uses it" in dialog.about.text()


def test_custom_bands_can_be_chosen_after_components(view: ImageView, session: Session) -> None:
    session.view.set_recipe(CompositeRecipe("pca"))
    view.header.recipe.activated.emit(view.header.recipe.findText("Custom..."))
    assert session.state.recipe.kind == "custom"
    view.header.picker.close()


def test_a_cube_without_data_is_reported(view: ImageView, session: Session) -> None:
    cube = make_cube(rows=4, cols=5)
    session.documents.open(replace(cube, good_bands=np.ones_like(cube.good_bands)))
    session.view.set_recipe(CompositeRecipe("pca"))
    assert session.state.requests.problem is not None
    assert "more pixels with data than bands" in session.state.requests.problem.text


def test_a_cube_that_it_does_not_fit_is_named_and_nothing_of_the_last_one_stays(
    view: ImageView, dialog: ComponentsDialog, session: Session
) -> None:
    dialog.first_three.click()
    assert dialog.components.count() > 0
    session.documents.open(replace(make_cube(rows=20, cols=30, bands=2), name="two bands"))
    assert dialog.components.count() == 0
    assert dialog.about.text().startswith("two bands has fewer than 3 good bands")
    assert not dialog.first_three.isEnabled()
