"""Teach panel: each control in both directions, and what is shown of results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.core.datasets.class_map import ClassMap
from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import CLASS_MAP, COUNTS, TEACH
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.class_layer import class_image
from focus_viewer.ui.image.image_view import ImageView
from focus_viewer.ui.teaching.panel import TeachPanel
from focus_viewer.ui.teaching.place_link import PlaceLink

LEFT = Qt.MouseButton.LeftButton
SPACE = Qt.Key.Key_Space


@pytest.fixture
def panel(qtbot: QtBot, session: Session, workbench: Workbench) -> TeachPanel:
    made = TeachPanel(session, workbench)
    qtbot.addWidget(made)
    made.resize(860, 700)
    made.show()
    return made


def open_cube(session: Session, name: str = "leaf") -> int:
    return session.documents.open(replace(make_cube(name=name), path=Path(f"/data/{name}.img")))


def draw(session: Session, *names: str | None) -> None:
    for place, name in enumerate(names):
        corner = (2.0 + 9 * place, 4.0)
        session.regions.draw(Rectangle(corner, (corner[0] + 6, 10.0)), name)


def test_without_classes_the_panel_says_what_to_do(panel: TeachPanel, session: Session) -> None:
    assert "draw regions" in panel.hint.text()
    assert not panel.teach.isEnabled()
    open_cube(session)
    draw(session, "rust")
    assert "at least two classes" in panel.hint.text()
    assert not panel.teach.isEnabled()
    draw(session, "healthy")
    assert panel.teach.isEnabled()
    assert "Fewer than 3" in panel.hint.text()
    draw(session, "Rust")
    assert "'Rust' and 'rust' are different classes" in panel.hint.text()
    session.history.undo()


def test_the_table_counts_and_leaves_classes_out(
    panel: TeachPanel, session: Session, qtbot: QtBot
) -> None:
    open_cube(session)
    draw(session, *("rust", "healthy", "dry"), "rust", "rust")
    session.documents.label(open_cube(session, "other"), CubeLabels(("dry",), {"plant": "4"}))
    table = panel.classes
    titles = [table.horizontalHeaderItem(col).text() for col in range(table.columnCount())]
    assert titles == ["Class", "Regions", "Cubes", "Plants", "Pixels"]
    cells = [[table.item(row, col).text() for col in range(5)] for row in range(3)]
    assert cells[0] == ["dry", "1", "2", "1", "2,436"]
    assert cells[2] == ["rust", "3", "1", "0", "108"]
    item = table.item(0, 0)
    box = table.visualItemRect(item)
    qtbot.mouseClick(table.viewport(), LEFT, pos=QPoint(box.left() + 12, box.center().y()))
    assert session.state.teaching.choice.unused == {"dry"}
    assert table.item(0, 0).checkState() == Qt.CheckState.Unchecked
    session.teaching.use_class("dry", True)
    assert table.item(0, 0).checkState() == Qt.CheckState.Checked
    for name in ("dry", "rust"):
        session.teaching.use_class(name, False)
    assert not panel.teach.isEnabled()


def test_the_keyboard_leaves_a_class_out(panel: TeachPanel, session: Session, qtbot: QtBot) -> None:
    open_cube(session)
    draw(session, "rust", "healthy", "dry")
    panel.classes.setFocus()
    panel.classes.setCurrentCell(1, 0)
    qtbot.keyClick(panel.classes, SPACE)
    assert session.state.teaching.choice.unused == {"healthy"}


def test_new_regions_have_the_class_that_is_typed_and_its_colour(
    panel: TeachPanel, session: Session, qtbot: QtBot
) -> None:
    open_cube(session)
    draw(session, "rust", "healthy")
    qtbot.keyClicks(panel.drawn.field, "rust")
    draw(session, None)
    document = session.state.document
    assert document is not None
    first, _, third = document.annotations.regions
    assert (third.class_name, third.colour) == ("rust", first.colour)
    assert [panel.drawn.itemText(at) for at in range(panel.drawn.count())] == ["healthy", "rust"]
    qtbot.keyClicks(panel.drawn.field, "y")
    draw(session, None)
    panel.drawn.field.clear()
    panel.drawn.field.textEdited.emit("")
    draw(session, None)
    document = session.state.document
    assert document is not None
    assert [region.class_name for region in document.annotations][-2:] == ["rusty", None]
    session.teaching.set_drawn_class("healthy")
    assert panel.drawn.currentText() == "healthy"


def test_bands_are_typed_and_errors_stand_in_place(
    panel: TeachPanel, session: Session, qtbot: QtBot
) -> None:
    open_cube(session)
    draw(session, "rust", "healthy")
    field, note = panel.options.bands, panel.options.bands_note
    qtbot.keyClicks(field, "500-700, 900-8")
    assert "the first wavelength must be the smaller" in note.text()
    assert not panel.teach.isEnabled()
    assert session.state.teaching.choice.bands_nm == ()
    field.clear()
    qtbot.keyClicks(field, "500-700,900-1000")
    assert "good bands of leaf" in note.text()
    assert panel.teach.isEnabled()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.state.teaching.choice.bands_nm == ((500, 700), (900, 1000))
    session.teaching.choose(replace(session.state.teaching.choice, bands_nm=((400.0, 450.0),)))
    assert field.text() == "400-450"


def test_name_group_backbone_and_several(
    panel: TeachPanel, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = open_cube(session)
    draw(session, "rust", "healthy")
    session.documents.label(document, CubeLabels((), {"plant": "4"}))
    options = panel.options
    options.name.clear()
    assert not panel.teach.isEnabled() or options.problem
    qtbot.keyClicks(options.name, "a/b")
    assert "without /" in options.name_note.text()
    assert not panel.teach.isEnabled()
    options.name.clear()
    qtbot.keyClicks(options.name, "mine")
    qtbot.keyClick(options.name, Qt.Key.Key_Return)
    options.group.setCurrentIndex(1)
    options.group.activated.emit(1)
    options.backbone.setCurrentText("focus-field")
    options.backbone.textActivated.emit("focus-field")
    qtbot.mouseClick(options.several, LEFT, pos=QPoint(8, options.several.height() // 2))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/elsewhere")
    qtbot.mouseClick(options.choose, LEFT)
    choice = session.state.teaching.choice
    assert (choice.name, choice.group, choice.backbone) == ("mine", "plant", "focus-field")
    assert choice.several
    assert choice.folder == Path("/elsewhere")
    assert options.folder.text() == str(Path("/elsewhere"))


def test_a_region_of_two_classes_makes_several_certain(panel: TeachPanel, session: Session) -> None:
    open_cube(session)
    draw(session, "rust; dry", "healthy")
    assert panel.options.several.isChecked()
    assert not panel.options.several.isEnabled()
    assert panel.classes.rowCount() == 3


def test_a_click_teaches_and_shows_what_it_is_worth(
    panel: TeachPanel, session: Session, qtbot: QtBot
) -> None:
    open_cube(session)
    draw(session, "rust", "healthy")
    assert not panel.results.score.isVisible()
    qtbot.mouseClick(panel.teach, LEFT)
    assert session.state.teaching.result is not None
    assert "1.00" in panel.results.score.text()
    assert panel.results.what.text().startswith("Balanced accuracy 1.00")
    assert "Training accuracy 1.00" in panel.results.sentences.text()
    assert "not a measure of how good" in panel.results.sentences.text()
    assert panel.results.confusion.isVisible()
    assert not panel.results.rivals.isVisible()
    assert not panel.save.isEnabled()
    assert panel.teach.text() == "Teach again"
    assert not panel.outdated.isVisible()
    first = session.state.documents.active
    open_cube(session, "new")  # without labels it changes nothing
    assert not panel.outdated.isVisible()
    assert first is not None
    session.documents.activate(first)
    draw(session, "rust")
    assert panel.outdated.isVisible()
    qtbot.mouseClick(panel.teach, LEFT)
    assert not panel.outdated.isVisible()


def test_the_figure_on_the_card_is_named_where_it_is_another(
    panel: TeachPanel, session: Session, workbench: Workbench, qtbot: QtBot
) -> None:
    open_cube(session)
    draw(session, "rust", "healthy")
    qtbot.mouseClick(panel.teach, LEFT)
    result, choice = session.state.teaching.result, session.state.teaching.choice
    assert result is not None and result.report is not None
    assert not panel.results.otherwise.isVisible()
    by = result.report.by
    for held_out_by, figure, said in (
        (by, 1.0, ""),
        (by, 0.8, f"0.80, held out by {by}"),
        ("plant", 1.0, "held out by plant"),
    ):
        card = replace(
            result.card,
            measured={"held-out balanced accuracy": figure},
            teaching={"held_out_by": held_out_by},
        )
        ticket = session.teaching_job.start(0, "Teaching")
        session.teaching.take_result(ticket, replace(result, card=card), choice, ())
        assert said in panel.results.otherwise.text()
        assert panel.results.otherwise.isVisible() == bool(said)
    assert f"held out by {by}" in panel.results.what.text()


def test_names_of_bundled_models_are_refused(
    panel: TeachPanel, session: Session, qtbot: QtBot
) -> None:
    open_cube(session)
    draw(session, "rust", "healthy")
    panel.options.name.clear()
    qtbot.keyClicks(panel.options.name, "focus-leaf")
    assert "comes with the program" in panel.options.name_note.text()
    assert not panel.teach.isEnabled()


def test_figures_of_other_labels_are_called_so(
    panel: TeachPanel, session: Session, qtbot: QtBot
) -> None:
    open_cube(session)
    draw(session, "rust", "healthy")
    qtbot.mouseClick(panel.how_good, LEFT)  # nothing was taught yet
    assert not panel.outdated.isVisible()
    draw(session, "rust")
    assert "of other labels" in panel.outdated.text()
    assert panel.outdated.isVisible()


def test_how_good_it_is_with_places_to_go_to(
    panel: TeachPanel, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_cube(session)
    draw(session, "rust", "healthy")
    open_cube(session, "other")
    qtbot.mouseClick(panel.how_good, LEFT)
    results = panel.results
    assert results.rivals.isVisible()
    assert [name for name, _, _ in results.rivals.rows][-1] == "labels shuffled"
    assert results.curve_text.text()
    whole = results.confusion.table
    results.fold.setCurrentIndex(1)
    results.fold.activated.emit(1)
    assert results.confusion.table.sum() < whole.sum()
    links = results.places.findChildren(QPushButton)
    assert "leaf.img, rows 8–15, cols 24–31: rust or healthy" in links[0].text()
    qtbot.mouseClick(links[0], LEFT)
    assert session.state.documents.active == first
    document = session.state.document
    assert document is not None and document.extent is not None
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/reports")
    qtbot.mouseClick(panel.save, LEFT)
    assert "report.pdf in" in session.state.jobs.export.message


def test_a_long_name_of_a_cube_gives_way_to_where_and_how_doubtful_the_place_is(
    panel: TeachPanel, session: Session, qtbot: QtBot
) -> None:
    open_cube(session, "wheat_2026-04-26T122543_" * 5)
    draw(session, "rust", "healthy")
    qtbot.mouseClick(panel.how_good, LEFT)
    (link, *_) = panel.results.places.findChildren(PlaceLink)
    assert link.width() < link.fontMetrics().horizontalAdvance(link.toolTip())
    assert link.fontMetrics().horizontalAdvance(link.text()) <= link.width()
    assert link.text().endswith("rows 8–15, cols 24–31: rust or healthy (doubt 90 %)")
    sentences = panel.results.sentences
    assert sentences.height() >= sentences.heightForWidth(sentences.width())


def test_progress_and_stop(session: Session, qtbot: QtBot) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    panel = TeachPanel(session, workbench)
    qtbot.addWidget(panel)
    panel.show()
    runner.release(TEACH)  # the backbones
    open_cube(session)
    draw(session, "rust", "healthy")
    runner.release(COUNTS)
    assert not panel.stop.isVisible()
    qtbot.mouseClick(panel.teach, LEFT)
    assert panel.stop.isVisible()
    assert not panel.teach.isEnabled()
    runner.held[TEACH].progress(0.4, "playing coalitions")
    assert panel.bar.value() == 400
    assert panel.status.text() == "Teaching my-leaves: playing coalitions"
    qtbot.mouseClick(panel.stop, LEFT)
    assert panel.status.text() == "Teaching my-leaves: stopped"
    assert panel.teach.isEnabled()
    workbench.close()


def test_the_preview_is_seen_over_the_image(
    panel: TeachPanel, session: Session, workbench: Workbench, qtbot: QtBot
) -> None:
    view = ImageView(session, workbench)
    qtbot.addWidget(view)
    view.show()
    open_cube(session)
    draw(session, "rust")
    qtbot.mouseClick(panel.preview, LEFT)
    assert "at least two classes" in panel.preview_status.text()
    assert view.canvas.classes.image is None
    assert view.canvas.heat.image is not None
    draw(session, "healthy")
    assert "Fits 2 regions; not validated" in panel.preview_status.text()
    assert view.canvas.classes.image.shape == (4, 6, 4)
    assert view.canvas.heat.image is None
    assert "rust" in view.legend.text() and "not validated" in view.legend.text()
    session.selection.hover(3, 4)
    assert "rust 80" in view.readout.text()
    assert view.header.opacity.isEnabled()
    qtbot.mouseClick(panel.preview, LEFT)
    assert view.canvas.classes.image is None
    assert view.canvas.heat.image is not None
    assert not view.legend.isVisible()
    assert "saliency" in view.readout.text()


def test_why_there_is_no_preview(session: Session, qtbot: QtBot) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    panel = TeachPanel(session, workbench)
    qtbot.addWidget(panel)
    open_cube(session)
    workbench.teaching.show_preview(True)
    assert panel.preview_status.text().startswith("Reading leaf with the backbone")
    assert CLASS_MAP in runner.held
    session.teaching.refuse_map("leaf: no wavelengths")
    assert panel.preview_status.text() == "No wavelengths"
    workbench.close()


def test_the_map_is_fainter_where_it_is_less_sure() -> None:
    likely = np.array([[[0.95, 0.05], [0.55, 0.45], [np.nan, np.nan]]], dtype=np.float32)
    colours = {"rust": "#ff0000", "healthy": "#0000ff"}
    image = class_image(ClassMap(("rust", "healthy"), likely, (4, 12)), colours)
    assert image[0, 0, :3].tolist() == [255, 0, 0]
    assert image[0, 0, 3] > image[0, 1, 3] > 0
    assert image[0, 2, 3] == 0
    several = class_image(ClassMap(("rust", "healthy"), likely - 0.2, (4, 12), True), colours)
    assert several[0, 0, 3] > 0
    assert several[0, 1, 3] == 0  # none of them holds


def test_the_preview_asks_for_the_other_labelled_cubes(session: Session, qtbot: QtBot) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    panel = TeachPanel(session, workbench)
    qtbot.addWidget(panel)
    for name in ("rust", "healthy"):
        session.documents.label(open_cube(session, name), CubeLabels((name,)))
    runner.release(COUNTS)
    workbench.teaching.show_preview(True)
    nothing = ClassMap((), np.zeros((4, 6, 0), dtype=np.float32), (4, 6))
    document = session.state.document
    assert document is not None
    session.teaching.take_map(document.id, nothing)
    assert "Show the other labelled cubes too" in panel.preview_status.text()
    workbench.close()
