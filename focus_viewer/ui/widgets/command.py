"""Command of the window: a row in the table of commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State

Possible = Callable[[State], bool]
_NO_CUBE = "Open a cube first"
NOT_EXPLAINED = "The cube is not explained yet (F5)"
"""Need of what shows or uses an explanation."""


@dataclass(frozen=True)
class Condition:
    """Condition of a state, with what has to be done first where it does not hold."""

    holds: Possible
    needs: str

    def __call__(self, state: State) -> bool:
        """Return whether it holds."""
        return self.holds(state)


@dataclass(frozen=True)
class Command:
    """Row in the table of commands.

    Attributes
    ----------
    name : str
        Name in code.
    menu : str
        Title of its menu.
    shortcut : str
        Key sequence in the syntax of QKeySequence; empty for none.
    possible : callable
        Whether it is enabled in a state.
    checked : callable or None
        Whether it is checked in a state; None if it cannot be checked.
    separator : bool
        Whether a separator precedes it.
    named : callable or None
        Its text in a state, where that is not always `text`.
    """

    name: str
    menu: str
    text: str
    run: Callable[[], object]
    shortcut: str = ""
    possible: Possible = lambda state: True
    checked: Possible | None = None
    separator: bool = False
    named: Callable[[State], str] | None = None


def where(condition: Callable[[Document], object], needs: str = "") -> Condition:
    """Return a condition of the active document; it is false without one."""
    return Condition(
        lambda state: state.document is not None and bool(condition(state.document)), needs
    )


has_cube = where(lambda document: True)


def reason_against(command: Command, state: State) -> str:
    """Return why a command is not possible in a state, for people; empty if it is."""
    if command.possible(state):
        return ""
    if not isinstance(command.possible, Condition):
        return "Not possible now"
    return _NO_CUBE if state.document is None else command.possible.needs or "Not possible now"
