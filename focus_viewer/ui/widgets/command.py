"""A command of the window: what a row of the table of commands holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from focus_viewer.session.state.state import State

Possible = Callable[[State], bool]


@dataclass(frozen=True)
class Command:
    """A row of the table.

    Attributes
    ----------
    name : str
        How the code calls it.
    menu : str
        The menu that it stands in.
    text : str
    run : callable
    shortcut : str
        As QKeySequence reads it; empty for none.
    possible : callable
        Whether it makes sense in a state.
    checked : callable or None
        For a command that is on or off: whether it is on in a state.
    separator : bool
        Whether a line stands before it.
    """

    name: str
    menu: str
    text: str
    run: Callable[[], object]
    shortcut: str = ""
    possible: Possible = lambda state: True
    checked: Possible | None = None
    separator: bool = False


def has_cube(state: State) -> bool:
    """Whether a cube is on the screen."""
    return state.document is not None
