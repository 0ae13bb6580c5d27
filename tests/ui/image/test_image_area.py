"""Two cubes in the window, by real clicks, drags and wheel turns."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from qt_pause import pause
from ui.fakes import FakeServices, ImmediateRunner, make_cube
from ui.mouse import Mouse

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.pictures.stretch import Stretch
from focus_viewer.core.wording import value_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.pair import Pair
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.drawing.wand_options import WandOptions
from focus_viewer.ui.image.image_area import ImageArea
from focus_viewer.ui.image.swipe import swiped
from focus_viewer.ui.widgets import theme

pytestmark = pytest.mark.filterwarnings("ignore:.*QMouseEvent.pos.*:DeprecationWarning")
LEFT = Qt.MouseButton.LeftButton


def _named(name: str, rows: int = 40, cols: int = 60) -> Cube:
    return replace(make_cube(rows, cols), name=name)


class Desk:
    """An image area with two cubes, the second on the screen."""

    def __init__(self, qtbot: QtBot, *cubes: Cube) -> None:
        self.qtbot = qtbot
        self.session = Session()
        self.workbench = Workbench(self.session, ImmediateRunner(), FakeServices())
        self.area = ImageArea(self.session, self.workbench)
        qtbot.addWidget(self.area)
        self.area.resize(1000, 420)
        self.area.show()
        self.ids = [self.session.documents.open(cube) for cube in cubes]
        self.first = Mouse(self.area.first.canvas, self.area.first.canvas.box)
        self.second = Mouse(self.area.second.canvas, self.area.second.canvas.box)

    @property
    def pair(self) -> Pair:
        pair = self.session.state.comparison.pair
        assert pair is not None
        return pair

    def compare(self) -> None:
        self.session.pair.show_with(self.ids[0])
        self.qtbot.waitUntil(self.area.second.isVisible)
        pause(50)  # the panes get their sizes


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot, _named("first"), _named("second"))


def test_one_cube_has_one_pane_and_no_bar(desk: Desk) -> None:
    assert not desk.area.bar.isVisible()
    assert not desk.area.second.isVisible()
    assert desk.area.first.colour_bar.isVisible()


def test_each_pane_shows_its_own_cube(desk: Desk) -> None:
    desk.compare()
    assert [title.text() for title in desk.area.titles] == ["first", "second"]
    assert desk.area.bar.first.text() == "Compare first"
    assert desk.area.bar.second.currentText() == "second"
    for view in (desk.area.first, desk.area.second):
        assert view.canvas.picture.image is not None
        assert view.canvas.heat.image is not None


def test_in_a_narrow_window_the_bar_alone_names_the_cubes(desk: Desk) -> None:
    desk.compare()
    desk.area.resize(600, 300)
    desk.qtbot.waitUntil(lambda: desk.area.bar.is_stacked)
    desk.qtbot.waitUntil(lambda: [title.height() for title in desk.area.titles] == [2, 2])
    assert not any(title.text() for title in desk.area.titles)
    edges = [title.styleSheet().partition("solid ")[2][:7] for title in desk.area.titles]
    assert edges == ["transpa", theme.ACCENT]  # which is active is seen still
    assert desk.area.bar.first.isVisible()
    desk.area.resize(1400, 700)
    desk.qtbot.waitUntil(lambda: not desk.area.bar.is_stacked)
    desk.qtbot.waitUntil(lambda: min(title.height() for title in desk.area.titles) > 10)
    assert all(title.text() for title in desk.area.titles)
    assert desk.area.first.tools.minimumSizeHint().height() < 3 * 32  # two rows of tools


def test_in_a_wide_window_the_two_names_stand_together(desk: Desk) -> None:
    desk.compare()
    desk.area.resize(1600, 700)
    bar = desk.area.bar
    desk.qtbot.waitUntil(lambda: not bar.is_stacked and bar.width() > 1500)
    ends = bar.first.x() + bar.first.fontMetrics().horizontalAdvance(bar.first.text())
    desk.qtbot.waitUntil(lambda: bar.second.x() < ends + 80)
    assert bar.first.drawn() == "Compare first"


def test_the_header_is_of_the_active_cube_in_either_pane(qtbot: QtBot) -> None:
    second = replace(_named("second"), wavelengths_nm=None)
    desk = Desk(qtbot, _named("first"), second)
    desk.compare()
    header = desk.area.first.header
    assert header.recipe.currentText() == "Default bands"
    assert desk.area.first.header.caption.text() == "645, 547, 461 nm"  # of its own picture
    desk.session.documents.activate(desk.ids[0])
    assert header.recipe.currentText() == "RGB composite"


def test_the_zoom_box_is_of_the_active_cube_in_either_pane(desk: Desk) -> None:
    desk.compare()
    desk.session.pair.set_linked(False)
    zoom, panes = desk.area.first.header.zoom, (desk.area.first, desk.area.second)
    before = panes[0].canvas.zoom_percent
    zoom.setValue(700)
    assert [round(pane.canvas.zoom_percent) for pane in panes] == [round(before), 700]
    desk.session.documents.activate(desk.ids[0])
    assert zoom.value() == round(before)
    zoom.setValue(300)
    assert [round(pane.canvas.zoom_percent) for pane in panes] == [300, 700]
    desk.session.documents.activate(desk.ids[1])
    assert zoom.value() == 700


def test_options_of_the_wand_are_there_once_and_cover_no_picture(desk: Desk) -> None:
    desk.area.resize(560, 300)
    desk.session.selection.choose_tool("wand")
    desk.compare()
    shown = [box for box in desk.area.findChildren(WandOptions) if box.isVisible()]
    assert shown == [desk.area.first.header.wand_options]
    header = desk.area.first.header
    desk.qtbot.waitUntil(lambda: header.rect().contains(shown[0].geometry()))
    assert not desk.area.first.canvas.isAncestorOf(shown[0])


def test_a_click_in_a_pane_makes_its_cube_the_active_one_and_pins_there(desk: Desk) -> None:
    desk.compare()
    desk.first.click(10.5, 20.5)
    state = desk.session.state
    assert state.documents.active == desk.ids[0]
    assert [(pin.row, pin.col) for pin in state.documents.items[0].pins] == [(20, 10)]
    assert state.documents.items[1].pins == ()
    desk.second.click(30.5, 5.5)
    assert desk.session.state.documents.active == desk.ids[1]


def test_the_cross_stands_in_both_panes(desk: Desk) -> None:
    desk.compare()
    desk.first.move(12.5, 7.5)
    desk.qtbot.waitUntil(lambda: desk.session.state.selection.cursor is not None)
    for view in (desk.area.first, desk.area.second):
        assert [line.value() for line in view.canvas.cross] == [7.5, 12.5]
        assert all(line.isVisible() for line in view.canvas.cross)
    assert "row  7, col 12" in desk.area.first.readout.text()
    desk.qtbot.waitUntil(lambda: "reflectance" in desk.area.first.readout.text())
    assert "reflectance" in desk.area.second.readout.text()


def test_a_zoom_in_one_pane_is_a_zoom_in_both(desk: Desk) -> None:
    desk.compare()
    before = desk.area.second.canvas.place
    desk.first.wheel(30, 20, 3)
    desk.qtbot.waitUntil(lambda: desk.area.second.canvas.place != before)
    one, other = desk.area.first.canvas.box.viewRect(), desk.area.second.canvas.box.viewRect()
    assert one.center().x() == pytest.approx(other.center().x())
    assert one.center().y() == pytest.approx(other.center().y())
    QTest.mouseClick(desk.area.bar.link, LEFT)
    before = desk.area.second.canvas.place
    desk.first.wheel(30, 20, 3)
    pause(50)
    assert desk.area.second.canvas.place == before


def test_swipe_shows_both_up_to_a_line_that_is_dragged(desk: Desk) -> None:
    desk.compare()
    QTest.mouseClick(desk.area.bar.views["swipe"], LEFT)
    assert not desk.area.second.isVisible()
    canvas = desk.area.first.canvas
    assert canvas.split.isVisible()
    assert canvas.split.value() == 30
    pause(50)
    desk.first.drag((30, 20), (25, 20), (20, 20), (15, 20))
    desk.qtbot.waitUntil(lambda: desk.pair.split == pytest.approx(0.25, abs=0.02))
    first, second = (document.composite for document in desk.session.state.documents.items)
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(
        canvas.picture.image, swiped(first.image, second.image, desk.pair.split)
    )


@pytest.mark.parametrize("active", [0, 1])
def test_a_swipe_reads_out_the_cube_under_the_cursor(qtbot: QtBot, active: int) -> None:
    cube = _named("first")
    darker = ArraySource(cube.block(slice(None), slice(None)) / 10)
    desk = Desk(qtbot, cube, replace(cube, name="second", source=darker))
    desk.compare()
    desk.session.documents.activate(desk.ids[active])
    desk.session.pair.set_view("swipe")
    band = cube.nearest_band(desk.session.state.view.window_nm.center_nm)
    for col, shown in ((10, desk.ids[0]), (50, desk.ids[1])):
        if desk.pair.first != desk.ids[0]:
            shown = desk.ids[1 - desk.ids.index(shown)]
        desk.session.selection.hover(20, col)
        found = desk.session.state.find(shown)
        assert found is not None
        value = value_text(cube, float(found.cube.pixel(20, col)[band]))
        assert f"nm: {value} " in desk.area.first.readout.toolTip()


def test_a_swipe_says_that_one_colour_means_two_values(qtbot: QtBot) -> None:
    cube = _named("first")
    darker = ArraySource(cube.block(slice(None), slice(None)) / 10)
    desk = Desk(qtbot, cube, replace(cube, name="second", source=darker))
    desk.compare()
    desk.session.pair.set_view("swipe")
    notice = desk.area.first.notice
    assert not notice.isVisible(), "of three channels"
    desk.session.view.set_recipe(CompositeRecipe("formula", formula="r800"))
    assert re.fullmatch(r"colours: left \S+ to \S+, right \S+ to \S+", notice.text())
    for document_id in desk.ids:
        desk.session.documents.set_stretch(document_id, Stretch(limits=((0.0, 1.0),)))
    assert not notice.isVisible()


def test_difference_shows_one_map(desk: Desk) -> None:
    desk.compare()
    QTest.mouseClick(desk.area.bar.views["difference"], LEFT)
    assert not desk.area.second.isVisible()
    assert desk.pair.how == "difference"
    assert not np.nan_to_num(desk.area.first.canvas.heat.image).any()


def test_the_bar_chooses_the_second_cube_and_ends_the_comparison(qtbot: QtBot) -> None:
    desk = Desk(qtbot, _named("a"), _named("b"), _named("c"))
    desk.compare()
    combo = desk.area.bar.second
    place = combo.findText("b")
    combo.setCurrentIndex(place)
    combo.activated.emit(place)
    assert desk.pair == Pair(desk.ids[0], desk.ids[1])
    assert desk.area.titles[1].text() == "b"
    QTest.mouseClick(desk.area.bar.end, LEFT)
    assert desk.session.state.comparison.pair is None
    assert not desk.area.second.isVisible()


def test_cubes_of_different_sizes_cannot_lie_over_one_another(qtbot: QtBot) -> None:
    desk = Desk(qtbot, _named("a"), _named("b", 20, 30))
    desk.compare()
    assert not desk.area.bar.views["swipe"].isEnabled()
    assert not desk.area.bar.views["difference"].isEnabled()
    assert "same size" in desk.area.bar.views["swipe"].toolTip()
    desk.first.wheel(30, 20, 2)
    qtbot.waitUntil(lambda: desk.session.state.documents.items[1].extent is not None)
    one, other = desk.area.first.canvas.box.viewRect(), desk.area.second.canvas.box.viewRect()
    assert one.center().x() == pytest.approx(2 * other.center().x())


def test_a_swipe_leaves_an_image_of_another_shape_away() -> None:
    first = np.zeros((2, 4), dtype=np.float32)
    np.testing.assert_array_equal(swiped(first, np.ones((3, 4), dtype=np.float32), 0.5), first)
    half = swiped(first, np.ones((2, 4), dtype=np.float32), 0.5)
    np.testing.assert_array_equal(half, [[0, 0, 1, 1], [0, 0, 1, 1]])


def test_two_cubes_get_the_same_width(desk: Desk) -> None:
    pause(50)  # the first pane has the whole width
    desk.compare()
    first, second = desk.area.splitter.sizes()
    assert first == pytest.approx(second, rel=0.05)
