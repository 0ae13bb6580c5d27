"""The table of regions, in both directions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube, make_explanation

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.regions.panel import RegionPanel

FLAGS = QItemSelectionModel.SelectionFlag


@pytest.fixture
def panel(qtbot: QtBot, session: Session, workbench: Workbench) -> RegionPanel:
    session.documents.open(make_cube())
    one = RegionPanel(session)
    qtbot.addWidget(one)
    one.resize(900, 300)
    with qtbot.waitExposed(one):
        one.show()
    return one


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def halves(session: Session) -> tuple[int, int]:
    """Left and right half of the image."""
    left, right = (
        session.regions.draw(Rectangle((0, 0), (30, 40))),
        session.regions.draw(Rectangle((30, 0), (60, 40))),
    )
    assert left is not None
    assert right is not None
    return left, right


def cell(panel: RegionPanel, row: int, title: str) -> str:
    titles = [column.title for column in panel.model.columns]
    return str(panel.sorted.index(row, titles.index(title)).data())


def test_without_regions_it_says_what_to_do(panel: RegionPanel, session: Session) -> None:
    assert panel.empty.isVisible()
    halves(session)
    assert panel.table.isVisible()
    assert not panel.empty.isVisible()


def test_it_shows_what_was_measured(panel: RegionPanel, session: Session) -> None:
    halves(session)
    cube = document(session).cube
    values = cube.block(slice(0, 40), slice(0, 30)).mean(axis=2)
    assert cell(panel, 0, "Pixels") == "1200"
    assert cell(panel, 0, "Mean") == f"{values.mean():.3f}"
    assert cell(panel, 0, "SD") == f"{values.std(ddof=1):.3f}"
    shares = [float(cell(panel, row, "For, %")) for row in (0, 1)]
    assert sum(shares) == pytest.approx(100, abs=0.1)
    assert cell(panel, 0, "NDVI")


def test_selecting_a_row_selects_the_region_and_back(panel: RegionPanel, session: Session) -> None:
    left, right = halves(session)
    panel.table.selectionModel().select(panel.sorted.index(0, 0), FLAGS.ClearAndSelect | FLAGS.Rows)
    assert document(session).selected == (left,)
    session.regions.select([right])
    assert [one.row() for one in panel.table.selectionModel().selectedRows()] == [1]


def test_names_and_classes_are_edited(panel: RegionPanel, session: Session) -> None:
    halves(session)
    assert panel.model.setData(panel.model.index(0, 0), " Lesion ")
    assert panel.model.setData(panel.model.index(0, 1), "rust")
    region = document(session).annotations.regions[0]
    assert (region.name, region.class_name) == ("Lesion", "rust")
    panel.model.setData(panel.model.index(0, 1), "")
    assert document(session).annotations.regions[0].class_name is None
    session.regions.set_locked([region.id], True)
    assert not panel.model.flags(panel.model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable


def test_rows_are_sorted_by_number_and_filtered_by_text(
    panel: RegionPanel, session: Session
) -> None:
    for cols in (3, 20, 9):
        session.regions.draw(Rectangle((0, 0), (cols, 10)))
    pixels = [column.title for column in panel.model.columns].index("Pixels")
    panel.table.sortByColumn(pixels, Qt.SortOrder.DescendingOrder)
    assert [cell(panel, row, "Pixels") for row in range(3)] == ["200", "90", "30"]
    session.regions.rename(2, "Midrib")
    panel.filter.setText("midr")
    assert panel.sorted.rowCount() == 1
    assert cell(panel, 0, "Name") == "Midrib"


def test_hide_and_lock_work_on_all_that_is_selected(panel: RegionPanel, session: Session) -> None:
    session.regions.select(halves(session))
    panel.hide_button.click()
    assert [one.hidden for one in document(session).annotations] == [True, True]
    panel.hide_button.click()
    assert [one.hidden for one in document(session).annotations] == [False, False]
    panel.lock_button.click()
    assert [one.locked for one in document(session).annotations] == [True, True]


def test_rows_are_copied_with_their_titles(panel: RegionPanel, session: Session) -> None:
    session.regions.select(halves(session)[:1])
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 2
    assert lines[0].split("\t")[:3] == ["Name", "Class", "Pixels"]
    assert lines[1].split("\t")[:3] == ["Region 1", "", "1200"]


def test_curves_of_regions_add_up_and_are_drawn(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    view = CurveView(session, workbench)
    qtbot.addWidget(view)
    session.documents.open(make_cube())
    halves(session)
    session.regions.select(())
    measures = document(session).measures
    assert measures is not None
    assert measures.importance is not None
    assert session.state.volume is not None
    total = np.sum(list(measures.importance.values()), axis=0)
    np.testing.assert_allclose(total, importance_curve(session.state.volume), rtol=1e-9)
    names = [label.text for _, label in view.spectra.legend.items]
    assert names == ["Region 1: mean ± sd of 1200 px", "Region 2: mean ± sd of 1200 px"]
    session.regions.remove([1, 2])
    assert not view.spectra.legend.items


def test_regions_are_read_and_written(session: Session, tmp_path: Path) -> None:
    services = FakeServices()
    bench = Workbench(session, ImmediateRunner(), services)
    session.documents.open(make_cube())
    bench.region_files.open(tmp_path / "spots.geojson")
    assert [one.name for one in document(session).annotations] == ["spots"]
    bench.region_files.save(tmp_path / "out.xml")
    assert services.written[tmp_path / "out.xml"] == document(session).annotations
    bench.region_files.save_table(tmp_path / "out.csv")
    assert str(services.written[tmp_path / "out.csv"]).count("\n") == 2
    bench.region_files.open(tmp_path / "broken.roi")
    assert session.state.requests.problem is not None
    assert "broken.roi" in session.state.requests.problem.title
    assert [one.name for one in document(session).annotations] == ["spots"]
    bench.close()


def test_explaining_again_measures_again(session: Session, workbench: Workbench) -> None:
    document_id = session.documents.open(make_cube())
    halves(session)
    before = document(session).measures
    ticket = session.explaining_job.start(document_id, "again")
    session.explanation.take(ticket, document_id, make_explanation(document(session).cube))
    after = document(session).measures
    assert before is not None
    assert after is not None
    assert after.volume is session.state.volume is not before.volume
