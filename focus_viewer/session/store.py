"""State store: every change of the state is published once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from psygnal import Signal

from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change, State


class Store:
    """State and the signal of its changes; used from one thread only.

    A state equal to the one before is not published, which ends the echo between a control and
    the state that it sets.
    """

    # Queued: a change by a listener reaches all others after the change that it answers.
    changed = Signal(Change, reemission="queued")

    def __init__(self) -> None:
        self._state = State()
        self._ids = count(1)

    @property
    def state(self) -> State:
        """Current state."""
        return self._state

    def next_id(self) -> int:
        """Return a number that was not given before."""
        return next(self._ids)

    def publish(self, state: State) -> None:
        """Replace the state and emit the change, unless both states are equal."""
        before = self._state
        if state != before:
            self._state = state
            self.changed.emit(Change(before, state))


class Changes:
    """Named changes of a part of the state."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def _state(self) -> State:
        return self._store.state

    def _change(self, document_id: int | None, change: Callable[[Document], Document]) -> None:
        """Publish a change of an open document; None and unknown ids are ignored."""
        document = self._state.find(document_id)
        if document is not None:
            self._store.publish(self._state.with_document(change(document)))

    def _change_active(self, change: Callable[[Document], Document]) -> None:
        """Publish a change of the active document, if there is one."""
        self._change(self._state.documents.active, change)
