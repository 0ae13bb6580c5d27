"""Tabs of the open cubes: by keys, by the list, told apart, closed together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.document_tabs import shortened
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.shell.tab_row import TabRow

LONG = "a_very_long_name_of_a_cube_2026_05_12_corrected"
PATHS = tuple(Path(f"/{name}.hdr") for name in ("monday/plot", "tuesday/plot", f"monday/{LONG}"))


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    workbench = Workbench(session, ImmediateRunner(), FakeServices())
    one = MainWindow(session, workbench, Path("sample.hdr"), settings)
    qtbot.addWidget(one)
    one.show()
    one.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(one.isActiveWindow)
    for path in PATHS:
        session.documents.open(replace(make_cube(8, 8, 5), name=path.stem, path=path))
    yield one
    one.leave()


def _active(session: Session) -> Path:
    assert session.state.document is not None and session.state.document.cube.path is not None
    return session.state.document.cube.path


def test_ctrl_tab_goes_round_the_cubes(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    held = Qt.KeyboardModifier
    assert _active(session) == PATHS[2]
    qtbot.keyClick(window, Qt.Key.Key_Tab, held.ControlModifier)
    assert _active(session) == PATHS[0]
    backwards = held.ControlModifier | held.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_Backtab, backwards)
    qtbot.keyClick(window, Qt.Key.Key_Backtab, backwards)
    assert _active(session) == PATHS[1]


def test_the_list_shows_every_cube_and_activates_one(window: MainWindow, session: Session) -> None:
    row = window.findChild(TabRow)
    assert row is not None and row.list_button.isVisible()
    row.menu.aboutToShow.emit()
    assert [action.text() for action in row.menu.actions()] == [
        "plot - monday",
        "plot - tuesday",
        LONG,
    ]
    row.menu.actions()[1].trigger()
    assert _active(session) == PATHS[1]


def test_long_names_are_shortened_in_the_middle(window: MainWindow) -> None:
    assert window.tabs.tabText(2) == "a_very_long_na…5_12_corrected"
    assert window.tabs.tabToolTip(2) == str(PATHS[2])
    assert shortened("leaf") == "leaf"


def test_names_are_plain_again_once_the_other_cube_is_closed(
    window: MainWindow, session: Session
) -> None:
    assert window.tabs.tabText(0) == "plot - monday"
    session.documents.close(session.state.documents.items[1].id)
    assert window.tabs.tabText(0) == "plot"


def test_close_others_leaves_the_active_cube(window: MainWindow, session: Session) -> None:
    window.commands["close_others"].trigger()
    assert [document.cube.path for document in session.state.documents.items] == [PATHS[2]]
    assert not window.commands["close_others"].isEnabled()
    row = window.findChild(TabRow)
    assert row is not None and not row.list_button.isVisible()
