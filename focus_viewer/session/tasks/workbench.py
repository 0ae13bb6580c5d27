"""Workbench: all background work of a session, and the table of what starts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.paired import other_place
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks import lanes
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
            _active(
                lambda state, document: (
                    state.view.display,
                    document.cube,
                    document.bands_settled,
                ),
                lambda state, document: load.load_picture(
                    lanes.PICTURE, document, state.view.display.recipe
                ),
            ),
            _active(
                lambda state, document: (document.composite, document.extent),
                lambda state, document: load.load_detail(lanes.DETAIL, document),
            ),
            DocumentRow(
                lambda state: state.document,
                lambda state, document: state.selection.cursor,
                lambda state, document: self._hover(state, lanes.HOVER, document),
            ),
            _active(
                lambda state, document: document.pins,
                lambda state, document: load.load_pins(document),
            ),
            _active(
                lambda state, document: (document.selected, _measured(state, document)),
                lambda state, document: load.load_measures(lanes.REGIONS, document, state.volume),
            ),
        )

    def _other_rows(self) -> tuple[Row, ...]:
        """Rows of the other cube of a pair, which is explained after the active one."""
        load = self.view_data

        def pair(state: State) -> object:
            return state.documents.active, state.comparison.pair

        return (
            StateRow(
                lambda state: (state.document, state.other, state.jobs.explaining.status),
                self._explain_other,
                _other_waits,
            ),
            _other(
                lambda state, other: (other.composite, other.extent),
                lambda state, other: load.load_detail(lanes.OTHER_DETAIL, other),
            ),
            _other(
                lambda state, other: (
                    pair(state),
                    state.view.display,
                    other.cube,
                    other.bands_settled,
                ),
                lambda state, other: load.load_picture(
                    lanes.OTHER_PICTURE, other, state.view.display.fitted(other.cube).recipe
                ),
            ),
            _other(
                lambda state, other: (
                    pair(state),
                    state.view.window_nm,
                    state.comparison.measured_difference,
                ),
                lambda state, other: load.load_difference(state),
            ),
            _other(
                lambda state, other: (pair(state), _measured(state, other)),
                lambda state, other: load.load_measures(
                    lanes.OTHER_REGIONS, other, state.seen_from(other.id).volume
                ),
            ),
            _other(
                lambda state, other: state.selection.cursor,
                lambda state, other: self._hover(state, lanes.OTHER_HOVER, other),
            ),
        )

    def _hover(self, state: State, lane: str, shown: Document) -> None:
        cursor, document = state.selection.cursor, state.document
        if cursor is not None and document is not None:
            pixel = other_place(cursor, document.cube, shown.cube)
            self.view_data.load_spectrum(lane, shown, pixel)

    def _explain_other(self, state: State) -> None:
        if state.other is not None:
            self.explaining.explain(state.other)


def _active(
    selected: Callable[[State, Document], object],
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


def _other(
    selected: Callable[[State, Document], object], start: Callable[[State, Document], None]
) -> DocumentRow:
    return DocumentRow(lambda state: state.other, selected, start)


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
