"""Correspondence of two paired cubes: pixels, extents, class, and what each pane shows."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.session.state.document import Document, Documents
from focus_viewer.session.state.pair import Pair
from focus_viewer.session.state.slices.selection import Cursor
from focus_viewer.session.state.state import State


def linked(state: State) -> State:
    """Return the state with part and class of the active cube in the other of a linked pair."""
    document, other, pair = state.document, state.other, state.comparison.pair
    if document is None or other is None or pair is None or not pair.linked:
        return state
    extent = other_extent(document.extent, document.cube, other.cube)
    return state.with_document(_with_class_of(replace(other, extent=extent), document))


def _with_class_of(other: Document, document: Document) -> Document:
    """Return the other document explained as the same class, if its model knows it."""
    known = other.explanation.classes if other.explanation else ()
    if document.class_name not in known or document.reference_class not in (*known, None):
        return other
    return replace(other, class_name=document.class_name, reference_class=document.reference_class)


def still_paired(pair: Pair | None, before: int | None, documents: Documents) -> Pair | None:
    """Return the pair once other documents are open or active; None if one of the two is closed.

    A third document that becomes active replaces the one that was active before.
    """
    active = documents.active
    if pair is None or active is None:
        return None
    if active not in (pair.first, pair.second):
        rest = pair.other(before)
        first, second = (active, rest) if pair.first == before else (rest, active)
        pair = replace(pair, first=first, second=second)
    is_open = {document.id for document in documents.items} >= {pair.first, pair.second}
    return pair if is_open and pair.first != pair.second else None


def seen(state: State, second: bool) -> State:
    """Return the state as one of a pair's two panes shows it: with its document active."""
    pair, document = state.comparison.pair, state.document
    if pair is None or document is None:
        return state
    own = state.find(pair.second if second else pair.first)
    if own is None or own is document:
        return state
    selection = state.selection
    cursor = selection.cursor and other_place(selection.cursor, document.cube, own.cube)
    selection = replace(selection, cursor=cursor, spectrum=selection.other_spectrum)
    return replace(state.seen_from(own.id), selection=selection)


def other_place(cursor: Cursor, cube: Cube, other: Cube) -> Cursor:
    """Return the pixel of another cube at the same relative position in its image."""
    row = (2 * cursor.row + 1) * other.rows // (2 * cube.rows)
    col = (2 * cursor.col + 1) * other.cols // (2 * cube.cols)
    return Cursor(row, col)


def other_extent(extent: Extent | None, cube: Cube, other: Cube) -> Extent | None:
    """Return the same part of another cube's image."""
    if extent is None:
        return None
    across, down = other.cols / cube.cols, other.rows / cube.rows
    low = (extent.low[0] * across, extent.low[1] * down)
    return Extent(low, (extent.high[0] * across, extent.high[1] * down))
