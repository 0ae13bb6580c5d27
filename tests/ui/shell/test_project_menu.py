"""Projects in the window: saving, questions before work is lost, offers to bring it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QDockWidget, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, change_preprocessing, make_cube

from focus_viewer.core.cubes.array_choice import Candidate, NeedsChoice
from focus_viewer.core.documents.project import ProjectReading, RecoveredWork
from focus_viewer.core.preprocessing.settings import Smoothing
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.opening.array_dialog import ChoiceDialog
from focus_viewer.ui.shell import project_menu
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.shell.missing_cubes_dialog import MissingCubesDialog
from focus_viewer.ui.status.recovery_banner import RecoveryBanner

LEFT = Qt.MouseButton.LeftButton
CUBES = {name: replace(make_cube(), name=name[0], path=Path(name)) for name in ("a.img", "b.img")}


class Desk:
    """A window with one cube."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.path = folder / "work.focus.json"
        self.services = FakeServices(CUBES)
        self.session = Session()
        workbench = Workbench(self.session, ImmediateRunner(), self.services)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, workbench, Path("a.img"), settings)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.open_paths([Path("a.img")])

    def draw(self) -> None:
        self.session.regions.draw(Rectangle((2, 2), (9, 9)))

    def question(self) -> QMessageBox | None:
        boxes = self.window.findChildren(QMessageBox, "save_question")
        return next((box for box in boxes if box.isVisible()), None)

    def answer(self, button: QMessageBox.StandardButton) -> None:
        question = self.question()
        assert question is not None
        QTest.mouseClick(question.button(button), LEFT)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    one = Desk(qtbot, tmp_path)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "work"), ""))
    yield one
    one.window.leave()


def test_the_first_save_asks_where_and_later_ones_do_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draw()
    assert desk.window.isWindowModified()
    desk.window.commands["save_project"].trigger()
    assert desk.session.state.project.path == desk.path
    assert not desk.window.isWindowModified()
    assert desk.window.windowTitle() == "a - work - FOCUS Viewer[*]"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked again"))
    desk.draw()
    desk.window.commands["save_project"].trigger()
    assert len(desk.services.saved[desk.path].project.cubes[0].annotations) == 2


def test_the_sample_project_is_never_overwritten(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draw()
    desk.window.commands["save_project"].trigger()
    monkeypatch.setattr(project_menu.assets, "folder", lambda _: tmp_path)
    suggested: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *asked: (suggested.append(asked[2]), ("", ""))[1]
    )
    desk.draw()
    desk.window.commands["save_project"].trigger()
    assert suggested == [str(Path.home() / desk.path.name)]
    assert desk.window.isWindowModified()


def test_the_layout_of_the_panels_is_saved_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    dock = desk.window.findChild(QDockWidget, "volume")
    dock.close()
    desk.window.commands["save_project"].trigger()
    desk.window.commands["reset_layout"].trigger()
    assert dock.isVisible()
    desk.window.open_paths([desk.path])
    desk.qtbot.waitUntil(lambda: not dock.isVisible())


def test_a_window_without_work_closes_at_once(desk: Desk) -> None:
    desk.window.close()
    assert desk.question() is None
    assert not desk.window.isVisible()


def test_closing_with_unsaved_work_asks_first(desk: Desk) -> None:
    desk.draw()
    desk.window.close()
    assert desk.window.isVisible()
    desk.answer(QMessageBox.StandardButton.Cancel)
    assert desk.window.isVisible()
    assert len(desk.session.state.documents.items) == 1
    desk.window.close()
    desk.answer(QMessageBox.StandardButton.Discard)
    assert not desk.window.isVisible()
    assert desk.services.saved == {}


def test_a_treatment_alone_is_asked_about_and_named(desk: Desk) -> None:
    change_preprocessing(
        desk.window._session, desk.window._workbench.preprocessing, smoothing=Smoothing(5, 2)
    )
    assert desk.window.isWindowModified()
    desk.window.close()
    question = desk.question()
    assert question is not None
    lost = "The preprocessing of 1 cube would be lost."
    assert lost in (question.text(), question.informativeText())
    desk.answer(QMessageBox.StandardButton.Cancel)
    desk.window.open_paths([Path("b.img")])
    first = desk.session.state.documents.items[0].id
    desk.window.dialogs.close_cube(first)
    assert desk.question() is not None
    desk.answer(QMessageBox.StandardButton.Cancel)
    assert len(desk.session.state.documents.items) == 2
    desk.session.documents.activate(first)
    change_preprocessing(desk.window._session, desk.window._workbench.preprocessing, smoothing=None)
    desk.window.close()
    assert desk.question() is None


def test_save_at_closing_saves_and_then_closes(desk: Desk) -> None:
    desk.draw()
    desk.window.close()
    desk.answer(QMessageBox.StandardButton.Save)
    assert not desk.window.isVisible()
    assert desk.path in desk.services.saved


def test_a_cube_with_regions_is_not_closed_without_a_question(desk: Desk) -> None:
    desk.window.open_paths([Path("b.img")])
    desk.window.commands["close_cube"].trigger()
    assert [one.cube.name for one in desk.session.state.documents.items] == ["a"]
    desk.draw()
    desk.window.commands["close_cube"].trigger()
    assert len(desk.session.state.documents.items) == 1
    desk.answer(QMessageBox.StandardButton.Discard)
    assert desk.session.state.documents.items == ()


def test_opening_a_project_over_unsaved_work_asks_first(desk: Desk) -> None:
    desk.window.commands["save_project"].trigger()
    desk.draw()
    desk.window.open_paths([desk.path])
    assert len(desk.session.state.documents.items[0].annotations) == 1
    desk.answer(QMessageBox.StandardButton.Discard)
    assert len(desk.session.state.documents.items[0].annotations) == 0


def test_projects_stand_among_the_recent_files(desk: Desk) -> None:
    desk.path.touch()
    desk.window.commands["save_project"].trigger()
    assert desk.window._recent.paths()[0] == desk.path


def test_lost_work_is_offered_and_recovered(desk: Desk) -> None:
    desk.draw()
    desk.window.commands["save_project"].trigger()
    lost = RecoveredWork(desk.path, None, 1.7e9, 1, 1)
    desk.services.lost.append(lost)
    banner = desk.window.findChild(RecoveryBanner)
    assert banner is not None
    assert not banner.isVisible()
    desk.session.requests.offer_recovery([lost])
    assert banner.isVisible()
    assert "1 cube, 1 region" in banner.text.text()
    QTest.mouseClick(banner.recover, LEFT)
    assert not banner.isVisible()
    assert desk.session.state.unsaved


def test_recovering_over_unsaved_work_asks_first(desk: Desk) -> None:
    desk.window.commands["save_project"].trigger()
    desk.draw()
    lost = RecoveredWork(desk.path, None, 1.7e9, 1, 0)
    desk.services.lost.append(lost)
    desk.session.requests.offer_recovery([lost])
    banner = desk.window.findChild(RecoveryBanner)
    assert banner is not None
    QTest.mouseClick(banner.recover, LEFT)
    assert len(desk.session.state.documents.items[0].annotations) == 1
    desk.answer(QMessageBox.StandardButton.Discard)
    assert len(desk.session.state.documents.items[0].annotations) == 0


def test_lost_work_is_discarded(desk: Desk) -> None:
    lost = RecoveredWork(Path("old.focus.json"), Path("field.focus.json"), 1.7e9, 2, 3)
    desk.services.lost.append(lost)
    desk.session.requests.offer_recovery([lost])
    banner = desk.window.findChild(RecoveryBanner)
    assert banner is not None
    assert "field.focus.json" in banner.text.text()
    QTest.mouseClick(banner.discard, LEFT)
    assert desk.services.lost == []
    assert not banner.isVisible()


@pytest.fixture
def asked(desk: Desk) -> MissingCubesDialog:
    """The dialog about a project whose first cube is missing and whose second has changed."""
    desk.window.open_paths([Path("b.img")])
    desk.window.commands["save_project"].trigger()
    project = desk.services.saved[desk.path].project
    gone = replace(project.cubes[0], path=Path("gone.img"))
    project = replace(project, cubes=(gone, project.cubes[1]))
    desk.services.saved[desk.path] = ProjectReading(project, missing=(0,), changed=(1,))
    desk.window.open_paths([desk.path])
    dialog = desk.window.findChild(MissingCubesDialog)
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def _choose(dialog: MissingCubesDialog, place: int, text: str) -> None:
    """With the mouse to open the list, and the keys to go to an entry of it."""
    choice = dialog.choices[place]
    QTest.mouseClick(choice, LEFT)
    choice.view().setCurrentIndex(choice.model().index(choice.findData(text), 0))
    QTest.keyClick(choice.view(), Qt.Key.Key_Return)


def test_all_moved_and_changed_cubes_must_be_settled(
    desk: Desk, asked: MissingCubesDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = asked.buttons.button(QDialogButtonBox.StandardButton.Open)
    assert not opening.isEnabled()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    _choose(asked, 0, "Choose the file...")
    assert asked.choices[0].currentIndex() == 0
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("b.img", ""))
    _choose(asked, 0, "Choose the file...")
    assert asked.choices[0].currentText() == "File: b.img"
    assert not opening.isEnabled()
    _choose(asked, 1, "Leave out for now")
    QTest.mouseClick(opening, LEFT)
    assert [one.cube.name for one in desk.session.state.documents.items] == ["b"]
    assert desk.session.state.project.path == desk.path


def test_a_project_that_asks_can_be_left(desk: Desk, asked: MissingCubesDialog) -> None:
    before = desk.session.state.documents.items
    QTest.mouseClick(asked.buttons.button(QDialogButtonBox.StandardButton.Cancel), LEFT)
    assert desk.session.state.documents.items == before
    assert desk.session.state.requests.missing_cubes is None


@pytest.mark.parametrize("answer", ["Open", "Cancel"])
def test_an_array_that_is_not_known_here_is_asked_for_while_a_project_opens(
    desk: Desk, answer: str
) -> None:
    desk.window.open_paths([Path("b.img")])
    desk.draw()
    desk.window.commands["save_project"].trigger()
    arrays = (Candidate("one", (40, 60, 50), "f4", ("rows", "cols", "bands")),)
    desk.services.questions["b.img"] = NeedsChoice(Path("b.img"), arrays, "several may be it.")
    desk.window.open_paths([desk.path])
    dialog = desk.window.findChild(ChoiceDialog)
    assert isinstance(dialog, ChoiceDialog)
    assert dialog.isVisible()
    button = dialog.buttons.button(getattr(QDialogButtonBox.StandardButton, answer))
    desk.qtbot.waitUntil(button.isEnabled)
    QTest.mouseClick(button, LEFT)
    names = ["a", "b"] if answer == "Open" else ["a"]
    desk.qtbot.waitUntil(lambda: desk.session.state.requests.array_question is None)
    assert [one.cube.name for one in desk.session.state.documents.items] == names
    assert desk.session.state.project.path == desk.path
    desk.window.commands["save_project"].trigger()
    kept = desk.services.saved[desk.path].project.cubes
    assert [(one.path, len(one.annotations)) for one in kept] == [
        (Path("a.img"), 0),
        (Path("b.img"), 1),
    ]
