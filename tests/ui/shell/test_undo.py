"""Undo and redo in the window: named after what they change."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> MainWindow:
    workbench = Workbench(session, ImmediateRunner(), FakeServices())
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    one = MainWindow(session, workbench, tmp_path / "sample.hdr", settings)
    qtbot.addWidget(one, before_close_func=lambda _: one.leave())
    one.show()
    one.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(one.isActiveWindow)
    session.documents.open(make_cube())
    return one


def plain(text: str) -> str:
    return text.replace("&", "")


def test_undo_says_what_it_takes_back_and_redo_what_it_makes_again(
    qtbot: QtBot, session: Session, window: MainWindow
) -> None:
    undo, redo = window.commands["undo"], window.commands["redo"]
    assert (plain(undo.text()), undo.isEnabled()) == ("Undo", False)
    session.regions.draw(Rectangle((1, 1), (5, 5)))
    session.pins.toggle(3, 4)
    assert plain(undo.text()) == "Undo: pin spectrum"
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert plain(undo.text()) == "Undo: draw region"
    assert plain(redo.text()) == "Redo: pin spectrum"
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert session.state.document is not None
    assert len(session.state.document.pins) == 1
