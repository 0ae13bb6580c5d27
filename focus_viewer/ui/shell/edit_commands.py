"""Commands of the Edit menu: undo and redo, each with the name of what it changes."""

from __future__ import annotations

from focus_viewer.session.state.history import Moment
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.undoing import Undoing
from focus_viewer.ui.widgets.command import Command, where


def edit_commands(undoing: Undoing) -> tuple[Command, ...]:
    """Return the commands that undo and redo the last change of the active cube."""
    return (
        Command(
            "undo",
            "Edit",
            "Undo",
            undoing.undo,
            "Ctrl+Z",
            where(lambda document: document.history.past, "Nothing has been changed"),
            named=lambda state: _named("Undo", _past(state)),
        ),
        Command(
            "redo",
            "Edit",
            "Redo",
            undoing.redo,
            "Ctrl+Shift+Z",
            where(lambda document: document.history.future, "Nothing has been undone"),
            named=lambda state: _named("Redo", _future(state)),
        ),
    )


def _past(state: State) -> tuple[Moment, ...]:
    return state.document.history.past if state.document else ()


def _future(state: State) -> tuple[Moment, ...]:
    return state.document.history.future if state.document else ()


def _named(word: str, moments: tuple[Moment, ...]) -> str:
    return f"{word}: {moments[-1].name}" if moments else word
