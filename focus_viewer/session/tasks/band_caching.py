"""Bands of large cubes brought together in the background, one cube after the other."""

from __future__ import annotations

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.job import JobStatus
from focus_viewer.session.state.problems import problem_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.protocols import WHOLE_PATIENCE_S, Runner, Services, Task

BANDS = "bands"


class Banding:
    """Sees which open cubes have bands that take long to read, and has them kept together.

    Parameters
    ----------
    session : Session
    runner : Runner
    services : Services
    """

    def __init__(self, session: Session, runner: Runner, services: Services) -> None:
        self._session = session
        self._runner = runner
        self._services = services
        self._document_id: int | None = None
        self._ticket: int | None = None

    def look(self, state: State) -> None:
        """Begin with the next cube, the one on the screen first; stop if its cube was closed."""
        if self._document_id is not None:
            if state.find(self._document_id) is None:
                self._runner.cancel(BANDS)
            return
        waiting = [one for one in state.documents.items if not one.bands_settled]
        waiting.sort(key=lambda one: one.id != state.documents.active)
        if waiting:
            self._begin(waiting[0])

    def cancel(self) -> None:
        """Stop; what is kept by then stays, and bands of the rest are read from the file."""
        self._runner.cancel(BANDS)

    def _begin(self, document: Document) -> None:
        self._document_id, self._ticket = document.id, None
        cube = as_read(document.cube)

        def progress(fraction: float, text: str) -> None:
            if self._ticket is None:  # of a cube that needs nothing, nothing is told
                self._ticket = self._session.caching_job.start(document.id, _title(cube))
            self._session.caching_job.progress(self._ticket, fraction, text)

        self._runner.submit(
            BANDS,
            Task(
                lambda step: self._services.keep_bands(cube, step),
                lambda _: self._ended(None),
                self._ended,
                progress,
                patience_s=WHOLE_PATIENCE_S,
                about=cube.place,
            ),
        )

    def _ended(self, error: Exception | None) -> None:
        document_id, ticket = self._document_id, self._ticket
        self._document_id = self._ticket = None
        document = self._session.state.find(document_id)
        failed = error is not None and not isinstance(error, Cancelled)
        if document is not None and ticket is None and failed:
            ticket = self._session.caching_job.start(document.id, _title(document.cube))
        if ticket is not None:
            status: JobStatus = "failed" if failed else "cancelled" if error else "done"
            told = problem_of("", error).text if error is not None and failed else ""
            self._session.caching_job.end(ticket, status, told)
        if document is not None:
            self._session.documents.mark_bands_cached(document.id)
        self.look(self._session.state)


def _title(cube: Cube) -> str:
    return f"Caching the bands of {cube.name}"
