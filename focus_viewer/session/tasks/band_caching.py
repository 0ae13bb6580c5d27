"""Filling of the band cache of large cubes, one cube after the other."""

from __future__ import annotations

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.job import JobStatus
from focus_viewer.session.state.slices.requests import problem_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import BANDS
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import CubeFiles


class BandCaching:
    """Filling of the band cache."""

    def __init__(self, session: Session, background: Background, cubes: CubeFiles) -> None:
        self._session = session
        self._background = background
        self._cubes = cubes
        self._document_id: int | None = None
        self._ticket: int | None = None

    def update(self, state: State) -> None:
        """Start with the next cube, the active one first; stop if its cube was closed."""
        if self._document_id is not None:
            if state.find(self._document_id) is None:
                self.cancel()
            return
        waiting = [document for document in state.documents.items if not document.bands_ready]
        waiting.sort(key=lambda document: document.id != state.documents.active)
        if waiting:
            self._start(waiting[0])

    def cancel(self) -> None:
        """Stop; bands that are not cached by then are read from the cube's file."""
        self._background.cancel(BANDS)

    def _start(self, document: Document) -> None:
        self._document_id, self._ticket = document.id, None
        cube = as_read(document.cube)

        def progress(fraction: float, text: str) -> None:
            if self._ticket is None:  # a cube that needs no cache never reports progress
                self._ticket = self._session.caching_job.start(document.id, _title(cube))
            self._session.caching_job.progress(self._ticket, fraction, text)

        self._background.submit(
            BANDS,
            lambda step: self._cubes.fill_band_cache(cube, step),
            lambda _: self._ended(None),
            reads=cube.place,
            patience_s=WHOLE_PATIENCE_S,
            failed=self._ended,
            progress=progress,
        )

    def _ended(self, error: Exception | None) -> None:
        document, ticket = self._session.state.find(self._document_id), self._ticket
        self._document_id = self._ticket = None
        failed = error is not None and not isinstance(error, Cancelled)
        if document is not None and ticket is None and failed:
            ticket = self._session.caching_job.start(document.id, _title(document.cube))
        if ticket is not None:
            status: JobStatus = "failed" if failed else "cancelled" if error else "done"
            message = problem_of("", error).text if error is not None and failed else ""
            self._session.caching_job.end(ticket, status, message)
        if document is not None:
            self._session.documents.mark_bands_cached(document.id)
        self.update(self._session.state)


def _title(cube: Cube) -> str:
    return f"Caching the bands of {cube.name}"
