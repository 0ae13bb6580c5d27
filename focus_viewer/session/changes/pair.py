"""Changes of the pair of cubes on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from focus_viewer.core.documents.project import PairView
from focus_viewer.session.state.pair import MeasuredDifference, Pair
from focus_viewer.session.state.pair_correspondence import linked
from focus_viewer.session.state.state import State
from focus_viewer.session.store import Changes


class PairChanges(Changes):
    """Changes of the pair: two open cubes side by side, overlaid, or their difference."""

    def show_with(self, document_id: int | None) -> None:
        """Show another open cube together with the active one; None ends it."""
        state, active = self._state, self._state.documents.active
        if document_id is None:
            selection = replace(state.selection, other_spectrum=None)
            self._store.publish(_with_pair(replace(state, selection=selection), None))
        elif active is not None and document_id != active and state.find(document_id):
            # In the order of the tabs, unless one of them is in its place already.
            order = [document.id for document in state.documents.items]
            first, second = sorted((active, document_id), key=order.index)
            pair = state.comparison.pair or Pair(first, second)
            if active == pair.second:
                first, second = document_id, active
            elif active == pair.first:
                first, second = active, document_id
            pair = replace(pair, first=first, second=second)
            state = _by_focus(state)
            self._store.publish(linked(_with_pair(state, pair)))

    def set_view(self, how: PairView) -> None:
        """Choose how the pair is shown."""
        self._change_pair(lambda pair: replace(pair, how=how))

    def set_linked(self, linked: bool) -> None:
        """Link both cubes, or not."""
        self._change_pair(lambda pair: replace(pair, linked=linked))

    def set_split(self, split: float) -> None:
        """Move the line of a swipe; clamped to 0-1."""
        self._change_pair(lambda pair: replace(pair, split=float(np.clip(split, 0, 1))))

    def set_second(self, document_id: int) -> None:
        """Show another open cube in the second place."""
        self._change_pair(lambda pair: replace(pair, second=document_id))

    def _change_pair(self, change: Callable[[Pair], Pair]) -> None:
        state, pair = self._state, self._state.comparison.pair
        if pair is not None:
            self._store.publish(linked(_with_pair(state, change(pair))))

    def take_difference(self, measured: MeasuredDifference) -> None:
        """Take the measured difference of a pair; ignore that of another window."""
        state = self._state
        if measured.fits(state.comparison.pair, state.view.window_nm):
            comparison = replace(state.comparison, measured_difference=measured)
            self._store.publish(replace(state, comparison=comparison))


def _by_focus(state: State) -> State:
    """Return the state with FOCUS' saliency in all views: only that is compared."""
    items = tuple(replace(document, rival=None) for document in state.documents.items)
    return replace(state, documents=replace(state.documents, items=items))


def _with_pair(state: State, pair: Pair | None) -> State:
    return replace(state, comparison=replace(state.comparison, pair=pair))
