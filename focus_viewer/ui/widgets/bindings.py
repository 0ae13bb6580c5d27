"""Bindings of the parts of a view to the state that they show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change, State


def _constant(source: object) -> None:
    """Select a constant, so that no change counts."""


@dataclass(frozen=True)
class Binding:
    """Binding of a part of a view to the values selected from the state and active document."""

    show: Callable[[State], None]
    state: Callable[[State], object] = _constant
    document: Callable[[Document], object] = _constant

    def touched(self, change: Change) -> bool:
        """Return whether the part must be rendered again."""
        return change.touched(self.state) or change.touched_document(self.document)


def show_all(bindings: Sequence[Binding], state: State) -> None:
    """Render a whole view, in order."""
    for binding in bindings:
        binding.show(state)


def show_touched(bindings: Sequence[Binding], change: Change) -> None:
    """Render the parts that a change touches, in order."""
    for binding in bindings:
        if binding.touched(change):
            binding.show(change.after)


class Bindings:
    """Parts of a view that follow a session, as long as the view refers to this object."""

    def __init__(self, session: Session, *bindings: Binding) -> None:
        self._bindings = bindings
        session.changed.connect(self._on_changed)
        show_all(bindings, session.state)

    def _on_changed(self, change: Change) -> None:
        show_touched(self._bindings, change)
