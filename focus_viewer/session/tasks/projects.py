"""Projects: opening, saving and autosave in the background."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.documents.project import RecoveredWork
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step
from focus_viewer.session.outputs.project import project_of
from focus_viewer.session.session import Session
from focus_viewer.session.state.project import SavedProject, Work
from focus_viewer.session.state.slices.requests import MissingCubes, Problem
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.array_choice import ArrayQuestions
from focus_viewer.session.tasks.background import Background, ignore
from focus_viewer.session.tasks.lane_names import AUTOSAVE, PROJECT
from focus_viewer.session.tasks.project_opening import Choice, Opened, Opening, open_cubes
from focus_viewer.session.tasks.service_protocols import Services

_log = logging.getLogger(__name__)

PROJECT_SUFFIX = ".focus.json"


def is_project(path: Path) -> bool:
    """Return whether a path has the suffix of projects."""
    return path.name.lower().endswith(PROJECT_SUFFIX)


class Projects:
    """Opening, saving and autosave of projects, with the model that explains."""

    def __init__(
        self,
        session: Session,
        background: Background,
        services: Services,
        arrays: ArrayQuestions,
    ) -> None:
        self._session = session
        self._background = background
        self._services = services
        self._arrays = arrays

    # Opening

    def open(self, path: Path) -> None:
        """Replace what is open by a project, once its cubes are found."""
        self._read(path, path, None)

    def recover(self, recovered: RecoveredWork) -> None:
        """Replace what is open by unsaved work."""
        self._read(recovered.path, recovered.of or recovered.path, recovered)

    def _read(self, path: Path, shown_as: Path, recovered: RecoveredWork | None) -> None:
        def work(step: Step) -> Opened:
            reading = self._services.projects.read_project(path, step)
            return open_cubes(self._services, Opening(path, reading, recovered), step)

        self._do(work, shown_as)

    def _go_on(self, opening: Opening) -> None:
        """Open a project after the user has decided."""
        recovered = opening.recovered
        shown_as = opening.path if recovered is None else recovered.of or recovered.path
        self._do(lambda step: open_cubes(self._services, opening, step), shown_as)

    def _do(self, work: Callable[[Step], Opened], shown_as: Path) -> None:
        begun = self._session.state.work

        def done(opened: Opened) -> None:
            if not self._has_work_since(begun, shown_as):
                self._take(opened)

        self._background.submit(PROJECT, work, done, f"Could not open {shown_as.name}")

    def _has_work_since(self, begun: Work, path: Path) -> bool:
        """Return whether the user has worked meanwhile: that must not be lost."""
        state = self._session.state
        if not state.unsaved or state.work == begun:
            return False
        text = "Your work has changed meanwhile. Save it, and open the project again."
        self._session.requests.report(Problem(f"{path.name} was not opened", text))
        return True

    def _take(self, opened: Opened) -> None:
        opening, cubes = opened.opening, opened.cubes
        if opened.question is not None:
            self._ask_array(opening, *opened.question)
            return
        if cubes is None:
            missing = MissingCubes(opening.path, opening.reading, opening.recovered)
            self._session.requests.ask_missing_cubes(missing)
            return
        project, recovered = opening.reading.project, opening.recovered
        if opened.model is not None:
            self._session.models.add(opened.model)
        if recovered is None:
            self._session.project.open(
                project,
                cubes,
                SavedProject(opening.path, (), opening.absent, opened.absent_libraries),
                libraries=opened.libraries,
            )
        else:
            saved = SavedProject(recovered.of, (), opening.absent, opened.absent_libraries)
            self._session.project.open(
                project, cubes, saved, is_saved=False, libraries=opened.libraries
            )
            self._autosave_instead_of(recovered)
        if opened.model is None:
            self._session.models.mark_missing(project.model)
        self._report_what_was_lost(opened)

    def _report_what_was_lost(self, opened: Opened) -> None:
        anew = opened.opening.reading.anew
        title = "Some results are computed anew"
        if opened.model is None:
            title = "The model of the project is missing"
        elif opened.problems:
            title = "Some preprocessing could not be restored"
        elif opened.library_problems:
            title = "Not all spectral libraries are as they were"
        lost = (*opened.problems, *opened.library_problems, *anew)
        if lost:
            self._session.requests.report(Problem(title, "\n".join(lost)))

    def _ask_array(self, opening: Opening, place: int, needed: NeedsChoice) -> None:
        """Ask for the array of a cube; without an answer it stays in the project, unopened."""
        self._arrays.ask(
            needed,
            lambda choice: self._go_on(opening.with_choice(place, choice)),
            lambda: self._go_on(opening.decided({place: "leave"})),
        )

    def decide(self, choices: Mapping[int, Choice]) -> None:
        """Open the project with the user's decisions, by index of a cube; others are used as is."""
        missing = self._session.state.requests.missing_cubes
        if missing is None:
            return
        self._session.requests.ask_missing_cubes(None)
        opening = Opening(missing.path, missing.reading, missing.recovered)
        self._go_on(opening.decided(choices))

    def cancel_opening(self) -> None:
        """Leave the project unopened; what is open stays."""
        self._session.requests.ask_missing_cubes(None)

    # Saving

    def save(self, path: Path, layout: str = "", then: Callable[[], None] = lambda: None) -> None:
        """Write the project with a layout of the panels, then call `then`."""
        state = self._session.state
        saved = replace(state.project, path=path)
        saved = replace(saved, work=replace(state, project=saved).work)
        project = project_of(state, layout)
        cubes = {
            document.cube.path: document.cube
            for document in state.documents.items
            if document.cube.path is not None
        }

        def done(_: None) -> None:
            self._session.project.mark_saved(saved)
            if not self._session.state.unsaved:
                self._drop(None)
            then()

        self._background.submit(
            PROJECT,
            lambda step: self._services.projects.write_project(path, project, cubes, step),
            done,
            f"Could not save {path.name}",
        )

    # Against a crash

    def autosave(self, state: State) -> None:
        """Save unsaved work against a crash."""
        project, of = project_of(state), state.project.path
        self._background.submit(
            AUTOSAVE,
            lambda step: self._services.projects.autosave(project, of),
            ignore,
            "Could not autosave your work",
        )

    def drop_autosave(self) -> None:
        """Remove the autosave: the window closes and the user has decided."""
        try:
            self._services.projects.drop_autosave()
        except FocusError:
            _log.exception("the autosave could not be removed")

    def look_for_unsaved(self) -> None:
        """Find unsaved work of earlier runs."""
        self._background.submit(
            AUTOSAVE,
            lambda step: self._services.projects.find_unsaved_work(),
            self._session.requests.offer_recovery,
            "Could not look for unsaved work",
        )

    def discard(self, recovered: RecoveredWork) -> None:
        """Remove unsaved work of an earlier run."""
        self._offer_all_but(recovered)
        self._drop(recovered)

    def _offer_all_but(self, recovered: RecoveredWork) -> None:
        left: Sequence[RecoveredWork] = [
            work for work in self._session.state.requests.recovered_work if work != recovered
        ]
        self._session.requests.offer_recovery(left)

    def _autosave_instead_of(self, recovered: RecoveredWork) -> None:
        """Autosave recovered work, which is still unsaved, before its old copy is removed."""
        self._offer_all_but(recovered)
        project = project_of(self._session.state)

        def work(step: Step) -> None:
            self._services.projects.autosave(project, recovered.of)
            self._services.projects.drop_autosave(recovered)

        self._background.submit(AUTOSAVE, work, ignore, "Could not autosave your work")

    def _drop(self, recovered: RecoveredWork | None) -> None:
        """Remove an autosave, in the lane that writes it, so that a late one is removed too."""
        self._background.submit(
            AUTOSAVE,
            lambda step: self._services.projects.drop_autosave(recovered),
            ignore,
            "Could not remove an autosave",
        )
