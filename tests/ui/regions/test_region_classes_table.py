"""The table of regions gathered under classes, and rows that come and go one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.regions.columns import Group
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
    for number, name in enumerate(("rust", None, "rust", "healthy")):
        session.regions.draw(Rectangle((10 * number, 5), (10 * number + 4, 15)), name)
    return one


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def column(panel: RegionPanel, title: str) -> list[str]:
    place = [one.title for one in panel.model.columns].index(title)
    rows = range(panel.sorted.rowCount())
    return [str(panel.sorted.index(row, place).data()) for row in rows]


def select(panel: RegionPanel, *rows: int) -> None:
    for number, row in enumerate(rows):
        flag = FLAGS.Select if number else FLAGS.ClearAndSelect
        panel.table.selectionModel().select(panel.sorted.index(row, 0), flag | FLAGS.Rows)


def test_the_button_gathers_and_the_state_moves_the_button(
    panel: RegionPanel, session: Session
) -> None:
    QTest.mouseClick(panel.class_button, Qt.MouseButton.LeftButton)
    assert session.state.view.display.regions_by_class
    names = ["1 region", "Region 4", "2 regions", "Region 1", "Region 3", "1 region", "Region 2"]
    assert column(panel, "Name") == names
    assert column(panel, "Class")[::2] == ["healthy", "rust", "rust", ""]
    assert column(panel, "Pixels") == ["40", "40", "80", "40", "40", "40", "40"]
    session.view.set_display(replace(session.state.view.display, regions_by_class=False))
    assert not panel.class_button.isChecked()
    assert len(column(panel, "Name")) == 4


def test_classes_follow_what_is_measured(panel: RegionPanel, session: Session) -> None:
    session.view.set_display(replace(session.state.view.display, regions_by_class=True))
    session.regions.reshape(1, Rectangle((0, 0), (30, 2)))
    assert column(panel, "Pixels")[2] == "100"
    session.regions.set_class(2, "healthy")
    assert column(panel, "Name")[0] == "2 regions"
    session.regions.remove([1, 3])
    assert column(panel, "Class") == ["healthy", "healthy", "healthy"]


def test_a_class_selects_its_regions_and_lets_single_ones_go(
    panel: RegionPanel, session: Session
) -> None:
    session.view.set_display(replace(session.state.view.display, regions_by_class=True))
    select(panel, 2)
    assert document(session).selected == (1, 3)
    panel.table.selectionModel().select(panel.sorted.index(3, 0), FLAGS.Deselect | FLAGS.Rows)
    assert document(session).selected == (3,)
    session.regions.select((1, 3))
    rows = sorted(one.row() for one in panel.table.selectionModel().selectedRows())
    assert rows == [3, 4]


def test_classes_are_not_edited(panel: RegionPanel, session: Session) -> None:
    session.view.set_display(replace(session.state.view.display, regions_by_class=True))
    assert isinstance(panel.model.entries[0], Group)
    place = panel.model.index(0, 0)
    assert not panel.model.flags(place) & Qt.ItemFlag.ItemIsEditable
    assert not panel.model.setData(place, "other")


def test_only_rows_that_change_are_told(panel: RegionPanel, session: Session) -> None:
    resets, changed, removed = [], [], []
    panel.model.modelReset.connect(lambda: resets.append(1))
    panel.model.dataChanged.connect(lambda low, high: changed.append((low.row(), high.row())))
    panel.model.rowsRemoved.connect(lambda _, low, high: removed.append((low, high)))
    session.regions.rename(2, "other")
    assert set(changed) == {(1, 1)}
    session.regions.remove([3])
    assert removed == [(2, 2)]
    session.history.undo()
    assert column(panel, "Name") == ["Region 1", "other", "Region 3", "Region 4"]
    session.regions.draw(Rectangle((50, 20), (54, 24)))
    assert not resets


def test_what_was_scrolled_to_stays(panel: RegionPanel, session: Session, qtbot: QtBot) -> None:
    for number in range(30):
        session.regions.draw(Rectangle((number, 20), (number + 2, 24)))
    bar = panel.table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 10)
    bar.setValue(bar.maximum() // 2)
    before = bar.value()
    session.regions.rename(20, "other")
    session.regions.move([21], 1, 1)
    assert bar.value() == before > 0


def test_hiding_many_is_one_step(panel: RegionPanel, session: Session) -> None:
    session.regions.select((1, 2, 3))
    panel.hide_button.click()
    assert [one.hidden for one in document(session).annotations] == [True, True, True, False]
    session.history.undo()
    assert not any(one.hidden for one in document(session).annotations)
