"""Band math: typed or chosen, shown as the picture and in the table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube
from ui.image_helpers import shown

from focus_viewer.core.documents.project import Project
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.io.project.serialising import project_bytes
from focus_viewer.session.outputs.project import project_of
from focus_viewer.session.outputs.region_csv import table_text
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.band_math_dialog import BandMathDialog
from focus_viewer.ui.image.image_view import ImageView

RATIO = "r800 / r670"


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(rows=20, cols=30))
    return shown(qtbot, session, workbench)


@pytest.fixture
def dialog(qtbot: QtBot, view: ImageView, session: Session) -> BandMathDialog:
    made = BandMathDialog(session)
    qtbot.addWidget(made)
    made.show()
    return made


def test_an_expression_becomes_the_picture_with_its_bar(
    view: ImageView, dialog: BandMathDialog, session: Session
) -> None:
    assert not view.index_bar.isVisible()
    dialog.expression.setText(RATIO)
    assert "From the bands at" in dialog.about.text()
    QTest.keyClick(dialog.expression, Qt.Key.Key_Return)
    assert session.state.recipe == CompositeRecipe("formula", formula=RATIO)
    assert not session.state.heatmap_shown
    document = session.state.document
    assert document is not None
    assert document.composite is not None
    assert document.composite.choice.how.startswith(f"{RATIO}, from")
    assert view.index_bar.isVisible()
    assert view.header.recipe.currentText() == "Band math..."
    session.view.set_recipe(CompositeRecipe())
    assert not view.index_bar.isVisible()


@pytest.mark.parametrize("text", ["r800 +", "import os", "r5000 / r670", ""])
def test_what_cannot_be_computed_is_said_and_not_shown(
    dialog: BandMathDialog, session: Session, text: str
) -> None:
    dialog.expression.setText(text)
    assert not dialog.show_it.isEnabled()
    assert dialog.about.text()
    QTest.keyClick(dialog.expression, Qt.Key.Key_Return)
    assert session.state.recipe.kind == "rgb"


def test_an_index_is_chosen_from_the_list(dialog: BandMathDialog, session: Session) -> None:
    (item,) = dialog.indices.findItems("NDVI:", Qt.MatchFlag.MatchStartsWith)
    dialog.indices.itemClicked.emit(item)
    dialog.show_it.click()
    assert session.state.recipe.formula == "NDVI"


def test_the_table_of_regions_gets_a_column(dialog: BandMathDialog, session: Session) -> None:
    session.regions.draw(Rectangle((2, 2), (6, 6)))
    dialog.expression.setText(RATIO)
    dialog.column.setChecked(True)
    dialog.show_it.click()
    document = session.state.document
    assert document is not None
    assert document.measures is not None
    assert RATIO in [bands.index.name for bands in document.measures.indices]
    assert RATIO in table_text([document])


def test_another_cube_without_the_bands_shows_its_usual_picture(
    view: ImageView, dialog: BandMathDialog, session: Session
) -> None:
    dialog.expression.setText(RATIO)
    dialog.show_it.click()
    session.documents.open(make_cube(20, 30, wavelengths_nm=np.linspace(1000, 2500, 50)))
    assert session.state.recipe.kind == "rgb"
    assert "no good band within 7.5 nm" in view.header.caption.text()
    assert not dialog.show_it.isEnabled()


def test_the_project_keeps_the_expression_and_old_ones_stay_readable(
    dialog: BandMathDialog, session: Session
) -> None:
    def stored(project: Project) -> dict[str, object]:
        return json.loads(project_bytes(project, Path("/"), {}))["view"]["recipe"]

    assert "formula" not in stored(project_of(session.state))
    session.view.set_recipe(CompositeRecipe("formula", formula=RATIO))
    assert stored(project_of(session.state))["formula"] == RATIO


def test_counts_may_be_mapped_and_it_is_said(dialog: BandMathDialog, session: Session) -> None:
    session.documents.open(replace(make_cube(20, 30), units="counts"))
    dialog.expression.setText(RATIO)
    assert dialog.show_it.isEnabled()
    assert "counts" in dialog.about.text()
    dialog.expression.setText("NDVI")
    assert "requires reflectance" in dialog.about.text()


def test_an_index_is_chosen_by_the_arrow_keys_and_focus_alone_keeps_what_is_typed(
    qtbot: QtBot, dialog: BandMathDialog
) -> None:
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.expression.setText(RATIO)
    dialog.indices.setFocus(Qt.FocusReason.TabFocusReason)
    assert dialog.expression.text() == RATIO
    QTest.keyClick(dialog.indices, Qt.Key.Key_Down)
    chosen = dialog.indices.currentItem().data(Qt.ItemDataRole.UserRole)
    assert dialog.expression.text() == chosen
    assert dialog.show_it.isEnabled()


def test_a_map_becomes_a_layer_and_the_picture_stays(
    dialog: BandMathDialog, session: Session
) -> None:
    before = session.state.recipe
    dialog.expression.setText(RATIO)
    dialog.lay_over.click()
    assert [layer.recipe for layer in session.state.view.display.layers] == [
        CompositeRecipe("formula", formula=RATIO)
    ]
    assert session.state.recipe == before
    dialog.expression.setText("nonsense")
    assert not dialog.lay_over.isEnabled()
