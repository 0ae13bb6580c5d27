"""Workbench: all background work of a session, and the table of what starts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.array_choice import ArrayQuestions
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.band_caching import BandCaching
from focus_viewer.session.tasks.cube_opening import CubeOpening
from focus_viewer.session.tasks.explaining import ExplanationTasks
from focus_viewer.session.tasks.export import Exports
from focus_viewer.session.tasks.folder_preview import FolderPreview
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.session.tasks.projects import Projects, is_project
from focus_viewer.session.tasks.protocols import Runner
from focus_viewer.session.tasks.region_files import RegionFileTasks
from focus_viewer.session.tasks.regions import RegionTasks
from focus_viewer.session.tasks.services import Services
from focus_viewer.session.tasks.table import DocumentRow, Row, StateRow, always
from focus_viewer.session.tasks.view_data import ViewData


class Workbench:
    """Background work of a session, with the model (name or folder) and device that explain."""

    def __init__(
        self,
        session: Session,
        runner: Runner,
        services: Services,
        model: str = "focus-leaf",
        device: str = "auto",
    ) -> None:
        self._session = session
        self.background = background = Background(session, runner)
        self.explaining = ExplanationTasks(session, background, services.explaining, model, device)
        self.view_data = ViewData(session, background, services.cubes, services.regions)
        self.band_caching = BandCaching(session, background, services.cubes)
        self.folder_preview = FolderPreview(background, services.cubes)
        self.regions = RegionTasks(session, background)
        self.region_files = RegionFileTasks(session, background, services.regions)
        self.exports = Exports(session, background, services)
        self.array_choice = ArrayQuestions(session, background, services.cubes)
        self.cube_opening = CubeOpening(session, background, services.cubes, self.array_choice)
        self.preprocessing = PreprocessingTasks(session, background, services.preprocessing)
        self.projects = Projects(session, background, services, self.array_choice, self.explaining)
        self._rows = (*self._state_rows(), *self._active_rows(), *self._other_rows())
        session.changed.connect(self._on_changed)

    def close(self) -> None:
        """Stop all work and wait for its end."""
        self._session.changed.disconnect(self._on_changed)
        self.background.close()
        self.projects.drop_autosave()

    def open(self, paths: Sequence[Path]) -> None:
        """Open headers, data files, or folders of them; where folders hold several, ask which.

        A project among the paths replaces all that is open, and cubes beside it are ignored.
        """
        project = next((path for path in paths if is_project(path)), None)
        if project is not None:
            self.projects.open(project)
        else:
            self.cube_opening.open(paths)

    def explain(self) -> None:
        """Explain the active document, again if need be."""
        if self._session.state.document is not None:
            self.explaining.explain(self._session.state.document)

    # What starts which work

    def _on_changed(self, change: Change) -> None:
        for row in self._rows:
            row.apply(change)

    def _state_rows(self) -> tuple[Row, ...]:
        return (
            StateRow(
                lambda state: (
                    state.documents,
                    state.comparison.contrast,
                    state.view.display.curve_settings,
                ),
                self.regions.compare_groups,
            ),
            StateRow(lambda state: state.selection.wand, self.regions.grow_region),
            StateRow(
                lambda state: state.documents.items,
                lambda state: self.explaining.abandon(),
                needed=_explains_closed,
            ),
            StateRow(lambda state: state.work, self.projects.autosave, lambda state: state.unsaved),
            StateRow(lambda state: state.documents.items, self.band_caching.update),
        )

    def _active_rows(self) -> tuple[Row, ...]:
        load = self.view_data
        return (
            _active(lambda state, document: (), self.preprocessing.find_beside),
            _active(
                lambda state, document: document.cube,
                lambda state, document: self.explain(),
                lambda state: state.document is not None and state.document.outcome == "none",
            ),
            _active(_pictured, load.load_picture),
            _active(_detailed, load.load_detail),
            DocumentRow(lambda state: state.document, _pointed, load.load_spectrum),
            _active(lambda state, document: document.pins, load.load_pins),
            _active(
                lambda state, document: (document.selected, _measured(state, document)),
                load.load_measures,
            ),
        )

    def _other_rows(self) -> tuple[Row, ...]:
        """Return the rows of the other cube of a pair, which is explained after the active one."""
        load = self.view_data
        return (
            StateRow(
                lambda state: (state.document, state.other, state.jobs.explaining.status),
                self._explain_other,
                _other_waits,
            ),
            _other(_detailed, load.load_detail),
            _other(_with_pair(_pictured), load.load_picture),
            _other(
                _with_pair(
                    lambda state, other: (
                        state.view.window_nm,
                        state.comparison.measured_difference,
                    )
                ),
                load.load_difference,
            ),
            _other(_with_pair(_measured), load.load_measures),
            _other(_pointed, load.load_spectrum),
        )

    def _explain_other(self, state: State) -> None:
        if state.other is not None:
            self.explaining.explain(state.other)


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
    return state.view.display, document.cube, document.bands_ready


def _detailed(state: State, document: Document) -> object:
    return document.composite, document.extent


def _subtracted(state: State, document: Document) -> object:
    return state.view.window_nm, state.comparison.measured_difference


def _pointed(state: State, document: Document) -> object:
    return state.selection.cursor


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
    volume = document.volume(display.mode)
    return document.cube, document.history, volume, display.spectral_view, display.indices
