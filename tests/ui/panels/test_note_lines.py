"""Notes: the first in a line, all of them when asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from focus_viewer.ui.panels.note_lines import NoteLines


@pytest.fixture
def notes(qtbot: QtBot) -> NoteLines:
    made = NoteLines()
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_first_note_stands_beside_their_number(notes: NoteLines) -> None:
    notes.show_notes(["the values are counts", "2 bands were left out"])
    assert notes.head.text() == "▸ 2 notes"
    assert notes.first.text() == "The values are counts"
    assert not notes.whole.isVisible()


def test_a_click_unfolds_and_folds_them(qtbot: QtBot, notes: NoteLines) -> None:
    notes.show_notes(["one"])
    assert notes.head.text() == "▸ 1 note"
    qtbot.mouseClick(notes.head, Qt.MouseButton.LeftButton)
    assert notes.whole.isVisible() and not notes.first.isVisible()
    qtbot.mouseClick(notes.head, Qt.MouseButton.LeftButton)
    assert not notes.whole.isVisible() and notes.first.isVisible()


def test_notes_of_another_result_are_folded(qtbot: QtBot, notes: NoteLines) -> None:
    notes.show_notes(["one"])
    qtbot.mouseClick(notes.head, Qt.MouseButton.LeftButton)
    notes.show_notes(["another"])
    assert not notes.whole.isVisible()
    assert notes.whole.text() == "• another"


def test_without_notes_there_is_no_line(notes: NoteLines) -> None:
    notes.show_notes([])
    assert notes.isHidden()
