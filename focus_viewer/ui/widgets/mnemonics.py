"""Mnemonics: the letter of each entry of a menu or dialog that chooses it with the keyboard."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialogButtonBox,
    QLabel,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPushButton,
    QToolButton,
    QWidget,
)

_MARK: Final = re.compile("&(.)")
_WORD: Final = re.compile(r"\b[A-Za-z0-9]")


def plain(text: str) -> str:
    """Return a text without the mark of its mnemonic."""
    return _MARK.sub(r"\1", text)


def lettered(texts: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Return texts with a mark, each before another letter, as far as there are enough.

    Letters that begin a word come first; a text gives its letter up where it has another one and
    the next text has none.

    Parameters
    ----------
    taken : collection of str
        Letters that something else has, in lower case.
    """
    owners: dict[str, int] = {}
    places = [_without(taken, _places(text)) for text in texts]
    for number in range(len(texts)):
        _claim(number, places, owners, set())
    letters = {number: letter for letter, number in owners.items()}
    return [
        _marked(text, places[number][letters[number]] if number in letters else None)
        for number, text in enumerate(texts)
    ]


def _places(text: str) -> dict[str, int]:
    """Return where a text has each of its letters and digits, the best ones first."""
    begins = [match.start() for match in _WORD.finditer(text)]
    every = [place for place, letter in enumerate(text) if letter.isascii() and letter.isalnum()]
    found: dict[str, int] = {}
    for place in (*begins, *every):
        found.setdefault(text[place].lower(), place)
    return found


def _without(taken: Collection[str], places: dict[str, int]) -> dict[str, int]:
    return {letter: place for letter, place in places.items() if letter not in taken}


def _claim(
    number: int, places: Sequence[dict[str, int]], owners: dict[str, int], tried: set[str]
) -> bool:
    """Give a text a free letter, or one whose owner can take another; return whether it has one."""
    for letter in places[number]:
        if letter not in owners:
            owners[letter] = number
            return True
    for letter in places[number]:
        if letter not in tried:
            tried.add(letter)
            if _claim(owners[letter], places, owners, tried):
                owners[letter] = number
                return True
    return False


def _marked(text: str, place: int | None) -> str:
    if place is None:
        return text.replace("&", "&&")
    before, after = (part.replace("&", "&&") for part in (text[:place], text[place:]))
    return f"{before}&{after}"


def letter_actions(actions: Sequence[QAction]) -> None:
    """Give the actions of a menu their letters."""
    named = [action for action in actions if not action.isSeparator()]
    for action, text in zip(named, lettered([plain(each.text()) for each in named]), strict=True):
        action.setText(text)


def keep_lettered(menu: QMenu) -> None:
    """Give the entries of a menu their letters each time it opens, as their texts may change."""
    menu.aboutToShow.connect(lambda: letter_actions(menu.actions()))


def letter_controls(window: QWidget) -> None:
    """Give the buttons of a window, and the labels that stand for a control, their letters."""
    controls: list[QAbstractButton | QLabel] = [
        *sorted(window.findChildren(QAbstractButton), key=_is_choice),
        *(each for each in window.findChildren(QLabel) if each.buddy() is not None),
    ]
    named = [each for each in controls if each.text().strip() and not isinstance(each, QToolButton)]
    texts = [plain(each.text()) for each in named]
    for control, text in zip(named, lettered(texts, _menu_letters(window)), strict=True):
        control.setText(text)


def _menu_letters(window: QWidget) -> set[str]:
    """Return the letters of the menus below a tool window, whose shortcuts work in it too."""
    below = window.window().parentWidget()
    if below is None or window.window().windowType() != Qt.WindowType.Tool:
        return set()
    titles = [each.text() for bar in below.findChildren(QMenuBar) for each in bar.actions()]
    return {letter.lower() for title in titles for letter in _MARK.findall(title)}


def _is_choice(control: QAbstractButton) -> bool:
    """Return whether a control chooses; push buttons come before it to their letters."""
    return not isinstance(control, QPushButton)


def letter_buttons(box: QDialogButtonBox | QMessageBox) -> None:
    """Give the buttons of a dialog their letters."""
    buttons = box.buttons()
    for button, text in zip(
        buttons, lettered([plain(each.text()) for each in buttons]), strict=True
    ):
        button.setText(text)
