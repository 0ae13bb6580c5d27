"""Actions of the commands: menus, shortcuts, and when each can be chosen."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.command import Command, reason_against
from focus_viewer.ui.widgets.mnemonics import keep_lettered, letter_actions, plain
from focus_viewer.ui.widgets.translate import translate


class Actions:
    """Menus and actions for the table of commands, updated with the state."""

    def __init__(self, window: QMainWindow, session: Session, table: tuple[Command, ...]) -> None:
        self._table = table
        self._actions = {command.name: _action(command, window) for command in table}
        self.menus = {
            menu: window.menuBar().addMenu(translate(menu))
            for menu in dict.fromkeys(command.menu for command in table)
        }
        for command in table:
            if command.separator:
                self.menus[command.menu].addSeparator()
            self.menus[command.menu].addAction(self._actions[command.name])
        letter_actions(window.menuBar().actions())
        for menu in self.menus.values():
            keep_lettered(menu)
        for command in table:
            self._actions[command.name].triggered.connect(partial(self._run, command))
        window.addActions(list(self._actions.values()))
        self._session = session
        self._bindings = Bindings(session, Binding(self._follow, lambda state: state))

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def shortcuts(self) -> list[tuple[str, str, str]]:
        """Menu, text and key of every command that has a shortcut, in the order of the menus."""
        rows = [(row.menu, row.text, row.shortcut) for row in self._table if row.shortcut]
        menus = list(self.menus)
        return sorted(rows, key=lambda row: menus.index(row[0]))

    def _run(self, command: Command, _checked: bool = False) -> None:
        command.run()
        # Qt has toggled the check mark, also where nothing changed.
        self._follow(self._session.state)

    def _follow(self, state: State) -> None:
        for command in self._table:
            action = self._actions[command.name]
            why = reason_against(command, state)
            action.setEnabled(not why)
            action.setToolTip(why)
            if command.named is not None:
                _name(action, translate(command.named(state)))
            if command.checked is not None:
                action.setChecked(command.checked(state))


def _name(action: QAction, text: str) -> None:
    """Name an action, unless it has this name already, whose letter would be lost."""
    if plain(action.text()) != text:
        action.setText(text)


def _action(command: Command, window: QMainWindow) -> QAction:
    action = QAction(translate(command.text), window)
    action.setObjectName(command.name)
    action.setCheckable(command.checked is not None)
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    return action
