"""The field for classes: typed, completed, chosen from the list, and never overwritten."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from focus_viewer.ui.labels.class_box import ClassBox


@pytest.fixture
def box(qtbot: QtBot) -> ClassBox:
    made = ClassBox(["drought", "healthy", "rust"])
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    return made


def heard(box: ClassBox) -> list[str]:
    texts: list[str] = []
    box.edited.connect(texts.append)
    return texts


def test_what_is_typed_is_heard(qtbot: QtBot, box: ClassBox) -> None:
    texts = heard(box)
    qtbot.keyClicks(box.field, "ab")
    assert texts == ["a", "ab"]


def test_a_known_class_is_completed(qtbot: QtBot, box: ClassBox) -> None:
    texts = heard(box)
    qtbot.keyClicks(box.field, "RU")
    completer = box.completer()
    assert completer is not None
    popup = completer.popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert box.currentText() == "rust" and texts[-1] == "rust"


def test_a_known_class_is_chosen_from_the_list(qtbot: QtBot, box: ClassBox) -> None:
    texts = heard(box)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert texts == ["drought", "healthy"]


def test_what_is_shown_is_not_heard(box: ClassBox) -> None:
    texts = heard(box)
    box.show_texts(["rust"])
    assert box.currentText() == "rust"
    box.show_texts(["rust", "healthy"])
    assert box.currentText() == "" and "several classes" in box.field.placeholderText()
    box.show_texts([""])
    assert box.field.placeholderText().startswith("such as")
    assert texts == []
