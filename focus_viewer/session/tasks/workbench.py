"""Slow things that the user asks for, done in the background and brought into the session."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.spectra.indices import Index
from focus_viewer.session.changes.pairs import other_place
from focus_viewer.session.outputs.region_csv import table_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.problems import problem_of as _problem
from focus_viewer.session.state.requests import FileChoice
from focus_viewer.session.state.state import Change, Problem, State
from focus_viewer.session.tasks.array_choice import Choosing
from focus_viewer.session.tasks.band_caching import Banding
from focus_viewer.session.tasks.export import Exports
from focus_viewer.session.tasks.folder_preview import Browsing
from focus_viewer.session.tasks.preprocessing import Calibrating
from focus_viewer.session.tasks.projects import Projects, is_project
from focus_viewer.session.tasks.protocols import (
    READ_PATIENCE_S,
    WHOLE_PATIENCE_S,
    Runner,
    Services,
    Task,
)
from focus_viewer.session.tasks.regions import RegionWork
from focus_viewer.session.tasks.view_data import Supplies

T = TypeVar("T")

_log = logging.getLogger(__name__)

# A lane a kind of work, so that hovering never waits for an explanation.
EXPLAIN, OPEN, FILES = "explain", "open", "files"
PICTURE, HOVER, REGIONS = "picture", "hover", "regions"
OTHER_PICTURE, OTHER_HOVER = "other picture", "other hover"
DETAIL, OTHER_DETAIL = "detail", "other detail"
OTHER_REGIONS = "other regions"


class Workbench:
    """Sees from the state what is still wanted, and has it done.

    Parameters
    ----------
    session : Session
    runner : Runner
    services : Services
    model : str
        Name or folder of the model that explains.
    device : str
        "auto", or a device as torch names it.
    """

    def __init__(
        self,
        session: Session,
        runner: Runner,
        services: Services,
        model: str = "focus-leaf",
        device: str = "auto",
    ) -> None:
        self._session = session
        self._runner = runner
        self._services = services
        self._model = model
        self._device = device
        self._paths: list[Path] = []
        self._offers: list[FileChoice] = []
        self._unopened: list[Problem] = []
        self._supplies = Supplies(session, runner, services)
        self.banding = Banding(session, runner, services)
        self.browsing = Browsing(runner, services)
        self.region_work = RegionWork(session, runner)
        self.exports = Exports(session, runner, services)
        self.choosing = Choosing(session, runner, services)
        self.calibrating = Calibrating(session, runner, services)
        self.projects = Projects(
            session,
            self,
            services,
            self.choosing,
            lambda: self._model,
            lambda name: setattr(self, "_model", name),
        )
        session.changed.connect(self._on_changed)

    def close(self) -> None:
        """Stop all work and wait for its end."""
        self._session.changed.disconnect(self._on_changed)
        self.region_work.close()
        self._runner.close()
        self.projects.drop_kept()

    def prepare(self) -> None:
        """Load ahead what explaining needs, while there is nothing else to do."""
        self._runner.submit(EXPLAIN, Task(self._services.prepare, _drop, self._log_failure))

    def _log_failure(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            _log.error("background work failed", exc_info=error)

    # Opening

    def open(self, paths: Sequence[Path]) -> None:
        """Open cubes one after the other: headers, data files, or folders of them.

        Where folders hold several, the user is asked which.

        A project among the paths takes the place of all that is open, and cubes beside it are left.
        """
        project = next((path for path in paths if is_project(path)), None)
        if project is not None:
            self.projects.open(project)
            return
        idle = not self._paths
        self._paths.extend(paths)
        if idle and self._paths:
            self._open_next()

    def _open_next(self) -> None:
        path = self._paths[0]

        def work(step: Step) -> list[Cube | Problem | FileChoice | NeedsChoice]:
            found = self._services.find_cubes(path)
            if len(found) > 1:
                return [FileChoice((path,), tuple(found))]
            return [self._read(one, step) for one in found]

        task = Task(
            work, self._opened, self._not_opened, patience_s=READ_PATIENCE_S, about=str(path)
        )
        self._runner.submit(OPEN, task)

    def _read(self, path: Path, step: Step) -> Cube | Problem | NeedsChoice:
        step(0.0, f"opening {path.name}")
        try:
            return self._services.read_cube(path)
        except NeedsChoice as question:
            return question
        except FocusError as error:
            return Problem(f"Could not open {path.name}", str(error))

    def _opened(self, found: list[Cube | Problem | FileChoice | NeedsChoice]) -> None:
        """Put cubes on the screen, then say what could not be opened: nothing open is lost."""
        for one in found:
            if isinstance(one, Cube):
                self._session.open(one)
            elif isinstance(one, FileChoice):
                self._offers.append(one)
            elif isinstance(one, NeedsChoice):
                self.choosing.ask(one)
        self._unopened += [one for one in found if isinstance(one, Problem)]
        self._next_path()

    def _not_opened(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._unopened.append(_problem(f"Could not open {self._paths[0].name}", error))
        self._next_path()

    def _next_path(self) -> None:
        self._paths.pop(0)
        if self._unopened:  # again after each: opening one takes what was told off the screen
            self._session.report(_together(self._unopened))
        if self._paths:
            self._open_next()
            return
        self._unopened = []
        if self._offers:
            offers, self._offers = self._offers, []
            self._session.offer_files(
                FileChoice(
                    tuple(folder for one in offers for folder in one.folders),
                    tuple(path for one in offers for path in one.paths),
                )
            )

    # Explaining

    def explain(self) -> None:
        """Explain the document on the screen, again if need be."""
        if self._session.state.document is not None:
            self._explain(self._session.state.document)

    def _explain(self, document: Document) -> None:
        document_id = document.id
        ticket = self._session.start_job(document_id, f"Explaining {document.cube.name}")
        request = ExplainRequest(ticket, document.cube, self._model, self._device)

        def work(step: Step) -> Explanation:
            return self._services.explain(request, step)

        def done(result: Explanation) -> None:
            self._session.take_explanation(ticket, document_id, result)

        def failed(error: Exception) -> None:
            self._not_explained(ticket, document_id, error)

        def progress(fraction: float, text: str) -> None:
            self._session.progress(ticket, fraction, text)

        self._runner.submit(
            EXPLAIN,
            Task(
                work,
                done,
                failed,
                progress,
                patience_s=WHOLE_PATIENCE_S,
                about=document.cube.place,
            ),
        )

    def _not_explained(self, ticket: int, document_id: int, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._session.miss_explanation(ticket, document_id, "cancelled", "")
        else:
            problem = _problem("Could not explain", error)
            self._session.miss_explanation(ticket, document_id, "failed", problem.text)

    def cancel(self) -> None:
        """Stop explaining."""
        self._runner.cancel(EXPLAIN)

    # Files of regions

    def open_regions(self, path: Path) -> None:
        """Put the regions of a file in the place of those on the screen, as one step."""
        document = self._session.state.document
        if document is None:
            return
        cube, document_id = document.cube, document.id

        def done(annotations: Annotations) -> None:
            if self._session.state.active == document_id:
                self._session.take_annotations(annotations)

        self.in_background(
            FILES,
            lambda step: self._services.read_annotations(path, cube),
            done,
            f"Could not open {path.name}",
            path,
        )

    def save_regions(self, path: Path) -> None:
        """Write the regions on the screen."""
        document = self._session.state.document
        if document is not None:
            annotations, cube = document.annotations, document.cube
            self.in_background(
                FILES,
                lambda step: self._services.write_annotations(path, annotations, cube),
                _drop,
                f"Could not save {path.name}",
            )

    def save_region_table(self, path: Path) -> None:
        """Write what was measured of the regions of the cubes on the screen, as CSV."""
        state = self._session.state
        text = table_text([one for one in (state.document, state.other) if one is not None])
        if text:
            self.in_background(
                FILES,
                lambda step: self._services.write_text(path, text),
                _drop,
                f"Could not save {path.name}",
            )

    def list_indices(self, done: Callable[[Sequence[Index]], None]) -> None:
        """Tell all vegetation indices to choose from, once their library is loaded."""
        self.in_background(
            FILES,
            lambda step: self._services.index_catalogue(),
            done,
            "Could not list the vegetation indices",
        )

    def in_background(
        self,
        lane: str,
        work: Callable[[Step], T],
        done: Callable[[T], None],
        title: str,
        read: Path | None = None,
    ) -> None:
        """Do work of a lane and tell its result; a failure is shown under a title.

        Where it does little but read a file, it is given up if the file's drive does not answer.
        """

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                self._session.report(_problem(title, error))

        patience_s = None if read is None else READ_PATIENCE_S
        about = "The file" if read is None else str(read)
        self._runner.submit(lane, Task(work, done, failed, patience_s=patience_s, about=about))

    # What the state lacks

    def _on_changed(self, change: Change) -> None:
        self._abandon_if_closed(change.after)
        self.projects.keep(change)
        if change.touched("documents"):
            self.banding.look(change.after)
        document = change.after.document
        if document is None:
            return
        other_numbers = change.touched_document("cube")
        if change.touched("active"):
            self.calibrating.look_around(document)
        if (change.touched("active") or other_numbers) and document.outcome == "none":
            self.explain()
        quicker = change.touched_document("bands_settled")
        if change.touched("active", "display") or other_numbers or quicker:
            self._supplies.want_picture(PICTURE, document, change.after.display.recipe)
        if change.touched_document("composite", "extent"):
            self._supplies.want_detail(DETAIL, document)
        if change.touched("cursor") and change.after.cursor is not None:
            self._supplies.want_spectrum(HOVER, document, change.after.cursor)
        if change.after.other is not None:
            self._serve_other(change, document, change.after.other)
        if change.touched_document("pins"):
            self._supplies.want_pins(document)
        if change.touched_document("selected") or _measured_otherwise(change, document):
            self._supplies.want_measures(REGIONS, document, change.after.volume)

    def _serve_other(self, change: Change, document: Document, other: Document) -> None:
        """Bring the other cube of a pair what it lacks; it is explained after the active one."""
        after = change.after
        if other.outcome == "none" and document.outcome != "none" and after.job.status != "running":
            self._explain(other)
        other_numbers = _touched(change, other, "cube")
        if _touched(change, other, "composite", "extent"):
            self._supplies.want_detail(OTHER_DETAIL, other)
        quicker = _touched(change, other, "bands_settled")
        if change.touched("active", "display", "pair") or other_numbers or quicker:
            usable = all(0 <= band < other.cube.bands for band in after.display.recipe.bands)
            recipe = after.display.recipe if usable else CompositeRecipe()
            self._supplies.want_picture(OTHER_PICTURE, other, recipe)
        if change.touched("active", "pair", "window_nm", "measured_difference"):
            self._supplies.want_difference(after)
        if change.touched("active", "pair") or _measured_otherwise(change, other):
            self._supplies.want_measures(OTHER_REGIONS, other, after.seen_from(other.id).volume)
        if change.touched("cursor") and after.cursor is not None:
            place = other_place(after.cursor, document.cube, other.cube)
            self._supplies.want_spectrum(OTHER_HOVER, other, place)

    def _abandon_if_closed(self, state: State) -> None:
        if state.job.status == "running" and state.find(state.job.document_id) is None:
            self._runner.cancel(EXPLAIN)
            self._session.abandon_job()


def _measured_otherwise(change: Change, document: Document) -> bool:
    """Whether what is told of a document's regions may be another than before."""
    before, after = (state.seen_from(document.id) for state in (change.before, change.after))
    known, display = before.find(document.id), after.display
    return (
        known is None
        or known.cube is not document.cube
        or known.history != document.history
        or before.volume is not after.volume
        or before.display.spectral_view != display.spectral_view
        or before.display.indices != display.indices
    )


def _touched(change: Change, document: Document, *names: str) -> bool:
    """Whether any of these attributes of a document differs from before."""
    known = change.before.find(document.id)
    return known is None or any(getattr(known, one) != getattr(document, one) for one in names)


def _together(problems: Sequence[Problem]) -> Problem:
    """What went wrong with several files, as one."""
    if len(problems) == 1:
        return problems[0]
    texts = "\n".join(problem.text for problem in problems)
    return Problem(f"Could not open {len(problems)} files", texts)


def _drop(result: None) -> None:
    """Take a result that nobody needs."""
