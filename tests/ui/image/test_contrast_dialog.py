"""Contrast of the picture by mouse and keyboard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.core.cubes.cube import ArraySource
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.pictures.stretch import USUAL_STRETCH, Stretch
from focus_viewer.core.regions.shapes import MaskShape
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.contrast_dialog import ContrastDialog
from focus_viewer.ui.widgets import theme


@pytest.fixture
def dialog(qtbot: QtBot, session: Session, workbench: Workbench) -> ContrastDialog:
    session.documents.open(make_cube(rows=20, cols=30))
    made = ContrastDialog(session, workbench.regions)
    qtbot.addWidget(made)
    made.show()
    return made


def document_of(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def choose(dialog: ContrastDialog, name: str) -> None:
    dialog.preset.setCurrentText(name)
    dialog.preset.textActivated.emit(name)


def test_a_drag_of_the_limits_changes_one_channel(
    qtbot: QtBot, dialog: ContrastDialog, session: Session
) -> None:
    before = document_of(session).composite
    assert before is not None
    dialog.channel.setCurrentIndex(1)
    dialog.channel.activated.emit(1)
    dialog.histogram.limits.setRegion((0.2, 0.3))
    qtbot.waitUntil(lambda: document_of(session).stretch.limits != ())
    after = document_of(session).composite
    assert after is not None
    assert after.limits[1] == pytest.approx((0.2, 0.3))
    assert (after.limits[0], after.limits[2]) == (before.limits[0], before.limits[2])
    assert dialog.preset.currentText() == "By hand"
    assert not np.array_equal(after.image, before.image)


def test_typed_limits_of_joint_colours_are_those_of_all(
    dialog: ContrastDialog, session: Session
) -> None:
    dialog.joint.click()
    assert len(set(document_of(session).composite.limits)) == 1  # type: ignore[union-attr]
    dialog.low.setValue(0.1)
    dialog.high.setValue(0.4)
    assert document_of(session).stretch.limits == ((0.1, 0.4),) * 3


def test_presets_and_reset(dialog: ContrastDialog, session: Session) -> None:
    choose(dialog, "0 to 1")
    assert document_of(session).composite.limits == ((0.0, 1.0),) * 3  # type: ignore[union-attr]
    choose(dialog, "5 % to 95 %")
    assert document_of(session).stretch == Stretch(percent=5)
    dialog.gamma.setValue(2.0)
    assert document_of(session).stretch.gamma == 2
    dialog.reset.click()
    assert document_of(session).stretch == USUAL_STRETCH
    assert dialog.preset.currentText() == "2 % to 98 %"


def test_limits_that_do_not_ascend_are_not_taken(dialog: ContrastDialog, session: Session) -> None:
    dialog.low.setValue(1e6)
    assert document_of(session).stretch == USUAL_STRETCH
    assert "Expected black below white, found 1000000.0" in dialog.about.text()


def test_a_channel_of_one_value_keeps_no_other_from_its_limits(
    dialog: ContrastDialog, session: Session
) -> None:
    cube = make_cube(rows=20, cols=30)
    flat = np.full((20, 30, cube.bands), 0.25, np.float32)
    session.documents.open(replace(cube, source=ArraySource(flat)))
    dialog.low.setValue(0.1)
    dialog.high.setValue(0.4)
    first, second, _ = document_of(session).stretch.limits
    assert first == (0.1, 0.4)
    assert second == pytest.approx((0.249, 0.251)), "mid grey, as before"


def test_each_cube_keeps_its_own_contrast(dialog: ContrastDialog, session: Session) -> None:
    first = document_of(session)
    choose(dialog, "0 to 1")
    session.documents.open(make_cube(rows=20, cols=30))
    assert document_of(session).stretch == USUAL_STRETCH
    assert dialog.preset.currentText() == "2 % to 98 %"
    session.documents.activate(first.id)
    assert dialog.preset.currentText() == "0 to 1"


def test_a_grey_picture_has_one_channel(dialog: ContrastDialog, session: Session) -> None:
    session.view.set_recipe(CompositeRecipe("band", (3,)))
    assert dialog.channel.count() == 1
    assert not dialog.joint.isEnabled()


def test_a_mask_by_threshold_becomes_a_region(dialog: ContrastDialog, session: Session) -> None:
    assert not dialog.region.isEnabled()  # of three colours
    session.view.set_recipe(CompositeRecipe("formula", formula="r800 / r670"))
    cube = document_of(session).cube
    bands = document_of(session).composite.choice.index.bands  # type: ignore[union-attr]
    ratio = cube.block(slice(None), slice(None))[..., list(bands)]
    ratio = ratio[..., 0] / ratio[..., 1]
    middle, top = float(np.median(ratio)), float(ratio.max()) + 1
    dialog.high.setValue(top)
    dialog.low.setValue(middle)
    dialog.region.click()
    (region,) = document_of(session).annotations.regions
    assert region.name.startswith("r800 / r670 ")
    assert isinstance(region.outline, MaskShape)
    low = document_of(session).composite.limits[0][0]  # type: ignore[union-attr]
    assert int(region.outline.inside.sum()) == int((ratio >= low).sum())


def test_limits_without_a_pixel_are_said(dialog: ContrastDialog, session: Session) -> None:
    session.view.set_recipe(CompositeRecipe("band", (3,)))
    dialog.high.setValue(1e6)
    dialog.low.setValue(1e5)
    dialog.region.click()
    assert document_of(session).annotations.regions == ()
    assert session.state.requests.problem is not None
    assert "Widen the limits" in session.state.requests.problem.text


def test_small_limits_are_told_apart(dialog: ContrastDialog, session: Session) -> None:
    cube = make_cube(rows=20, cols=30)
    values = cube.block(slice(None), slice(None)) * np.float32(1e-6)
    session.documents.open(replace(cube, source=ArraySource(values)))
    session.view.set_recipe(CompositeRecipe("band", (3,)))
    low, high = document_of(session).composite.limits[0]  # type: ignore[union-attr]
    assert (dialog.low.value(), dialog.high.value()) == pytest.approx((low, high), rel=1e-2)


def test_a_picture_without_data_has_no_region_within_limits(
    dialog: ContrastDialog, session: Session
) -> None:
    cube = make_cube(rows=20, cols=30)
    values = np.full((cube.rows, cube.cols, cube.bands), np.nan, dtype=np.float32)
    session.documents.open(replace(cube, source=ArraySource(values)))
    session.view.set_recipe(CompositeRecipe("band", (3,)))
    assert not dialog.region.isEnabled()


@pytest.mark.parametrize("recipe", [CompositeRecipe("rgb"), CompositeRecipe("band", (3,))])
def test_histograms_are_seen_in_a_theme_that_is_chosen_later(
    dialog: ContrastDialog, session: Session, recipe: CompositeRecipe
) -> None:
    session.view.set_recipe(recipe)
    theme.use("light")
    try:
        dialog.show_theme()
        pens = [line.opts["pen"] for line in dialog.histogram.plot.listDataItems()]
        assert pens
        for pen in pens:
            assert theme.contrast(pen.color().name(), theme.PANEL) >= 3
    finally:
        theme.use("dark")


def test_a_mask_that_is_not_possible_says_what_to_do(dialog: ContrastDialog) -> None:
    assert not dialog.region.isEnabled()
    assert "one band" in dialog.region.toolTip()


def test_the_axis_has_what_is_shown_and_its_unit(dialog: ContrastDialog, session: Session) -> None:
    axis = dialog.histogram.plot.getAxis("bottom")
    assert axis.labelText == "Reflectance"
    session.view.set_recipe(CompositeRecipe("pca"))
    assert axis.labelText == "Component score (reflectance)"
