"""The main window: its commands, its panels, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDockWidget, QPushButton
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.spectra.library import SpectralLibrary
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.tasks.lane_names import EXPLAIN, PICTURE
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.shell.recent import RecentFiles
from focus_viewer.ui.shell.screenshot import Screenshot
from focus_viewer.ui.widgets.mnemonics import plain

DRAWS_VOLUME = True
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample.hdr"
    path.touch()
    return path


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def window(
    qtbot: QtBot, session: Session, settings: QSettings, sample: Path
) -> Iterator[MainWindow]:
    cubes = {sample.name: replace(make_cube(), name="sample", path=sample)}
    workbench = Workbench(session, ImmediateRunner(), FakeServices(cubes))
    one = MainWindow(session, workbench, sample, settings)
    qtbot.addWidget(one)
    one.show()
    one.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(one.isActiveWindow)
    yield one
    one.leave()


def shown_docks(window: MainWindow) -> set[str]:
    return {dock.objectName() for dock in window.findChildren(QDockWidget) if dock.isVisible()}


def test_the_empty_window_shows_nothing_but_the_welcome(window: MainWindow) -> None:
    assert shown_docks(window) == set()
    buttons = [one for one in window.findChildren(QPushButton) if one.isVisible()]
    assert [one.text() for one in buttons] == ["Open the sample leaf", "Choose a file..."]
    assert not window.commands["close_cube"].isEnabled()


def test_the_sample_button_opens_the_sample_with_all_its_panels(
    qtbot: QtBot, window: MainWindow, session: Session, settings: QSettings, sample: Path
) -> None:
    button = next(one for one in window.findChildren(QPushButton) if "sample" in one.text())
    qtbot.mouseClick(button, LEFT)
    assert session.state.document is not None
    assert session.state.document.cube.name == "sample"
    assert shown_docks(window) == {
        "decision",
        "volume",
        "curve",
        "regions",
        "metadata",
        "trust",
        "teach",
    }
    assert window.windowTitle() == "sample - FOCUS Viewer[*]"
    assert RecentFiles(settings).paths() == [sample]


def test_a_key_puts_the_explanation_to_the_test_and_shows_its_panel(
    qtbot: QtBot, window: MainWindow, session: Session, sample: Path
) -> None:
    assert not window.commands["test"].isEnabled()
    window.open_paths([sample])
    dock = next(one for one in window.findChildren(QDockWidget) if one.objectName() == "trust")
    dock.close()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert dock.isVisible()
    assert session.state.document is not None
    assert session.state.document.tested is not None
    assert window.trust_panel.sentence.text().startswith("Removing the 20\u00a0% of places")


def test_panels_closed_by_the_user_stay_closed(
    window: MainWindow, session: Session, sample: Path
) -> None:
    window.open_paths([sample])
    next(one for one in window.findChildren(QDockWidget) if one.objectName() == "volume").close()
    window.commands["close_cube"].trigger()
    assert shown_docks(window) == set()
    window.open_paths([sample])
    assert shown_docks(window) == {"decision", "curve", "regions", "metadata", "trust", "teach"}
    window.commands["reset_layout"].trigger()
    assert shown_docks(window) == {
        "decision",
        "volume",
        "curve",
        "regions",
        "metadata",
        "trust",
        "teach",
    }


def test_no_two_commands_share_a_key(window: MainWindow) -> None:
    keys = [QKeySequence(key).toString() for _, _, key in window.commands.shortcuts]
    assert all(keys)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("key", "attribute", "value"),
    [
        (Qt.Key.Key_H, "heatmap", False),
        (Qt.Key.Key_A, "mode", "attention"),
        (Qt.Key.Key_G, "mode", "signature"),
    ],
)
def test_keys_change_the_display(
    qtbot: QtBot,
    window: MainWindow,
    session: Session,
    sample: Path,
    key: Qt.Key,
    attribute: str,
    value: object,
) -> None:
    window.open_paths([sample])
    qtbot.keyClick(window, key)
    assert getattr(session.state.view.display, attribute) == value


def test_checkmarks_follow_the_state(window: MainWindow, session: Session, sample: Path) -> None:
    window.open_paths([sample])
    assert window.commands["evidence"].isChecked()
    window.commands["attention"].trigger()
    assert session.state.view.display.mode == "attention"
    assert not window.commands["evidence"].isChecked()
    session.view.set_display(replace(session.state.view.display, volume_method="mip"))
    assert window.commands["mip"].isChecked()
    window.commands["infrared"].trigger()
    assert session.state.view.display.recipe.kind == "cir"
    assert window.commands["infrared"].isChecked()


def test_band_commands_move_and_widen_the_window(
    qtbot: QtBot, window: MainWindow, session: Session, sample: Path
) -> None:
    window.open_paths([sample])
    assert session.state.document is not None
    axis = session.state.document.cube.axis
    session.view.set_window(float(axis[20]), 40)
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert session.state.view.window_nm.center_nm == axis[30]
    qtbot.keyClick(window, Qt.Key.Key_BracketRight)
    assert session.state.view.window_nm.width_nm == 50
    qtbot.keyClick(window, Qt.Key.Key_BracketLeft)
    assert session.state.view.window_nm.width_nm == 40


def test_pins_are_cleared_by_their_command(
    window: MainWindow, session: Session, sample: Path
) -> None:
    window.open_paths([sample])
    assert not window.commands["clear_pins"].isEnabled()
    session.pins.toggle(3, 4)
    window.commands["clear_pins"].trigger()
    assert session.state.document is not None
    assert session.state.document.pins == ()


def test_recent_files_open_again(window: MainWindow, session: Session, sample: Path) -> None:
    window.open_paths([sample])
    window.commands["close_cube"].trigger()
    (menu,) = [
        action.menu()
        for action in window.commands.menus["File"].actions()
        if plain(action.text()) == "Open recent"
    ]
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert session.state.document is not None
    assert session.state.document.cube.name == "sample"


def test_the_list_of_recent_files_is_cleared_from_its_menu(
    window: MainWindow, settings: QSettings, sample: Path
) -> None:
    RecentFiles(settings).add(sample)
    (menu,) = (
        action.menu()
        for action in window.commands.menus["File"].actions()
        if plain(action.text()) == "Open recent"
    )
    menu.aboutToShow.emit()
    (clear,) = (one for one in menu.actions() if plain(one.text()) == "Clear list")
    clear.trigger()
    assert RecentFiles(settings).paths() == []
    menu.aboutToShow.emit()
    assert [plain(one.text()) for one in menu.actions()] == ["No recent files"]


class Shot:
    """A window of whose work is done by hand, and a screenshot that waits for it."""

    def __init__(self, qtbot: QtBot, settings: QSettings, path: Path) -> None:
        self.session, self.runner = Session(), HeldRunner()
        self.workbench = Workbench(self.session, self.runner, FakeServices())
        self.window = MainWindow(self.session, self.workbench, path, settings)
        qtbot.addWidget(self.window)
        self.window.show()
        self.shot = Screenshot(self.session, self.window, path)


def test_a_screenshot_waits_for_picture_and_explanation(
    qtbot: QtBot, settings: QSettings, tmp_path: Path
) -> None:
    path = tmp_path / "window.png"
    one = Shot(qtbot, settings, path)
    one.session.documents.open(make_cube())
    one.runner.release(PICTURE)
    assert one.window.isVisible()
    one.runner.release(EXPLAIN)
    qtbot.waitUntil(path.exists)
    assert one.shot.problem == ""
    assert not one.window.isVisible()


def test_a_screenshot_of_a_refused_cube_tells_why(
    qtbot: QtBot, settings: QSettings, tmp_path: Path
) -> None:
    path = tmp_path / "window.png"
    one = Shot(qtbot, settings, path)
    one.session.documents.open(make_cube())
    one.runner.held.pop(EXPLAIN).failed(IncompatibleCube("no wavelengths"))
    one.runner.release(PICTURE)
    qtbot.waitUntil(path.exists)
    assert one.shot.problem == "no wavelengths"


def test_a_screenshot_with_a_note_is_no_failure(
    qtbot: QtBot, settings: QSettings, tmp_path: Path
) -> None:
    path = tmp_path / "window.png"
    one = Shot(qtbot, settings, path)
    one.session.requests.report(Problem("Assumed", "a scale", is_note=True))
    qtbot.waitUntil(path.exists)
    assert one.shot.problem == ""


def test_a_screenshot_that_cannot_be_written_is_told(
    qtbot: QtBot, settings: QSettings, tmp_path: Path
) -> None:
    one = Shot(qtbot, settings, tmp_path / "missing" / "window.png")
    one.shot.take_soon()
    qtbot.waitUntil(lambda: bool(one.shot.problem))
    assert "cannot be written" in one.shot.problem


def test_shortcuts_are_listed_by_menu_in_the_order_of_the_menus(window: MainWindow) -> None:
    listed = list(dict.fromkeys(menu for menu, _, _ in window.commands.shortcuts))
    assert listed == [menu for menu in window.commands.menus if menu in listed]
    changes = [menu for menu, _ in groupby(menu for menu, _, _ in window.commands.shortcuts)]
    assert changes == listed


def test_quit_is_the_last_entry_of_the_file_menu(window: MainWindow) -> None:
    entries = [plain(action.text()) for action in window.commands.menus["File"].actions()]
    assert entries[-1] == "Quit"
    assert entries.index("Open spectral library...") < entries.index("Save project")


def test_a_screenshot_waits_for_the_cube_although_a_note_on_a_library_comes_first(
    qtbot: QtBot, settings: QSettings, tmp_path: Path
) -> None:
    path = tmp_path / "window.png"
    one = Shot(qtbot, settings, path)
    one.shot = Screenshot(one.session, one.window, path, [Path("lib.sli"), Path("cube.hdr")])
    states = []
    one.shot.take_soon = lambda: states.append(one.session.state)  # type: ignore[method-assign]
    one.session.requests.report(Problem("Assumed", "a scale", is_note=True))
    one.session.libraries.add(SpectralLibrary("lib.sli", ()))
    assert not states
    one.session.documents.open(make_cube())
    one.runner.release(PICTURE)
    one.runner.release(EXPLAIN)
    assert states
