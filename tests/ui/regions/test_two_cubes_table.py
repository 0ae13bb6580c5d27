"""Regions of two cubes in one table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.regions.columns import Group, RegionEntry
from focus_viewer.ui.regions.panel import RegionPanel


class Desk:
    """A panel over two cubes with a region each, the second on the screen, not paired yet."""

    def __init__(self, qtbot: QtBot, late_units: Units = "reflectance") -> None:
        self.session = Session()
        self.workbench = Workbench(self.session, ImmediateRunner(), FakeServices())
        self.panel = RegionPanel(self.session)
        qtbot.addWidget(self.panel)
        self.panel.show()
        self.ids = []
        for name, corner, units in (("early", 2, "reflectance"), ("late", 20, late_units)):
            cube = replace(make_cube(), name=name, units=units)
            self.ids.append(self.session.documents.open(cube))
            self.session.regions.draw(Rectangle((corner, 5), (corner + 9, 14)), "spot")

    def rows(self) -> list[tuple[str, str]]:
        model = self.panel.model
        titles = [column.title for column in model.columns]
        places = (titles.index("Cube"), 0) if "Cube" in titles else (0, 0)
        return [
            (model.index(row, places[0]).data() or "", model.index(row, places[1]).data())
            for row in range(model.rowCount())
        ]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_without_a_pair_only_the_cube_on_the_screen_is_told(desk: Desk) -> None:
    assert [entry.cube for entry in desk.panel.model.entries if isinstance(entry, RegionEntry)] == [
        "late"
    ]
    assert "Cube" not in [column.title for column in desk.panel.model.columns]


def test_both_cubes_stand_under_their_names_the_active_one_first(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    assert desk.rows() == [
        ("late", "1 region"),
        ("late", "Region 1"),
        ("early", "1 region"),
        ("early", "Region 1"),
    ]
    desk.session.documents.activate(desk.ids[0])
    assert [cube for cube, _ in desk.rows()] == ["early", "early", "late", "late"]
    desk.session.pair.show_with(None)
    assert desk.panel.model.rowCount() == 1


def test_by_class_pools_over_both_cubes(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    desk.panel.class_button.click()
    group, *entries = desk.panel.model.entries
    assert isinstance(group, Group)
    assert (group.name, group.regions) == ("spot", 2)
    assert group.row is not None
    assert group.row.pixels == sum(
        entry.row.pixels for entry in entries if isinstance(entry, RegionEntry) and entry.row
    )


def test_values_of_unlike_units_are_not_pooled(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "counts")
    desk.session.pair.show_with(desk.ids[0])
    desk.panel.class_button.click()
    group = desk.panel.model.entries[0]
    assert isinstance(group, Group) and group.row is not None
    titles = [column.title for column in desk.panel.model.columns]
    shown = {name: desk.panel.model.index(0, titles.index(name)).data() for name in titles}
    assert (shown["Mean"], shown["SD"]) == ("", "")
    assert int(shown["Pixels"]) == group.row.pixels > 0


def test_regions_of_the_other_cube_are_only_looked_at(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    model = desk.panel.model
    own, other = model.index(1, 0), model.index(3, 0)
    assert model.flags(own) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(other) & (Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsSelectable)
    flags = QItemSelectionModel.SelectionFlag
    desk.panel.table.selectionModel().select(
        desk.panel.sorted.mapFromSource(own), flags.ClearAndSelect | flags.Rows
    )
    document = desk.session.state.document
    assert document is not None
    assert document.selected == (1,)


def test_the_other_cubes_shares_follow_its_class(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    before = [entry.row for entry in desk.panel.model.entries if isinstance(entry, RegionEntry)][1]
    desk.session.explanation.choose_class("healthy")
    after = [entry.row for entry in desk.panel.model.entries if isinstance(entry, RegionEntry)][1]
    assert before is not None
    assert after is not None
    assert before.positive_share != after.positive_share
