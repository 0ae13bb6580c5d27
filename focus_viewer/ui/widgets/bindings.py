"""What of a view depends on what of the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from focus_viewer.session.state.state import Change, State


@dataclass(frozen=True)
class Part:
    """A part of a view; it also depends on which document is on the screen.

    Attributes
    ----------
    state, document : tuple of str
        Attributes of the state, and of the document on the screen, that it shows.
    show : callable
        Renders it.
    """

    state: tuple[str, ...]
    document: tuple[str, ...]
    show: Callable[[State], None]

    def touched(self, change: Change) -> bool:
        """Whether it must be rendered anew."""
        return change.touched(*self.state) or change.touched_document(*self.document)


def show_all(parts: Sequence[Part], state: State) -> None:
    """Render a whole view, in order."""
    for part in parts:
        part.show(state)


def show_touched(parts: Sequence[Part], change: Change) -> None:
    """Render what a change touches, in order."""
    for part in parts:
        if part.touched(change):
            part.show(change.after)
