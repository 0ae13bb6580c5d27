"""Groups of regions that are compared in a state."""

from __future__ import annotations

from focus_viewer.core.wording import unlike_text
from focus_viewer.session.state.comparison import (
    FEWEST_SPECTRA,
    Group,
    Listed,
    NthSelected,
    OfClass,
    Part,
    Question,
    same_axis,
)
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State


def comparable(state: State) -> tuple[Document, ...]:
    """Return open documents with spectral axis and units of the active one, it first."""
    here = state.document
    if here is None:
        return ()
    others = [
        document
        for document in state.documents.items
        if document is not here and same_axis(here.cube, document.cube)
    ]
    return (here, *others)


def left_out_text(state: State) -> str:
    """Return which cubes with regions of the groups cannot be compared, and that masks limit."""
    here, inside = state.document, comparable(state)
    if here is None:
        return ""
    contrast = state.comparison.contrast
    whys = [
        unlike_text(here.cube, document.cube) or f"{document.cube.name} has other bands"
        for document in state.documents.items
        if document not in inside
        and any(
            _belongs(state, group, document, region.id, region.class_name)
            for region in document.annotations
            for group in (contrast.first, contrast.second)
        )
    ]
    limited = any(document.inside for document in inside)
    parts = [f"left out: {'; '.join(whys)}"] if whys else []
    return "; ".join([*parts, *(["only pixels inside the masks"] if limited else [])])


def members(state: State, group: Group) -> tuple[Part, ...]:
    """Return the present regions of a group."""
    parts = [
        Part(document.id, region.id, document.cube, region.outline, document.inside)
        for document in comparable(state)
        for region in document.annotations
        if _belongs(state, group, document, region.id, region.class_name)
    ]
    return tuple(parts)


def _belongs(
    state: State, group: Group, document: Document, region_id: int, class_name: str | None
) -> bool:
    match group:
        case NthSelected(place):
            here = document.id == state.documents.active
            return here and document.selected[place : place + 1] == (region_id,)
        case OfClass(wanted):
            return class_name == wanted
        case Listed(regions):
            return (document.id, region_id) in regions


def question(state: State) -> Question | None:
    """Return the present comparison; None without one, or for empty or equal groups."""
    if state.view.display.curve == "importance":
        return None
    first, second = (
        members(state, group)
        for group in (state.comparison.contrast.first, state.comparison.contrast.second)
    )
    if not first or not second or first == second:
        return None
    unit = state.comparison.contrast.unit if by_region_possible(state) else "pixel"
    return Question(first, second, unit)


def by_region_possible(state: State) -> bool:
    """Return whether each group has enough regions to count each as one measurement."""
    groups = state.comparison.contrast.first, state.comparison.contrast.second
    return all(len(members(state, group)) >= FEWEST_SPECTRA for group in groups)
