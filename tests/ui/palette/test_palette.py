"""Command palette: every command is in it, found by a few letters and run by Enter."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolBar
from pytestqt.qtbot import QtBot
from ui.window import open_window

from focus_viewer.session.session import Session
from focus_viewer.ui.palette.dialog import CommandPalette
from focus_viewer.ui.palette.entries import entries_of, ranked
from focus_viewer.ui.palette.last_used import LastUsed
from focus_viewer.ui.palette.matching import score
from focus_viewer.ui.palette.other_words import OTHER_WORDS
from focus_viewer.ui.shell.main_window import MainWindow

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, session, tmp_path)


def opened(qtbot: QtBot, window: MainWindow) -> CommandPalette:
    window.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_P, CONTROL | SHIFT)
    palette = window.findChild(CommandPalette)
    assert palette is not None
    palette.activateWindow()
    qtbot.waitUntil(palette.field.hasFocus)
    return palette


def names(palette: CommandPalette) -> list[str]:
    return [entry.name for entry in palette.shown]


def test_every_action_of_menus_and_toolbars_is_in_it(window: MainWindow) -> None:
    listed = {entry.action for entry in entries_of(window)}
    menus = window.menuBar().findChildren(QMenu)
    bars: list[QMenu | QToolBar] = [*menus, *window.findChildren(QToolBar)]
    there = {action for bar in bars for action in bar.actions()} | set(window.actions())
    titles = {menu.menuAction() for menu in menus}
    runnable = {one for one in there if not one.isSeparator()} - titles
    assert len(runnable) > 60
    assert runnable <= listed


def test_letters_find_a_command_and_enter_runs_it(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "attent")
    assert names(palette)[0] == "Attention"
    assert palette.list.topLevelItem(0).text(2) == "A"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert session.state.view.display.mode == "attention"
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is None)


@pytest.mark.parametrize(
    ("query", "found"),
    [("ndvi", "Band math..."), ("index map", "Band math..."), ("background", "Mask...")],
)
def test_words_that_a_name_lacks_find_a_command(window: MainWindow, query: str, found: str) -> None:
    first, *_ = ranked(entries_of(window), query, ())
    assert first.name == found


def test_the_other_words_are_of_commands_that_exist(window: MainWindow) -> None:
    assert OTHER_WORDS.keys() <= {entry.key for entry in entries_of(window)}


def test_the_arrows_choose_among_what_matches(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "volume:")
    assert names(palette)[:2] == ["Volume: translucent", "Volume: maximum intensity projection"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert session.state.view.display.volume_method == "mip"


def test_escape_closes_it_and_runs_nothing(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    before = session.state
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "attent")
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is None)
    assert session.state == before


def test_what_is_not_possible_is_listed_with_its_reason_and_does_not_run(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "duplicate")
    assert palette.list.topLevelItem(0).text(1) == "Select a region first"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_without_a_cube_the_reason_is_that(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, Session(), tmp_path, explained=False)
    (undo,) = (one for one in entries_of(window) if one.name == "Undo")
    assert undo.reason == "Open a cube first"


def test_the_command_used_last_comes_first_the_next_time(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "attention")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is None)
    assert names(opened(qtbot, window))[0] == "Attention"
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    assert LastUsed(store).keys() == ["attention"]


def test_nothing_that_matches_is_said(qtbot: QtBot, window: MainWindow) -> None:
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "zzqqxx")
    assert palette.nothing.isVisible()
    assert not palette.list.isVisible()


def test_the_beginning_of_a_word_counts_more_than_its_middle_and_that_more_than_letters() -> None:
    assert score("band", "Next band") > score("band", "Rebands") > score("bnd", "Next band") > 0
    assert score("band next", "Next band") > 0
    assert score("bandx", "Next band") == 0
    assert score("open x", "Open folder") == 0


def test_an_action_without_a_menu_is_listed_too(window: MainWindow) -> None:
    lonely = QAction("Lonely", window)
    window.addAction(lonely)
    assert lonely in {entry.action for entry in entries_of(window)}
