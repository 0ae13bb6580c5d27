"""The window of the layers, by mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube
from ui.label_faults import label_faults

from focus_viewer.core.masks.rules import WithinOutline
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.pictures.layers import Layer
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_view import ImageView
from focus_viewer.ui.layering.layers_dialog import LayersDialog

LEFT = WithinOutline(Rectangle((0, 0), (10, 20)), "Left", (20, 30))
RATIO = CompositeRecipe("formula", formula="r800 / r670")


@pytest.fixture
def opened() -> list[str]:
    """Windows that the buttons have opened."""
    return []


@pytest.fixture
def dialog(qtbot: QtBot, session: Session, workbench: Workbench, opened: list[str]) -> LayersDialog:
    session.documents.open(make_cube(20, 30))
    session.masks.start(LEFT)
    session.layers.add(RATIO)
    made = LayersDialog(session, lambda: opened.append("math"), lambda: opened.append("mask"))
    qtbot.addWidget(made)
    made.show()
    return made


def layers_of(session: Session) -> tuple[Layer, ...]:
    return session.state.view.display.layers


def test_the_highest_layer_comes_first_and_no_text_is_cut(dialog: LayersDialog) -> None:
    assert [row.name.text() for row in dialog.rows] == ["r800 / r670", "Mask (outside)"]
    assert "(dark) to" in dialog.rows[0].name.toolTip()
    assert "Left (200 of 600 px)" in dialog.rows[1].name.toolTip()
    assert label_faults(dialog) == []


def test_layers_are_hidden_faded_and_moved_by_keyboard(
    qtbot: QtBot, dialog: LayersDialog, session: Session, opened: list[str]
) -> None:
    qtbot.keyClick(dialog.rows[0].name, Qt.Key.Key_Space)
    assert not layers_of(session)[1].visible
    box = dialog.rows[1].value
    box.selectAll()
    qtbot.keyClicks(box, "25")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert opened == []
    assert layers_of(session)[0].opacity == 0.25
    assert dialog.rows[1].slider.value() == 25
    qtbot.keyClick(dialog.rows[1].up, Qt.Key.Key_Space)
    assert [layer.recipe for layer in layers_of(session)] == [RATIO, None]
    assert not dialog.rows[0].up.isEnabled()


def test_layers_are_removed_and_the_mask_keeps_its_pixels(
    dialog: LayersDialog, session: Session
) -> None:
    dialog.rows[1].remove.click()
    dialog.rows[0].remove.click()
    assert layers_of(session) == () and dialog.rows == []
    document = session.state.document
    assert document is not None and document.inside is not None
    assert document.layered is None


def test_the_picture_becomes_a_layer_and_the_mask_gets_a_colour(
    dialog: LayersDialog, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.add.click()
    assert layers_of(session)[-1].recipe == CompositeRecipe()
    monkeypatch.setattr(QColorDialog, "getColor", staticmethod(lambda *_, **__: QColor("#00ff00")))
    dialog.rows[2].colour.click()
    assert layers_of(session)[0].colour == "#00ff00"


def test_a_layer_that_the_cube_has_no_bands_for_says_so(
    dialog: LayersDialog, session: Session
) -> None:
    session.layers.add(CompositeRecipe("formula", formula="r2200 / r800"))
    assert "no good band" in dialog.rows[0].name.text()


def test_the_image_shows_the_layers_and_a_key_of_the_highest_map(
    qtbot: QtBot, dialog: LayersDialog, session: Session, workbench: Workbench
) -> None:
    view = ImageView(session, workbench)
    qtbot.addWidget(view)
    document = session.state.document
    assert document is not None and document.layered is not None
    shown = view.canvas.picture.image
    assert shown is not None and (shown == document.layered.image).all()
    assert not view.index_bar.isHidden()
    dialog.rows[0].remove.click()
    assert view.index_bar.isHidden()
