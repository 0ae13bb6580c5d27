"""Teaching in the background: counts, the model, its validation, and the live preview."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.datasets.class_map import ClassMap, MapRequest
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import Step
from focus_viewer.core.validation.doubt import Place
from focus_viewer.core.validation.teaching import TaughtResult, TeachRequest
from focus_viewer.session.outputs.data_set import (
    chosen_data_set,
    counts_of,
    data_set_of,
    labelled_cubes,
    marks_of,
    model_folder,
)
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import Problem, problem_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background, log_failure
from focus_viewer.session.tasks.lane_names import CLASS_MAP, COUNTS, REPORT, TEACH
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import Teaching

T = TypeVar("T")


class TeachingTasks:
    """Teaching of the classes of the open cubes, and of those of the project."""

    def __init__(
        self,
        session: Session,
        background: Background,
        teaching: Teaching,
        use_model: Callable[[Path], None],
    ) -> None:
        self._session = session
        self._background = background
        self._teaching = teaching
        self._use_model = use_model

    @property
    def models_folder(self) -> Path:
        """Folder of the user's models, where models go unless another one is chosen."""
        return self._teaching.models_folder()

    @property
    def out(self) -> Path:
        """Folder of the model to be taught."""
        return model_folder(self._session.state.teaching.choice, self.models_folder)

    def find_backbones(self) -> None:
        """List the backbones to choose from."""
        self._background.submit(
            TEACH,
            lambda step: self._teaching.backbones(),
            self._session.teaching.offer_backbones,
            failed=log_failure("finding backbones"),
        )

    def count(self, state: State) -> None:
        """Count the data of each class, again when labels have changed."""
        self._background.submit(
            COUNTS,
            lambda step: counts_of(data_set_of(state)),
            self._session.teaching.take_counts,
            failed=log_failure("counting labels"),
        )

    # Model and validation

    def teach(self) -> None:
        """Teach a model of the chosen classes, write it, and explain with it."""
        session, state = self._session, self._session.state
        request, choice, marks = self._request(state), state.teaching.choice, marks_of(state)
        ticket = session.teaching_job.start(0, f"Teaching {choice.name}")

        def done(result: TaughtResult) -> None:
            if session.teaching.take_result(ticket, result, choice, marks):
                self._use_model(result.folder)

        self._submit(ticket, partial(self._teaching.teach, request), done, "Could not teach")

    def validate(self) -> None:
        """Measure how good what was taught is, with all that the report has."""
        session, state = self._session, self._session.state
        choice, marks = state.teaching.choice, marks_of(state)
        ticket = session.teaching_job.start(0, f"Validating {state.teaching.choice.name}")
        self._submit(
            ticket,
            partial(self._teaching.validate, self._request(state)),
            lambda report: session.teaching.take_report(ticket, report, choice, marks),
            "Could not validate",
        )

    def _request(self, state: State) -> TeachRequest:
        choice, project = state.teaching.choice, state.project.path
        data_set = chosen_data_set(state)
        return TeachRequest(
            data_set,
            "" if project is None else str(project),
            self.out,
            choice.backbone,
            choice.bands_nm,
            choice.group,
            data_set.classes if choice.unused else (),
        )

    def _submit(
        self, ticket: int, work: Callable[[Step], T], done: Callable[[T], None], title: str
    ) -> None:
        job = self._session.teaching_job

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                job.end(ticket, "cancelled", "cancelled")
                return
            problem = problem_of(title, error)
            job.end(ticket, "failed", problem.text)
            self._session.requests.report(problem)

        progress = partial(job.progress, ticket)
        self._background.submit(TEACH, work, done, failed=failed, progress=progress)

    def cancel(self) -> None:
        """Stop teaching or validating; a model that was in the folder stays as it was."""
        self._background.cancel(TEACH)

    def save_report(self, folder: Path) -> None:
        """Write the validation as JSON, HTML and PDF into a folder."""
        session, report = self._session, self._session.state.teaching.report
        if report is None:
            return
        ticket = session.export_job.start(0, f"Writing the report to {folder.name}")

        def failed(error: Exception) -> None:
            problem = problem_of("Could not write the report", error)
            session.export_job.end(ticket, "failed", problem.text)
            session.requests.report(problem)

        self._background.submit(
            REPORT,
            lambda step: self._teaching.save_report(report, folder),
            lambda files: session.export_job.end(
                ticket, "done", f"{' and '.join(file.name for file in files)} in {folder}"
            ),
            failed=failed,
        )

    def show_place(self, place: Place) -> None:
        """Show a doubtful place: its cube, with some of what is around it."""
        session = self._session
        found = next((d for d in session.state.documents.items if _is_of(d.cube.path, place)), None)
        if found is None:
            text = f"{place.cube} is not open. Open it to go to its doubtful place."
            session.requests.report(Problem("Not open", text))
            return
        session.documents.activate(found.id)
        session.documents.set_extent(_around(place))
        own = [region.id for region in found.annotations if region.name == place.region]
        session.regions.select(own if place.region else ())

    # Live preview

    def show_preview(self, on: bool) -> None:
        """Show class maps of the open cubes, which follow their regions; or hide them."""
        self._session.teaching.show_preview(on)
        if not on:
            self._background.cancel(CLASS_MAP)

    def map_classes(self, state: State) -> None:
        """Read on in the active cube, and map its classes as far as it was read."""
        document = state.document
        if document is None or not state.teaching.preview:
            return
        choice, document_id = state.teaching.choice, document.id
        request = MapRequest(
            document.cube,
            labelled_cubes(state),
            choice.backbone,
            choice.bands_nm,
            choice.several,
            document.extent,
        )

        def done(found: ClassMap) -> None:
            self._session.teaching.take_map(document_id, found)
            now = self._session.state
            if not found.finished and now.teaching.preview and now.documents.active == document_id:
                self.map_classes(now)

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                self._session.teaching.refuse_map(problem_of("No preview", error).text)

        self._background.submit(
            CLASS_MAP,
            partial(self._teaching.map_classes, request),
            done,
            reads=document.cube.place,
            patience_s=WHOLE_PATIENCE_S,
            failed=failed,
        )


def _is_of(path: Path | None, place: Place) -> bool:
    return path is not None and (path == place.path if place.path else path.name == place.cube)


def _around(place: Place) -> Extent:
    (top, bottom), (left, right) = place.rows, place.cols
    margin = 2.0 * max(bottom - top, right - left, 4)
    return Extent((left - margin, top - margin), (right + margin, bottom + margin))
