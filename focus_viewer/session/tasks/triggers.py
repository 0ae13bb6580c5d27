"""Triggers: the table of which change of the state starts which background work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from focus_viewer.session.outputs.data_set import regions_of
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.band_caching import BandCaching
from focus_viewer.session.tasks.layering import LayerTasks
from focus_viewer.session.tasks.masks import MaskTasks
from focus_viewer.session.tasks.models.explaining import ExplanationTasks
from focus_viewer.session.tasks.models.teaching import TeachingTasks
from focus_viewer.session.tasks.models.trust import TrustTasks
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.session.tasks.projects import Projects
from focus_viewer.session.tasks.regions import RegionTasks
from focus_viewer.session.tasks.study.explaining_all import ExplainAllTasks
from focus_viewer.session.tasks.study.studies import StudyTasks, explained_state
from focus_viewer.session.tasks.view_data import ViewData


def always(state: State) -> bool:
    """Return True."""
    return True


@dataclass(frozen=True)
class StateRow:
    """Work that starts when a selected part of the state changes, if it is needed then."""

    selected: Callable[[State], object]
    start: Callable[[State], None]
    needed: Callable[[State], bool] = always

    def apply(self, change: Change) -> None:
        """Start the work, if a change needs it."""
        if change.touched(self.selected) and self.needed(change.after):
            self.start(change.after)


@dataclass(frozen=True)
class DocumentRow:
    """Work that starts when a document on the screen changes, or is new, if it is needed then.

    The document is the active one, or the other one of a pair.
    """

    document: Callable[[State], Document | None]
    selected: Callable[[State, Document], object]
    start: Callable[[State, Document], None]
    needed: Callable[[State], bool] = always

    def apply(self, change: Change) -> None:
        """Start the work, if a change needs it."""
        document = self.document(change.after)
        if document is None or not self.needed(change.after):
            return
        before = change.before.find(document.id)
        if before is None or self.selected(change.before, before) != self.selected(
            change.after, document
        ):
            self.start(change.after, document)


Row = StateRow | DocumentRow


@dataclass(frozen=True)
class Tasks:
    """Background tasks that changes of the state start."""

    explaining: ExplanationTasks
    trust: TrustTasks
    view_data: ViewData
    band_caching: BandCaching
    regions: RegionTasks
    preprocessing: PreprocessingTasks
    projects: Projects
    teaching: TeachingTasks
    explaining_all: ExplainAllTasks
    studies: StudyTasks
    masks: MaskTasks
    layers: LayerTasks


def trigger_rows(tasks: Tasks) -> tuple[Row, ...]:
    """Return all rows, in the order in which they are applied."""
    return (*_state_rows(tasks), *_active_rows(tasks), *_other_rows(tasks), *_many_rows(tasks))


def _state_rows(tasks: Tasks) -> tuple[Row, ...]:
    return (
        StateRow(
            lambda state: (
                state.documents,
                state.comparison.contrast,
                state.view.display.curve_settings,
            ),
            tasks.regions.compare_groups,
        ),
        StateRow(lambda state: state.selection.wand, tasks.regions.grow_region),
        StateRow(
            lambda state: state.documents.items,
            lambda state: tasks.explaining.abandon(),
            needed=_explains_closed,
        ),
        StateRow(
            lambda state: (state.documents.items, state.jobs.explaining.ticket),
            tasks.trust.drop_outdated,
        ),
        StateRow(lambda state: state.work, tasks.projects.autosave, lambda state: state.unsaved),
        StateRow(lambda state: state.documents.items, tasks.band_caching.update),
        StateRow(lambda state: (regions_of(state), state.project.absent), tasks.teaching.count),
        StateRow(_mapped, tasks.teaching.map_classes, lambda state: state.teaching.preview),
        StateRow(_masked, tasks.masks.compute_next),
    )


def _active_rows(tasks: Tasks) -> tuple[Row, ...]:
    load = tasks.view_data
    return (
        _active(lambda state, document: (), tasks.preprocessing.find_beside),
        _active(
            lambda state, document: (document.cube, state.models.revision),
            lambda state, document: _explain(tasks, document),
            lambda state: state.document is not None and state.document.outcome == "none",
        ),
        _active(_pictured, load.load_picture),
        _active(_layered, tasks.layers.load),
        _active(_detailed, load.load_detail),
        DocumentRow(lambda state: state.document, _pointed, load.load_spectrum),
        _active(lambda state, document: document.pins, load.load_pins),
        _active(
            lambda state, document: (document.selected, _measured(state, document)),
            load.load_measures,
        ),
    )


def _other_rows(tasks: Tasks) -> tuple[Row, ...]:
    """Return the rows of the other cube of a pair, which is explained after the active one."""
    load = tasks.view_data
    return (
        StateRow(
            lambda state: (state.document, state.other, state.jobs.explaining.status),
            lambda state: _explain(tasks, state.other),
            _other_waits,
        ),
        _other(_detailed, load.load_detail),
        _other(_with_pair(_pictured), load.load_picture),
        _other(_with_pair(_layered), tasks.layers.load),
        _other(_with_pair(_subtracted), load.load_difference),
        _other(_with_pair(_measured), load.load_measures),
        _other(_pointed, load.load_spectrum),
    )


def _many_rows(tasks: Tasks) -> tuple[Row, ...]:
    """Return the rows of many cubes, which come after what is on the screen."""
    return (
        StateRow(
            lambda state: (state.queue, state.jobs.explaining.ticket, state.jobs.explaining.status),
            tasks.explaining_all.advance,
            lambda state: bool(state.queue.ids),
        ),
        StateRow(explained_state, tasks.studies.follow, lambda state: state.studied.follows),
        StateRow(lambda state: (state.studied.study, state.studied.plan), tasks.studies.compare),
    )


def _explain(tasks: Tasks, document: Document | None) -> None:
    if document is not None:
        tasks.explaining.explain_once(document)


Selector = Callable[[State, Document], object]


def _active(
    selected: Selector,
    start: Callable[[State, Document], None],
    needed: Callable[[State], bool] = always,
) -> DocumentRow:
    """Return a row of the active document, which also starts when another becomes active."""
    return DocumentRow(
        lambda state: state.document,
        lambda state, document: (state.documents.active, selected(state, document)),
        start,
        needed,
    )


def _other(selected: Selector, start: Callable[[State, Document], None]) -> DocumentRow:
    return DocumentRow(lambda state: state.other, selected, start)


def _with_pair(selected: Selector) -> Selector:
    """Select more: the pair and which of its cubes is active."""
    return lambda state, document: (
        (state.documents.active, state.comparison.pair),
        selected(state, document),
    )


def _pictured(state: State, document: Document) -> object:
    how = document.stretch, document.inside
    return state.view.display, document.cube, document.bands_ready, how


def _detailed(state: State, document: Document) -> object:
    return document.composite, document.extent, document.layered


def _layered(state: State, document: Document) -> object:
    return state.view.display.layers, document.composite, document.known_mask


def _masked(state: State) -> object:
    """Select the rules of all masks, what they are applied to, and whether that is done."""
    return tuple(
        (each.id, each.cube, each.mask_recipe, each.known_mask) for each in state.documents.items
    )


def _subtracted(state: State, document: Document) -> object:
    return state.view.window_nm, state.comparison.measured_difference


def _pointed(state: State, document: Document) -> object:
    return state.selection.cursor


def _mapped(state: State) -> object:
    """Select what the class map of the active cube depends on, but for what is visible."""
    teaching = state.teaching
    return state.documents.active, teaching.preview, teaching.choice, regions_of(state)


def _explains_closed(state: State) -> bool:
    job = state.jobs.explaining
    return job.is_running() and state.find(job.document_id) is None


def _other_waits(state: State) -> bool:
    """Return whether the other cube of a pair is to be explained, after the active one."""
    document, other = state.document, state.other
    if document is None or other is None or state.jobs.explaining.is_running():
        return False
    return other.outcome == "none" and document.outcome != "none"


def _measured(state: State, document: Document) -> object:
    """Select what the measurements of a document's regions depend on."""
    display = state.view.display
    volume = document.measured_volume(display.mode)
    limited = document.inside, document.mask_pending
    table = display.spectral_view, display.indices
    return document.cube, document.annotations, volume, table, limited
