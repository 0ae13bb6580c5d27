"""Steps of a document's history: record a change, undo it, redo it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.session.state.document import Document, Outcome
from focus_viewer.session.state.history import History, Moment, Reading
from focus_viewer.session.state.pin import Pin

_STEPS = 200


def with_annotations(
    document: Document, annotations: Annotations, selected: tuple[int, ...] | None = None
) -> Document:
    """Return a document with other regions; the selection is limited to these."""
    chosen = document.selected if selected is None else selected
    present = tuple(region.id for region in annotations if region.id in chosen)
    return replace(document, history=document.history.amended(annotations), selected=present)


def recorded(before: Document, after: Document, name: str, revision: int = 0) -> Document:
    """Return a changed document whose history has the change as a step, if there is any.

    Parameters
    ----------
    name : str
        The change in words.
    revision : int
        Of the models, needed where the cube was replaced.
    """
    replaced = after.cube is not before.cube
    moment = Moment(
        name,
        before.annotations if after.annotations != before.annotations else None,
        before.pins if replaced or after.pins != before.pins else None,  # spectra are of the cube
        _reading(before, revision) if replaced else None,
        # A mask that the next cube has no bands for is left out, and used again with this one.
        before.mask_recipe if replaced or after.mask_recipe != before.mask_recipe else None,
    )
    if moment == Moment(name, None, None, None):
        return after
    past = _with(before.history.past, moment)[-_STEPS:]
    return replace(after, history=History(after.annotations, past))


def _with(moments: tuple[Moment, ...], moment: Moment) -> tuple[Moment, ...]:
    """Return moments with one more: only the last cube keeps its results, of up to 2 GB each."""
    if moment.reading is not None:
        moments = tuple(
            replace(each, reading=_bare(each.reading)) if each.reading else each for each in moments
        )
    return (*moments, moment)


def _bare(reading: Reading) -> Reading:
    return replace(reading, explanation=None, trust=None, outcome="none", problem="", decisions={})


def undone(document: Document, revision: int) -> Document:
    """Return a document one step back, if there is one; ids of regions are never reused."""
    past, future = document.history.past, document.history.future
    if not past:
        return document
    back, here = _exchanged(document, past[-1], revision)
    return replace(back, history=History(back.annotations, past[:-1], _with(future, here)))


def redone(document: Document, revision: int) -> Document:
    """Return a document one step forward, if one was undone."""
    past, future = document.history.past, document.history.future
    if not future:
        return document
    forth, here = _exchanged(document, future[-1], revision)
    return replace(forth, history=History(forth.annotations, _with(past, here), future[:-1]))


def _exchanged(document: Document, moment: Moment, revision: int) -> tuple[Document, Moment]:
    """Return a document as it was at a moment, and the moment that it leaves."""
    there = document
    if moment.reading is not None:
        there = _reread(there, moment.reading, revision)
    if moment.annotations is not None:
        next_id = max(moment.annotations.next_id, document.annotations.next_id)
        there = with_annotations(there, replace(moment.annotations, next_id=next_id))
    if moment.pins is not None:
        there = replace(there, pins=_with_spectra(moment, document.pins))
    if moment.mask is not None:
        there = replace(there, mask_recipe=moment.mask)
    here = Moment(
        moment.name,
        None if moment.annotations is None else document.annotations,
        None if moment.pins is None else document.pins,
        None if moment.reading is None else _reading(document, revision),
        None if moment.mask is None else document.mask_recipe,
    )
    return there, here


def _with_spectra(moment: Moment, read: tuple[Pin, ...]) -> tuple[Pin, ...]:
    """Return pins with the spectra that were read since then, unless those are of other values."""
    known = {} if moment.reading else {pin.id: pin for pin in read}
    return tuple(known.get(pin.id, pin) for pin in moment.pins or ())


def _reading(document: Document, revision: int) -> Reading:
    return Reading(
        cube=document.cube,
        choice=document.choice,
        references=document.references,
        lost=document.lost,
        stretch=document.stretch,
        explanation=document.explanation,
        trust=document.trust,
        outcome=document.outcome,
        problem=document.problem,
        class_name=document.class_name,
        reference_class=document.reference_class,
        heatmap_asked=document.heatmap_asked,
        decisions=document.decisions,
        revision=revision,
    )


def _same_scale(one: Cube, other: Cube) -> bool:
    """Return whether limits of a picture mean the same in both."""
    return (one.units, one.bands) == (other.units, other.bands)


def _reread(document: Document, reading: Reading, revision: int) -> Document:
    """Return a document with the cube of a reading, and its results if the model is the same."""
    fresh = replace(
        document,
        cube=reading.cube,
        choice=reading.choice,
        references=reading.references,
        lost=reading.lost,
        stretch=document.stretch if _same_scale(document.cube, reading.cube) else reading.stretch,
        composite=None,
        detail=None,
        measures=None,
        rival=None,
        explanation=None,
        trust=None,
        outcome="none",
        problem="",
        decisions={},
    )
    if reading.revision != revision:
        return fresh
    return replace(
        fresh,
        explanation=reading.explanation,
        trust=reading.trust,
        outcome=cast("Outcome", reading.outcome),
        problem=reading.problem,
        class_name=reading.class_name,
        reference_class=reading.reference_class,
        heatmap_asked=reading.heatmap_asked,
        decisions=reading.decisions,
    )
