"""Command of the window: a row in the table of commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State

Possible = Callable[[State], bool]


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


def where(condition: Callable[[Document], object]) -> Possible:
    """Return a condition of the active document; it is false without one."""
    return lambda state: state.document is not None and bool(condition(state.document))


def has_cube(state: State) -> bool:
    """Return whether a cube is active."""
    return state.document is not None
