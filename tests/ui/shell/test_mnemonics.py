"""Mnemonics: every menu and entry has a letter of its own, and the keys open them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QMenu, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot
from ui.window import open_window

from focus_viewer.session.session import Session
from focus_viewer.ui.layering.layers_dialog import LayersDialog
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets.mnemonics import lettered, plain

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, Session(), tmp_path)


def letters(texts: list[str]) -> list[str]:
    """The letter of each text; empty for none."""
    found = [re.search("&(.)", text.replace("&&", "")) for text in texts]
    return [match.group(1).lower() if match else "" for match in found]


def texts(actions: list[QAction]) -> list[str]:
    return [one.text() for one in actions if not one.isSeparator()]


def test_every_menu_and_entry_has_a_letter_of_its_own(window: MainWindow) -> None:
    lists = [texts(window.menuBar().actions())]
    for menu in window.menuBar().findChildren(QMenu):
        menu.aboutToShow.emit()
        if any(not one.isSeparator() for one in menu.actions()):
            lists.append(texts(menu.actions()))
    assert len(lists) > 6
    for names in lists:
        assert all(letters(names)), names
        assert len(set(letters(names))) == len(names), names


def test_texts_that_change_keep_their_letters_when_the_menu_opens(window: MainWindow) -> None:
    window.commands.menus["Edit"].aboutToShow.emit()
    window._session.pins.toggle(3, 4)
    window.commands.menus["Edit"].aboutToShow.emit()
    undo = window.commands["undo"].text()
    assert plain(undo) == "Undo: pin spectrum"
    assert letters([undo]) == ["u"]


def test_an_ampersand_of_a_name_is_no_mark() -> None:
    names = ["Salt & pepper", "Soil"]
    marked = lettered(names)
    assert [plain(text) for text in marked] == names
    assert all(letters(marked))


def test_a_text_gives_its_letter_up_for_one_that_has_no_other() -> None:
    assert letters(lettered(["Ab", "A"])) == ["b", "a"]


def test_more_texts_than_letters_stay_without() -> None:
    assert letters(lettered(["A", "A"])) == ["a", ""]


def test_alt_and_a_letter_open_a_menu_and_the_letter_runs_its_entry(
    qtbot: QtBot, window: MainWindow
) -> None:
    menu = window.commands.menus["Explain"]
    (title,) = letters([menu.menuAction().text()])
    QTest.keyClick(window, Qt.Key(ord(title.upper())), ALT)
    qtbot.waitUntil(menu.isVisible)
    (letter,) = letters([window.commands["attention"].text()])
    QTest.keyClick(menu, Qt.Key(ord(letter.upper())))
    assert window._session.state.view.display.mode == "attention"


def test_f10_opens_the_first_menu(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F10)
    qtbot.waitUntil(window.commands.menus["File"].isVisible)
    QTest.keyClick(window.commands.menus["File"], Qt.Key.Key_Escape)


def test_the_question_to_save_has_letters(qtbot: QtBot, window: MainWindow) -> None:
    window._session.pins.toggle(3, 4)
    window.close()
    box = window.findChild(QMessageBox, "save_question")
    assert box is not None
    names = [button.text() for button in box.buttons()]
    assert sorted(letters(names)) == ["c", "d", "s"]
    box.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(box.isActiveWindow)
    QTest.keyClick(box, Qt.Key.Key_C, ALT)
    qtbot.waitUntil(lambda: not box.isVisible())
    assert window.isVisible()


@pytest.mark.parametrize(
    "command", ["contrast", "band_math", "history", "study", "export_data", "mask", "figure"]
)
def test_buttons_of_a_dialog_have_letters_of_their_own(window: MainWindow, command: str) -> None:
    window.commands[command].trigger()
    shown = [each for each in window.findChildren(QDialog) if each.isVisible()]
    for dialog in shown:
        buttons = [each for each in dialog.findChildren(QAbstractButton) if each.text()]
        found = letters([each.text() for each in buttons if not isinstance(each, QToolButton)])
        assert found and all(found)
        assert len(set(found)) == len(found)
        dialog.close()


def test_buttons_below_the_layers_have_letters_of_their_own(window: MainWindow) -> None:
    window.commands["layers"].trigger()
    (dialog,) = window.findChildren(LayersDialog)
    buttons = (dialog.make_mask, dialog.make_map, dialog.add)
    assert len({*letters([each.text() for each in buttons])} - {""}) == len(buttons)
    dialog.close()
