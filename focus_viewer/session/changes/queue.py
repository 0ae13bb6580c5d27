"""Changes of the queue of cubes to explain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from focus_viewer.session.state.document import Document
from focus_viewer.session.state.queue import ExplainQueue
from focus_viewer.session.store import Changes


class QueueChanges(Changes):
    """Changes of the queue."""

    def start(self, ids: Iterable[int]) -> None:
        """Queue documents; those that failed or were cancelled are tried again."""
        state, wanted = self._state, frozenset(ids)
        for document in state.documents.items:
            if document.id in wanted and document.explanation is None:
                state = state.with_document(_untried(document))
        known = tuple(each.id for each in state.documents.items if each.id in wanted)
        self._store.publish(replace(state, queue=ExplainQueue(known)))

    def pause(self, paused: bool) -> None:
        """Begin no further document, or go on."""
        state = self._state
        self._store.publish(replace(state, queue=replace(state.queue, paused=paused)))

    def clear(self) -> None:
        """Forget the queue; documents without a result are explained when they are shown."""
        self._store.publish(replace(self._state, queue=ExplainQueue()))


def _untried(document: Document) -> Document:
    return replace(document, outcome="none", problem="")
