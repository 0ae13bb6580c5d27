"""Entries of the command palette: the actions of the window's menus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from focus_viewer.ui.palette.matching import begins_all, score
from focus_viewer.ui.palette.other_words import OTHER_WORDS
from focus_viewer.ui.widgets.mnemonics import plain

_ARROW = " › "
_NAME_WEIGHT = 4  # against the menu that it stands in
_OTHER_WORDS = 250  # more than scattered letters of a name, less than the beginnings of its words


@dataclass(frozen=True)
class Entry:
    """Action with the menus that lead to it."""

    action: QAction
    menus: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the action does."""
        return plain(self.action.text())

    @property
    def place(self) -> str:
        """Menus that lead to it: `File › Open recent`."""
        return _ARROW.join(self.menus)

    @property
    def key(self) -> str:
        """Name by which it is remembered."""
        return self.action.objectName() or _ARROW.join((*self.menus, self.name))

    @property
    def shortcut(self) -> str:
        """Its keys, as written on this system."""
        return self.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    @property
    def reason(self) -> str:
        """Why it cannot run now; empty if it can."""
        if self.action.isEnabled():
            return ""
        tip = plain(self.action.toolTip())
        return tip if tip not in ("", self.name) else "Not possible now"

    def score(self, query: str) -> int:
        """Return how well it matches a query; 0 if not at all."""
        whole = score(query, f"{self.name} {self.place}")
        named = whole and whole + _NAME_WEIGHT * score(query, self.name)
        others = OTHER_WORDS.get(self.action.objectName(), "")
        return max(named, _OTHER_WORDS * begins_all(query, f"{self.name} {others}"))


def entries_of(window: QMainWindow) -> list[Entry]:
    """Return all commands of a window: those of its menus, and others that were added to it."""
    found = list(_entries_in(window.menuBar(), ()))
    known = {id(entry.action) for entry in found}
    others = [action for action in window.actions() if id(action) not in known]
    return [*found, *(Entry(action, ()) for action in others if action.text())]


def _entries_in(bar: QMenuBar | QMenu, menus: tuple[str, ...]) -> Iterator[Entry]:
    # Not by QAction.menu(): when its action goes out of scope, PySide drops the menu's entries.
    below = {menu.menuAction(): menu for menu in bar.findChildren(QMenu)}
    for action in bar.actions():
        menu = below.get(action)
        if menu is not None:
            menu.aboutToShow.emit()  # those that are filled when they open
            yield from _entries_in(menu, (*menus, plain(action.text())))
        elif not action.isSeparator():
            yield Entry(action, menus)


def ranked(entries: Sequence[Entry], query: str, last_used: Sequence[str]) -> list[Entry]:
    """Return the entries that match a query, the best first; else those last used first."""
    recency = {key: place for place, key in enumerate(last_used)}
    scored = [(entry.score(query) if query.strip() else 1, entry) for entry in entries]
    matching = [(points, entry) for points, entry in scored if points]
    matching.sort(key=lambda pair: _order(pair[0], pair[1], recency))
    return [entry for _, entry in matching]


def _order(points: int, entry: Entry, recency: Mapping[str, int]) -> tuple[int, bool, int]:
    """Return what puts the best first: matching, then possible now, then used last."""
    return -points, bool(entry.reason), recency.get(entry.key, len(recency))
