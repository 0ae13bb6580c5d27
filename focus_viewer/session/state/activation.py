"""Activation of a document, and the rules that view and picture follow then."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.composite import CompositeRecipe, placed
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.state.band_windows import clamped, first_window, strongest_window
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.pair_correspondence import still_paired
from focus_viewer.session.state.state import State


def activated(state: State, document: Document | None, window: BandWindow) -> State:
    """Return the state with one of its documents on the screen; the window fits its cube."""
    active = document.id if document else None
    documents = replace(state.documents, active=active)
    pair = still_paired(state.comparison.pair, state.documents.active, documents)
    state = replace(
        state,
        documents=documents,
        comparison=replace(state.comparison, pair=pair),
        selection=replace(state.selection, cursor=None, spectrum=None, other_spectrum=None),
    )
    if document is None:
        return state
    return with_window(state, clamped(window, document.cube))


def kept_window(state: State, document: Document | None) -> BandWindow:
    """Return the window for a document that comes after the active one: the same, if it can be.

    Between band numbers and nanometres it begins anew, where the evidence is strongest.
    """
    before, window = state.document, state.view.window_nm
    if before is None or document is None or _is_numbered(before) == _is_numbered(document):
        return window
    first = first_window(document.cube)
    return first if document.withheld else strongest_window(document, state.view.display, first)


def _is_numbered(document: Document) -> bool:
    """Return whether the bands have numbers alone."""
    return document.cube.wavelengths_nm is None


def with_window(state: State, window: BandWindow) -> State:
    """Return the state with a band window; the picture of a single band follows it."""
    display, document = state.view.display, state.document
    if document is not None and display.recipe.kind == "band":
        display = replace(display, recipe=selected_band(document.cube, window))
    return replace(state, view=replace(state.view, window_nm=window, display=display))


def selected_band(cube: Cube, window: BandWindow) -> CompositeRecipe:
    """Return the recipe of the good band nearest to the middle of the window, in grey."""
    band = cube.nearest_band(window.center_nm) or 0
    return placed(CompositeRecipe("band", (band,)), cube)
