"""The dialog of the publication figure: choices in both directions, pages, files, closing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.figure.dialog import PREVIEW, FigureDialog
from focus_viewer.ui.qt_runner import QtRunner

MARKED = Annotations().add(Rectangle((10, 10), (20, 20)), "spot", "#77aadd")
SMALL = FigureSpec(panels=("composite",), width_mm=60.0)


@pytest.fixture
def dialog(session: Session, workbench: Workbench, qtbot: QtBot) -> FigureDialog:
    """A dialog of a marked cube whose work is done at once."""
    session.documents.open(make_cube())
    session.regions.replace_all(MARKED)
    session.view.set_figure(SMALL)
    return shown(session, workbench, qtbot)


def shown(session: Session, workbench: Workbench, qtbot: QtBot) -> FigureDialog:
    made = FigureDialog(session, workbench, lambda suffix: f"leaf{suffix}")
    qtbot.addWidget(made)
    made.show()
    return made


def page_changes(dialog: FigureDialog, qtbot: QtBot, change: Callable[[], object]) -> None:
    """Make a change, and wait for another page."""
    before = dialog.preview.image.cacheKey()
    change()
    qtbot.waitUntil(lambda: dialog.preview.image.cacheKey() != before)


def test_it_shows_the_page(dialog: FigureDialog) -> None:
    image = dialog.preview.image
    assert image.width() == int(60 / 25.4 * 150)
    assert dialog.status.text().startswith("60 × ")
    assert "no scale bar" in dialog.status.text()


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.view.set_figure(replace(SMALL, width_mm=85.0)),
        lambda session: session.explanation.choose_class("healthy"),
        lambda session: session.view.set_window(800.0),
        lambda session: session.view.set_display(
            replace(session.state.view.display, mode="attention")
        ),
        lambda session: session.explanation.set_reference_class("healthy"),
        lambda session: session.regions.rename(1, "blotch"),
        lambda session: session.documents.open(make_cube(20, 30)),
    ],
    ids=["choice", "class", "window", "mode", "against", "region", "cube"],
)
def test_another_state_gives_another_page(
    dialog: FigureDialog, session: Session, qtbot: QtBot, change: Callable[[Session], object]
) -> None:
    page_changes(dialog, qtbot, lambda: change(session))


def test_what_the_figure_does_not_show_draws_nothing(session: Session, qtbot: QtBot) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    session.documents.open(make_cube())
    made = shown(session, workbench, qtbot)
    runner.held.pop(PREVIEW)
    session.selection.hover(3, 3)
    session.pins.toggle(3, 3)
    assert not made.waits
    session.view.set_window(700.0)
    assert made.waits
    qtbot.waitUntil(lambda: PREVIEW in runner.held)
    workbench.close()


def test_controls_set_the_choices(dialog: FigureDialog, session: Session) -> None:
    controls = dialog.controls
    controls.width_mm.setValue(100.0)
    controls.size_pt.setValue(8.0)
    controls.dpi.setValue(600)
    controls.date.setText("2026-03-01")
    controls.date.editingFinished.emit()
    controls.switches["caption"].setChecked(False)
    controls.panels.item(2).setCheckState(Qt.CheckState.Checked)
    wanted = FigureSpec(
        panels=("composite", "curve"),
        width_mm=100.0,
        font_pt=8.0,
        dpi=600,
        date="2026-03-01",
        caption=False,
    )
    assert session.state.view.figure == wanted
    assert controls.preset.currentText() == "Own width"
    controls.preset.setCurrentText("Two columns, 174 mm")
    controls.preset.activated.emit(controls.preset.currentIndex())
    assert session.state.view.figure.width_mm == 174.0
    assert controls.width_mm.value() == 174.0


def test_choices_set_the_controls(dialog: FigureDialog, session: Session) -> None:
    spec = FigureSpec(
        panels=("table", "curve"),
        width_mm=89.0,
        font="Other",
        font_pt=9.0,
        dpi=450,
        date="x",
        region_labels=False,
        scale_bar=False,
        caption=False,
        all_cubes=True,
    )
    session.view.set_figure(spec)
    controls = dialog.controls
    assert controls.panels.panels() == ("table", "curve")
    assert controls.preset.currentText() == "One column, 89 mm"
    shown = (controls.width_mm.value(), controls.size_pt.value(), controls.dpi.value())
    assert shown == (89.0, 9.0, 450)
    assert (controls.font_family.currentText(), controls.date.text()) == ("Other", "x")
    for name, switch in controls.switches.items():
        assert switch.isChecked() == getattr(spec, name)
    assert session.state.view.figure == spec


def test_panels_are_moved(dialog: FigureDialog, session: Session) -> None:
    session.view.set_figure(FigureSpec())
    panels = dialog.controls.panels
    panels.setCurrentRow(1)
    dialog.controls.up.click()
    assert session.state.view.figure.panels == ("heatmap", "composite", "curve", "spectra")
    assert panels.currentRow() == 0
    dialog.controls.down.click()
    assert session.state.view.figure.panels[0] == "composite"


def test_what_is_left_out_is_said(dialog: FigureDialog, session: Session, qtbot: QtBot) -> None:
    assert not dialog.notes.isVisible()
    page_changes(
        dialog,
        qtbot,
        lambda: session.view.set_figure(replace(SMALL, panels=("composite", "comparison"))),
    )
    assert dialog.notes.isVisible()
    assert "the regions are not of exactly two classes" in dialog.notes.text()


def test_it_is_saved_as_the_name_says(
    dialog: FigureDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = str(tmp_path / "page"), "TIFF (*.tif *.tiff)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: chosen)
    dialog.buttons.button(QDialogButtonBox.StandardButton.Save).click()
    with Image.open(tmp_path / "page.tif") as picture:
        assert picture.width == int(60 / 25.4 * 300)
    assert dialog.status.text() == f"Saved {tmp_path / 'page.tif'}"


@pytest.mark.parametrize("name", ["page.bmp", "missing/page.pdf"])
def test_a_file_that_cannot_be_written_is_told(
    dialog: FigureDialog, session: Session, tmp_path: Path, name: str
) -> None:
    dialog.save(tmp_path / name)
    problem = session.state.requests.problem
    assert problem is not None
    assert "page" in problem.text
    assert list(tmp_path.iterdir()) == []


def test_without_a_cube_it_says_so(dialog: FigureDialog, session: Session, qtbot: QtBot) -> None:
    active = session.state.documents.active
    assert active is not None
    session.documents.close(active)
    qtbot.waitUntil(lambda: dialog.preview.image.isNull())
    assert dialog.preview.notice == "Open a cube to draw a figure of it"
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()


def test_it_closes_while_a_page_is_drawn(session: Session, qtbot: QtBot) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    session.documents.open(make_cube())
    session.view.set_figure(SMALL)
    made = shown(session, workbench, qtbot)
    assert PREVIEW in runner.held
    made.close()
    runner.release(PREVIEW)
    assert made.preview.image.isNull()
    made.show()
    runner.release(PREVIEW)
    assert not made.preview.image.isNull()
    workbench.close()


def test_it_draws_off_the_gui_thread(session: Session, qtbot: QtBot) -> None:
    workbench = Workbench(session, QtRunner(), FakeServices())
    session.documents.open(make_cube())
    session.view.set_figure(SMALL)
    made = shown(session, workbench, qtbot)
    assert made.preview.image.isNull()
    qtbot.waitUntil(lambda: not made.preview.image.isNull())
    made.close()
    workbench.close()
