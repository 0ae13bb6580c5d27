"""The changes of a session that concern two cubes on the screen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.pair import MeasuredDifference, Pair
from focus_viewer.session.state.state import Cursor, State


class Pairing(ABC):
    """Show two open cubes side by side, one over the other, or their difference."""

    @property
    @abstractmethod
    def state(self) -> State:
        """What is shown now."""

    @abstractmethod
    def _publish(self, **values: Any) -> None: ...

    def pair_with(self, document_id: int | None) -> None:
        """Show another open cube together with the active one; None ends it."""
        active = self.state.active
        if document_id is None:
            self._publish(pair=None, other_spectrum=None)
        elif active is not None and document_id != active and self.state.find(document_id):
            # In the order of the tabs, unless one of them is in its place already.
            order = [one.id for one in self.state.documents]
            first, second = sorted((active, document_id), key=order.index)
            pair = self.state.pair or Pair(first, second)
            if active == pair.second:
                first, second = document_id, active
            elif active == pair.first:
                first, second = active, document_id
            self._publish(pair=replace(pair, first=first, second=second))
            self._link()

    def set_pair(self, **values: Any) -> None:
        """Change how a pair is shown: any attributes of `Pair`; the split is held in 0 to 1."""
        if self.state.pair is not None:
            pair = replace(self.state.pair, **values)
            self._publish(pair=replace(pair, split=float(np.clip(pair.split, 0, 1))))
            self._link()

    def take_measured_difference(self, found: MeasuredDifference) -> None:
        """Take how a pair differs; what comes late for its window is dropped."""
        if found.holds_for(self.state.pair, self.state.window_nm):
            self._publish(measured_difference=found)

    def _link(self) -> None:
        """Show in the other cube of a linked pair the same part and class as in the active one."""
        document, other, pair = self.state.document, self.state.other, self.state.pair
        if document is None or other is None or pair is None or not pair.linked:
            return
        extent = other_extent(document.extent, document.cube, other.cube)
        other = followed(replace(other, extent=extent), document)
        self._publish(
            documents=tuple(other if one.id == other.id else one for one in self.state.documents)
        )


def followed(other: Document, document: Document) -> Document:
    """The other document explained as the same class, if its model knows it."""
    known = other.explanation.classes if other.explanation else ()
    if document.class_name not in known or document.against not in (*known, None):
        return other
    return replace(other, class_name=document.class_name, against=document.against)


def still_paired(before: State, documents: tuple[Document, ...], active: int | None) -> Pair | None:
    """The pair once other documents are open or active; None if one of the two is closed.

    A third document that becomes active takes the place of the one that was.
    """
    pair = before.pair
    if pair is None or active is None:
        return None
    if active not in (pair.first, pair.second):
        kept = pair.other(before.active)
        places = (active, kept) if pair.first == before.active else (kept, active)
        pair = replace(pair, first=places[0], second=places[1])
    there = {document.id for document in documents} >= {pair.first, pair.second}
    return pair if there and pair.first != pair.second else None


def seen(state: State, second: bool) -> State:
    """The state as one of a pair's two panes shows it: as if its document were the active one."""
    pair, document = state.pair, state.document
    if pair is None or document is None:
        return state
    own = state.find(pair.second if second else pair.first)
    if own is None or own is document:
        return state
    cursor = state.cursor and other_place(state.cursor, document.cube, own.cube)
    return replace(state, active=own.id, cursor=cursor, spectrum=state.other_spectrum)


def other_place(cursor: Cursor, cube: Cube, other: Cube) -> Cursor:
    """The pixel of another cube that lies at the same share of its image."""
    row = (2 * cursor.row + 1) * other.rows // (2 * cube.rows)
    col = (2 * cursor.col + 1) * other.cols // (2 * cube.cols)
    return Cursor(row, col)


def other_extent(extent: Extent | None, cube: Cube, other: Cube) -> Extent | None:
    """The same part of another cube's image."""
    if extent is None:
        return None
    across, down = other.cols / cube.cols, other.rows / cube.rows
    low = (extent.low[0] * across, extent.low[1] * down)
    return Extent(low, (extent.high[0] * across, extent.high[1] * down))
