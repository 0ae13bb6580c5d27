"""Undo and redo in the window: named after what they change."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui.window import open_window

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets.mnemonics import plain

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, session, tmp_path)


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
