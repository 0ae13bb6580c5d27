"""Changes back and forward in the history of the active document."""

from __future__ import annotations

from collections.abc import Callable

from focus_viewer.session.changes.preprocessing import with_other_cube
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.steps import redone, undone
from focus_viewer.session.store import Changes


class HistoryChanges(Changes):
    """Undo and redo of regions, pins, preprocessing and values of the active document.

    Results of a cube that comes back are those that it had, unless another model explains now.
    """

    def undo(self) -> None:
        """Undo the last change."""
        self._step(undone)

    def redo(self) -> None:
        """Redo what was undone."""
        self._step(redone)

    def _step(self, step: Callable[[Document, int], Document]) -> None:
        state = self._state
        if state.document is None:
            return
        after = step(state.document, state.models.revision)
        if after.cube is state.document.cube:
            self._store.publish(state.with_document(after))
        else:
            self._store.publish(with_other_cube(state, state.document, after))
