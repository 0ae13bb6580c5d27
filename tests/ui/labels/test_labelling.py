"""Labels of cubes by mouse and keys: on tabs, in the dialog, by a dropped table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.labels.dialog import LabelDialog
from focus_viewer.ui.labels.table_model import CLASS
from focus_viewer.ui.shell.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
NAMES = ("a.img", "b.img", "c.img")
RUST = CubeLabels(("rust",))


class Desk:
    """The window with three small cubes open, the first on the screen."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        cubes = {
            name: replace(make_cube(12, 18, 9), name=name, path=folder / name) for name in NAMES
        }
        self.qtbot, self.folder = qtbot, folder
        self.services, self.session = FakeServices(cubes), Session()
        workbench = Workbench(self.session, ImmediateRunner(), self.services)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, workbench, Path("sample.hdr"), settings)
        qtbot.addWidget(self.window)
        self.window.show()
        self.activate()
        workbench.open([folder / name for name in NAMES])
        self.session.documents.activate(self.ids[0])
        self.tabs = self.window.tabs

    def activate(self) -> None:
        self.window.activateWindow()  # no window manager does it under Xvfb
        self.qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def ids(self) -> list[int]:
        return [document.id for document in self.session.state.documents.items]

    @property
    def labels(self) -> list[CubeLabels]:
        return [document.labels for document in self.session.state.documents.items]

    @property
    def chips(self) -> list[str | None]:
        found = [self.tabs.chip(index) for index in range(self.tabs.count())]
        return [None if chip is None or not chip.isVisible() else chip.text() for chip in found]

    @property
    def dialog(self) -> LabelDialog:
        self.qtbot.waitUntil(lambda: self.window.findChild(LabelDialog) is not None)
        found = self.window.findChild(LabelDialog)
        assert found is not None
        self.qtbot.waitExposed(found)
        found.activateWindow()
        self.qtbot.waitUntil(found.isActiveWindow)
        return found

    def menu_of(self, index: int) -> QMenu:
        place = self.tabs.tabRect(index).center()
        reason = QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(reason, place, self.tabs.mapToGlobal(place))
        QApplication.sendEvent(self.tabs, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def choose(self, menu: QMenu, text: str) -> None:
        action = next(each for each in menu.actions() if each.text() == text)
        self.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path)
    yield made
    made.window.leave()


def test_a_key_labels_the_cube_on_the_screen(desk: Desk) -> None:
    assert desk.chips == [None, None, None]
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_L)
    dialog = desk.dialog
    assert dialog.field_name.text() == "Class of a.img"
    desk.qtbot.keyClicks(dialog.classes.field, "rust; drought")
    assert desk.labels == [NO_LABELS] * 3  # until it is applied
    desk.qtbot.keyClick(dialog.classes.field, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.labels[0] == CubeLabels(("rust", "drought")))
    assert desk.chips == ["rust; drought", None, None]
    assert desk.window.isWindowModified()


def test_escape_changes_nothing(desk: Desk) -> None:
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_L)
    dialog = desk.dialog
    desk.qtbot.keyClicks(dialog.classes.field, "rust")
    desk.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert desk.labels == [NO_LABELS] * 3


def test_several_cubes_are_labelled_together_with_their_groups(desk: Desk) -> None:
    desk.session.documents.label(desk.ids[2], CubeLabels(("healthy",), {"day": "3"}))
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_L)
    dialog, table = desk.dialog, desk.dialog.table
    rows = [table.visualRect(dialog.model.index(row, 0)).center() for row in range(3)]
    desk.qtbot.mouseClick(table.viewport(), LEFT, pos=rows[0])
    desk.qtbot.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, rows[2])
    assert dialog.field_name.text() == "Class of 2 selected cubes"
    assert dialog.classes.currentText() == ""
    assert "several classes" in dialog.classes.field.placeholderText()
    desk.qtbot.keyClicks(dialog.classes.field, "rust;")
    assert dialog.classes.currentText() == "rust;"  # not rewritten while it is typed
    dialog._add_group("plant")
    editor = table.findChild(QLineEdit)
    assert editor is not None
    desk.qtbot.keyClicks(editor, "17")
    desk.qtbot.keyClick(editor, Qt.Key.Key_Return)
    desk.qtbot.mouseClick(dialog.apply, LEFT)
    assert desk.labels == [
        CubeLabels(("rust",), {"plant": "17"}),
        NO_LABELS,
        CubeLabels(("rust",), {"day": "3", "plant": "17"}),
    ]
    assert desk.chips == ["rust", None, "rust"]


def test_a_cell_is_typed_into(desk: Desk) -> None:
    desk.session.documents.label(desk.ids[1], RUST)
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_L)
    dialog, table = desk.dialog, desk.dialog.table
    place = table.visualRect(dialog.model.index(1, CLASS)).center()
    desk.qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    desk.qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    editor = table.findChild(QLineEdit)
    assert editor is not None and editor.text() == "rust"
    editor.selectAll()
    desk.qtbot.keyClick(editor, Qt.Key.Key_Delete)
    desk.qtbot.keyClick(editor, Qt.Key.Key_Return)
    desk.qtbot.mouseClick(dialog.apply, LEFT)
    assert desk.labels == [NO_LABELS] * 3
    assert desk.chips == [None] * 3


def test_the_menu_of_a_tab_gives_known_classes(desk: Desk) -> None:
    desk.session.documents.label(desk.ids[0], CubeLabels(("rust",), {"plant": "1"}))
    desk.session.documents.label(desk.ids[1], CubeLabels(("healthy",), {"plant": "2"}))
    menu = desk.menu_of(1)
    names = ["healthy", "rust", "", "Label...", "Close", "Close others"]
    assert [action.text() for action in menu.actions()] == names
    assert [action.isChecked() for action in menu.actions()[:2]] == [True, False]
    desk.choose(menu, "rust")
    assert desk.labels[1] == CubeLabels(("rust",), {"plant": "2"})
    desk.choose(desk.menu_of(1), "rust")
    assert desk.labels[1] == CubeLabels((), {"plant": "2"})
    assert desk.chips[1] == "plant 2"
    desk.choose(desk.menu_of(2), "Label...")
    assert desk.dialog.field_name.text() == "Class of c.img"


def test_the_chip_opens_the_dialog_of_its_cube(desk: Desk) -> None:
    desk.session.documents.label(desk.ids[1], RUST)
    chip = desk.tabs.chip(1)
    assert chip is not None
    desk.qtbot.mouseClick(chip, LEFT)
    assert desk.dialog.field_name.text() == "Class of b.img"
    assert desk.session.state.documents.active == desk.ids[0]


def test_chips_stay_with_their_cubes(desk: Desk) -> None:
    desk.session.documents.label(desk.ids[0], CubeLabels(("healthy",)))
    desk.session.documents.label(desk.ids[2], RUST)
    first = desk.tabs.chip(2)
    desk.session.pins.toggle(1, 1)
    assert desk.tabs.chip(2) is first  # not made anew with every change
    desk.session.documents.close(desk.ids[0])
    assert desk.chips == [None, "rust"]


def test_a_dropped_table_labels_and_says_what_fits_no_cube(desk: Desk) -> None:
    desk.services.labels.tables["leaves.csv"] = {"a.img": RUST, "x.img": RUST}
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(desk.folder / "leaves.csv"))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    under = desk.window.childAt(QPoint(400, 400)) or desk.window
    enter = QDragEnterEvent(QPoint(400, 400), copy, data, LEFT, none)
    QApplication.sendEvent(under, enter)
    QApplication.sendEvent(under, QDropEvent(QPointF(400, 400), copy, data, LEFT, none))
    assert desk.chips == ["rust", None, None]
    problem = desk.session.state.requests.problem
    assert problem is not None and problem.is_note
    assert "x.img (line 3)" in problem.text


def test_a_table_is_chosen_from_the_menu(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.services.labels.tables["leaves.csv"] = {"b.img": RUST}
    monkeypatch.setattr(
        "focus_viewer.ui.shell.dialogs.QFileDialog.getOpenFileName",
        lambda *_: (str(desk.folder / "leaves.csv"), ""),
    )
    desk.window.commands["read_labels"].trigger()
    assert desk.labels == [NO_LABELS, RUST, NO_LABELS]
    assert desk.session.state.requests.problem is None
