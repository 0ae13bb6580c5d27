"""Trust panel: each control in both directions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from trust_cases import make_report
from ui.fakes import FakeServices, HeldRunner, foreign, make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import EXPLAIN, TRUST
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.importance_plot import ImportancePlot
from focus_viewer.ui.image.image_header import ImageHeader
from focus_viewer.ui.panels.method_tiles import map_image
from focus_viewer.ui.panels.trust_panel import TrustPanel
from focus_viewer.ui.volume.volume_view import VolumeView

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot, session: Session, workbench: Workbench) -> TrustPanel:
    made = TrustPanel(session, workbench)
    qtbot.addWidget(made)
    made.resize(860, 700)
    made.show()
    return made


def test_nothing_can_be_tested_without_an_explanation(panel: TrustPanel) -> None:
    assert not panel.start.isEnabled()
    assert "once a cube is explained" in panel.sentence.text()
    assert not panel.tiles.isVisible()


def test_a_click_tests_and_shows_what_was_found(
    panel: TrustPanel, session: Session, qtbot: QtBot
) -> None:
    session.documents.open(make_cube())
    assert panel.start.isEnabled()
    assert not panel.tiles.isVisible()
    qtbot.mouseClick(panel.start, LEFT)
    assert session.state.document is not None
    assert session.state.document.tested is not None
    assert (
        "from 54\u00a0% (as tested; 50\u00a0% in the decision) to 12\u00a0%"
        in panel.sentence.text()
    )
    assert panel.start.text() == "Test again"
    assert list(panel.tiles.tiles) == ["FOCUS", "Grad-CAM", "Occlusion", "Sink"]
    assert "20 × 30 pixels" in panel.notes.text()
    assert "The sink took 11 % of the evidence" in panel.notes.text()
    assert "rank correlation" in panel.notes.text()
    assert "Grad-CAM: 16 steps; Occlusion: 16 steps." in panel.notes.text()
    tile = panel.tiles.tiles["Grad-CAM"].tile
    assert tile is not None
    assert tile.lines == ("places: 30 %", "bands: 30 %", "16 + 3 passes", "1.2 s")


def test_curves_are_drawn_in_percent_and_turned_round_for_what_is_added(
    panel: TrustPanel, session: Session, workbench: Workbench, qtbot: QtBot
) -> None:
    session.documents.open(make_cube())
    workbench.trust.test()
    plot = panel.plots.plots["place"]
    shares, removed = plot.lines["strongest"].getData()
    np.testing.assert_allclose(shares[[0, 2, -1]], [0, 20, 100])
    np.testing.assert_allclose(removed[[0, 2, -1]], [54, 12, 2])
    qtbot.mouseClick(panel.added, LEFT)
    _, added = plot.lines["strongest"].getData()
    np.testing.assert_allclose(added[[0, -1]], [2, 54])
    assert "% added" in plot.getPlotItem().titleLabel.text
    qtbot.mouseClick(panel.removed, LEFT)
    np.testing.assert_allclose(plot.lines["strongest"].getData()[1], removed)


def test_a_tile_shows_its_method_in_all_views_and_focus_goes_back(
    panel: TrustPanel, session: Session, workbench: Workbench, qtbot: QtBot
) -> None:
    header, volume = ImageHeader(session), VolumeView(session, workbench)
    for each in (header, volume):
        qtbot.addWidget(each)
    session.documents.open(make_cube())
    workbench.trust.test()
    qtbot.mouseClick(panel.tiles.tiles["Grad-CAM"], LEFT)
    assert session.state.document is not None
    assert session.state.document.rival == "Grad-CAM"
    assert panel.tiles.tiles["Grad-CAM"].marked
    assert not panel.tiles.tiles["FOCUS"].marked
    assert "All views show Grad-CAM, not FOCUS." in panel.viewed.text()
    assert volume.caption.text().startswith("Grad-CAM, not FOCUS: saliency for chlorosis")
    header.show_state(session.state)
    header.show_caption(session.state)
    assert header.caption.text().startswith("Grad-CAM, not FOCUS; ")
    assert header.colourmap.itemText(0) == "Inferno"
    shares, _ = panel.plots.plots["place"].rival.getData()
    assert len(shares) == 11
    assert "Grad-CAM" in panel.legend.text()
    qtbot.mouseClick(panel.tiles.tiles["FOCUS"], LEFT)
    assert session.state.document.rival is None
    assert panel.tiles.tiles["FOCUS"].marked
    assert volume.caption.text().startswith("Evidence for chlorosis")
    assert panel.plots.plots["place"].rival.getData()[0] is None or not len(
        panel.plots.plots["place"].rival.getData()[0]
    )


def test_the_state_marks_the_tile(
    panel: TrustPanel, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    workbench.trust.test()
    session.trust.view("Occlusion")
    assert panel.tiles.tiles["Occlusion"].marked
    session.view.set_mode("unattributed")
    assert panel.tiles.tiles["Sink"].marked
    assert not panel.tiles.tiles["Occlusion"].marked


def test_tiles_have_the_colours_of_the_heatmap(
    panel: TrustPanel, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    workbench.trust.test()
    assert panel.tiles.tiles["FOCUS"].colours == "Berlin"
    session.view.set_display(replace(session.state.view.display, colourmap="Managua"))
    assert panel.tiles.tiles["FOCUS"].colours == "Managua"
    assert panel.tiles.tiles["Grad-CAM"].colours == "Inferno"


def test_the_sink_and_the_keyboard(
    panel: TrustPanel, session: Session, workbench: Workbench, qtbot: QtBot
) -> None:
    session.documents.open(make_cube())
    workbench.trust.test()
    qtbot.mouseClick(panel.tiles.tiles["Sink"], LEFT)
    assert session.state.view.display.mode == "unattributed"
    qtbot.keyClick(panel.tiles.tiles["Occlusion"], Qt.Key.Key_Return)
    assert session.state.document is not None
    assert session.state.document.rival == "Occlusion"


def test_another_class_has_not_been_tested(
    panel: TrustPanel, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    workbench.trust.test()
    session.explanation.choose_class("healthy")
    assert panel.sentence.text().startswith("Tested for chlorosis, not yet for healthy.")
    assert not panel.tiles.isVisible()
    assert panel.start.text() == "Put to the test"
    session.explanation.choose_class("chlorosis")
    assert panel.tiles.isVisible()


def test_progress_stop_and_what_was_found_until_then(session: Session, qtbot: QtBot) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    panel = TrustPanel(session, workbench)
    qtbot.addWidget(panel)
    panel.show()
    session.documents.open(make_cube())
    runner.release(EXPLAIN)
    assert not panel.stop.isVisible()
    qtbot.mouseClick(panel.start, LEFT)
    assert panel.stop.isVisible()
    assert not panel.start.isEnabled()
    runner.held[TRUST].progress(0.4, "removing evidence by place")
    assert session.state.jobs.trust.fraction == 0.4
    assert panel.status.text() == "removing evidence by place"
    runner.release(TRUST)
    assert len(panel.plots.plots["place"].lines["strongest"].getData()[0]) == 11
    assert panel.plots.plots["both"].lines["strongest"].getData()[0] is None or not len(
        panel.plots.plots["both"].lines["strongest"].getData()[0]
    )
    qtbot.mouseClick(panel.stop, LEFT)
    assert panel.status.text() == "stopped: what was found until then"
    assert not panel.stop.isVisible()
    assert panel.tiles.isVisible()
    workbench.close()


def test_where_the_model_does_not_apply_the_test_says_so(
    panel: TrustPanel, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    workbench.trust.test()
    assert not panel.verdict.isVisible()
    session.publish(foreign(session.state))
    assert panel.verdict.isVisible()
    assert "does not apply" in panel.verdict.text()


def test_methods_that_were_not_run_are_named(panel: TrustPanel, session: Session) -> None:
    session.documents.open(make_cube())
    document = session.state.document
    assert document is not None and document.explanation is not None
    ticket = session.trust_job.start(document.id, "Testing leaf")
    report = make_report(document.explanation, left_out=("Occlusion was not run: no captum",))
    assert session.trust.take(ticket, document.id, document.explanation, report)
    assert "Occlusion was not run: no captum" in panel.notes.text()


def test_tiles_fill_the_width_and_wrap(
    panel: TrustPanel, session: Session, workbench: Workbench, qtbot: QtBot
) -> None:
    session.documents.open(make_cube())
    workbench.trust.test()
    tiles = list(panel.tiles.tiles.values())
    qtbot.waitUntil(lambda: len({tile.y() for tile in tiles}) == 1)
    widths = {plot.width() for plot in panel.plots.plots.values()}
    assert max(widths) - min(widths) <= 1
    panel.resize(300, 700)
    qtbot.waitUntil(lambda: len({tile.y() for tile in tiles}) == 2, timeout=5000)
    assert panel.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff


def test_the_curve_names_the_method(qtbot: QtBot, session: Session, workbench: Workbench) -> None:
    plot = ImportancePlot()
    session.documents.open(make_cube())
    workbench.trust.test()
    session.trust.view("Grad-CAM")
    plot.show_curve(session.state.viewed_volume, "Berlin")
    assert "Grad-CAM, not FOCUS, for chlorosis" in plot.key.text


def test_a_map_is_clear_where_nothing_is(session: Session, workbench: Workbench) -> None:
    session.documents.open(make_cube())
    workbench.trust.test()
    document = session.state.document
    assert document is not None and document.tested is not None
    volume = document.tested.rivals[0].volume
    image = map_image(volume, "Inferno")
    assert (image.height(), image.width()) == volume.values.shape[:2]
    plane = volume.values.sum(axis=2)
    row, col = np.unravel_index(int(np.argmin(plane)), plane.shape)
    assert image.pixelColor(int(col), int(row)).alpha() < 128
    row, col = np.unravel_index(int(np.argmax(plane)), plane.shape)
    assert image.pixelColor(int(col), int(row)).alpha() == 255


def test_an_attached_model_cannot_be_put_to_the_test(
    panel: TrustPanel, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    assert panel.start.isEnabled()
    document = session.state.document
    assert document is not None and document.explanation is not None
    card = replace(document.explanation.card, attached={"checkpoint": "vit.pt"})
    found = replace(document.explanation, card=card)
    session.publish(session.state.with_document(replace(document, explanation=found)))
    assert not panel.start.isEnabled()
    assert "do not apply to an attached model" in panel.start.toolTip()
    assert "do not apply to an attached model" in panel.sentence.text()
    workbench.trust.test()  # by its key
    assert session.state.jobs.trust.status == "idle"
