"""The model that explains, chosen by mouse and keys, dropped, and remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_card, make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import EXPLAIN
from focus_viewer.session.tasks.runner import Runner
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.panels.model_card_dialog import ModelCardDialog
from focus_viewer.ui.shell.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
CUBE = replace(make_cube(12, 18, 9), name="a", path=Path("/data/a.img"))


class Desk:
    """The window with a cube, and a model in a folder that is not in the list yet."""

    def __init__(self, qtbot: QtBot, folder: Path, runner: Runner | None = None) -> None:
        self.qtbot, self.rusty = qtbot, folder / "rusty"
        self.services, self.session = FakeServices({"a.img": CUBE}), Session()
        self.services.cards[str(self.rusty)] = replace(
            make_card(("rust", "chlorosis"), (400.0, 1000.0)),
            name="rusty",
            sha256="1" * 64,
            measured={"held-out balanced accuracy": 0.8125},
        )
        self.workbench = Workbench(self.session, runner or ImmediateRunner(), self.services)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, self.workbench, Path("sample.hdr"), settings)
        self.box = self.window.class_panel.model
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()  # no window manager does it under Xvfb
        qtbot.waitUntil(self.window.isActiveWindow)
        self.session.documents.open(CUBE)

    @property
    def model(self) -> str | None:
        document = self.session.state.document
        assert document is not None
        return document.explanation.card.name if document.explanation else None

    @property
    def texts(self) -> list[str]:
        return [action.text() for action in self.menu.actions()]

    @property
    def menu(self) -> QMenu:
        """The menu as it is filled when it is shown."""
        self.box.menu.aboutToShow.emit()
        return self.box.menu

    def drop(self, path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        under = self.window.childAt(QPoint(400, 400)) or self.window
        QApplication.sendEvent(under, QDragEnterEvent(QPoint(400, 400), copy, data, LEFT, none))
        QApplication.sendEvent(under, QDropEvent(QPointF(400, 400), copy, data, LEFT, none))

    def choose(self, text: str) -> None:
        """Press the box's key, then click on the line of its menu."""
        self.qtbot.keyClick(self.window, Qt.Key.Key_M)
        self.click(text)

    def click(self, text: str) -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(each for each in menu.actions() if each.text().startswith(text))
        self.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path)
    yield made
    made.window.leave()


def test_the_box_names_the_model_and_lists_what_is_known(desk: Desk) -> None:
    assert desk.box.currentText() == "toy 1"
    assert desk.texts == [
        "toy 1\t3 classes", "", "Add a model folder...", "Remove from the list", "Compare models..."
    ]  # fmt: skip
    desk.workbench.models.add(desk.rusty, choose=False)
    assert desk.texts[1] == "rusty 1\t2 classes, held-out 0.81"
    assert [action.isChecked() for action in desk.menu.actions()[:2]] == [True, False]


def test_a_dropped_folder_is_added_and_explains(desk: Desk) -> None:
    desk.drop(desk.rusty)
    assert desk.box.currentText() == "rusty 1"
    assert desk.model == "rusty"
    assert [
        desk.window.class_panel.classes.item(row).text()
        for row in range(desk.window.class_panel.classes.count())
    ] == ["rust", "chlorosis"]


def test_its_card_may_be_dropped_too(desk: Desk) -> None:
    desk.drop(desk.rusty / "card.json")
    assert desk.model == "rusty"


def test_a_key_opens_the_menu_and_a_click_chooses(desk: Desk) -> None:
    desk.workbench.models.add(desk.rusty, choose=False)
    desk.choose("rusty")
    desk.qtbot.waitUntil(lambda: desk.model == "rusty")
    desk.choose("toy")
    desk.qtbot.waitUntil(lambda: desk.model == "toy")


def test_a_click_on_the_name_opens_the_menu(desk: Desk) -> None:
    desk.workbench.models.add(desk.rusty, choose=False)
    desk.qtbot.mouseClick(desk.box, LEFT)
    desk.click("rusty")
    desk.qtbot.waitUntil(lambda: desk.model == "rusty")
    assert desk.box.currentText() == "rusty 1"


def test_a_folder_is_chosen_in_the_dialog(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "focus_viewer.ui.shell.dialogs.QFileDialog.getExistingDirectory",
        lambda *_: str(desk.rusty),
    )
    desk.choose("Add a model folder...")
    desk.qtbot.waitUntil(lambda: desk.model == "rusty")


def test_a_folder_that_is_no_model_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.workbench.models.add(tmp_path / "nothing")
    problem = desk.session.state.requests.problem
    assert problem is not None and str(tmp_path / "nothing") in problem.text
    assert desk.model == "toy"


def test_while_the_new_model_works_nothing_of_the_old_one_is_shown(
    qtbot: QtBot, tmp_path: Path
) -> None:
    runner = HeldRunner()
    desk = Desk(qtbot, tmp_path, runner)
    runner.release(EXPLAIN)
    assert desk.model == "toy" and desk.window.class_panel.classes.isVisible()
    desk.session.models.choose(str(desk.rusty))
    panel = desk.window.class_panel
    assert desk.model is None and not panel.classes.isVisible()
    assert panel.waiting.text().startswith("Explaining...")
    assert panel.model.isVisible() and panel.model.currentText() == "rusty"
    runner.release(EXPLAIN)
    assert desk.model == "rusty" and panel.classes.isVisible()
    desk.window.leave()


def test_folders_are_remembered_and_vanished_ones_are_said(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.workbench.models.add(desk.rusty)
    desk.window.leave()

    again = Desk(qtbot, tmp_path)
    assert again.box.currentText() == "toy 1"  # the model of the start, not of the last run
    assert again.texts[1].startswith("rusty 1")
    del again.services.cards[str(again.rusty)]
    again.choose("rusty")
    qtbot.waitUntil(lambda: again.session.state.requests.problem is not None)
    problem = again.session.state.requests.problem
    assert problem is not None and problem.title == "The model rusty is missing"
    assert again.model == "toy"
    assert again.texts[1] == "rusty\tmissing"
    again.window.leave()

    third = Desk(qtbot, tmp_path)
    assert third.session.state.models.folders == (third.rusty,)  # it may be back
    third.session.models.remove(str(third.rusty))
    third.window.leave()
    last = Desk(qtbot, tmp_path)
    assert last.session.state.models.folders == ()
    last.window.leave()


def test_a_model_is_taken_from_the_list(desk: Desk) -> None:
    desk.drop(desk.rusty)
    removal = next(action.menu() for action in desk.menu.actions() if action.menu())
    assert isinstance(removal, QMenu)
    assert [action.text() for action in removal.actions()] == ["rusty"]
    removal.actions()[0].trigger()
    assert desk.model == "toy" and desk.session.state.models.folders == ()


def test_the_card_is_that_of_the_chosen_model(desk: Desk) -> None:
    desk.drop(desk.rusty)
    desk.qtbot.mouseClick(desk.window.class_panel.card, LEFT)
    dialog = desk.window.findChild(ModelCardDialog)
    assert dialog is not None and dialog.windowTitle() == "Model card: rusty"
