"""Table of the work that changes of the state start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change, State


def always(state: State) -> bool:
    """Return True."""
    return True


@dataclass(frozen=True)
class StateRow:
    """Work that starts when a selected part of the state changes, if it is needed then."""

    selected: Callable[[State], object]
    start: Callable[[State], None]
    needed: Callable[[State], bool] = always

    def apply(self, change: Change) -> None:
        """Start the work, if a change needs it."""
        if change.touched(self.selected) and self.needed(change.after):
            self.start(change.after)


@dataclass(frozen=True)
class DocumentRow:
    """Work that starts when a document on the screen changes, or is new, if it is needed then.

    The document is the active one, or the other one of a pair.
    """

    document: Callable[[State], Document | None]
    selected: Callable[[State, Document], object]
    start: Callable[[State, Document], None]
    needed: Callable[[State], bool] = always

    def apply(self, change: Change) -> None:
        """Start the work, if a change needs it."""
        document = self.document(change.after)
        if document is None or not self.needed(change.after):
            return
        before = change.before.find(document.id)
        if before is None or self.selected(change.before, before) != self.selected(
            change.after, document
        ):
            self.start(change.after, document)


Row = StateRow | DocumentRow
