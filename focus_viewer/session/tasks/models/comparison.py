"""Comparison of models in the background: each is asked about each open cube, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.region_decision import undecided
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.session.outputs.model_comparison import comparison_rows, known_decision
from focus_viewer.session.outputs.model_comparison_csv import comparison_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.models import ComparedDecision, ModelEntry, compared_decision
from focus_viewer.session.state.slices.requests import problem_of
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import COMPARE_MODELS, FILES, IDENTIFY
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import Services

_Pair = tuple[Document, ModelEntry]


class ModelComparisonTasks:
    """Decisions of several models on the open cubes."""

    def __init__(
        self, session: Session, background: Background, services: Services, device: str
    ) -> None:
        self._session = session
        self._background = background
        self._services = services
        self._device = device

    def compare(self, places: Sequence[str]) -> None:
        """Ask models about all open cubes, the active one first; what is known is not asked."""
        state = self._session.state
        active = state.documents.active
        documents = sorted(state.documents.items, key=lambda document: document.id != active)
        entries = [entry for place in places if (entry := state.models.find(place)) is not None]
        pairs = [
            (document, entry)
            for document in documents
            for entry in entries
            if known_decision(state.models, document, entry) is None
        ]
        self.cancel()
        self.identify()
        if pairs:
            ticket = self._session.comparing_job.start(pairs[0][0].id, "Comparing models")
            self._advance(ticket, pairs, 0)

    def _advance(self, ticket: int, pairs: Sequence[_Pair], number: int) -> None:
        """Ask one model about one cube, and go on with the next."""
        session, (document, entry) = self._session, pairs[number]
        share = number / len(pairs), (number + 1) / len(pairs)
        request = ExplainRequest(ticket, document.cube, entry.place, self._device)

        def done(found: ComparedDecision) -> None:
            if not session.state.jobs.comparing.is_running(ticket):
                return
            session.models.take_decision(document.id, entry.place, found)
            if number + 1 < len(pairs):
                self._advance(ticket, pairs, number + 1)
            else:
                session.comparing_job.end(ticket, "done", "compared")

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                session.comparing_job.end(ticket, "cancelled", "cancelled")
                return
            problem = problem_of("Could not compare the models", error)
            session.comparing_job.end(ticket, "failed", problem.text)
            session.requests.report(problem)

        self._background.submit(
            COMPARE_MODELS,
            lambda step: self._decide(request, entry, part(step, *share)),
            done,
            reads=document.cube.place,
            patience_s=WHOLE_PATIENCE_S,
            failed=failed,
            progress=partial(session.comparing_job.progress, ticket),
        )

    def _decide(self, request: ExplainRequest, entry: ModelEntry, step: Step) -> ComparedDecision:
        step(0.0, f"asking about {request.cube.name}")
        try:
            explanation = self._services.explaining.explain(request, step)
        except FocusError as error:  # said in the cell: other models and cubes can be compared
            return ComparedDecision(request.cube, entry.card.sha256, undecided(str(error)))
        # Of the entry: a model that was replaced meanwhile is asked again.
        return replace(compared_decision(request.cube, explanation), sha256=entry.card.sha256)

    def identify(self) -> None:
        """Compute the content of open cubes, by which taught models know what they were taught."""
        models, documents = self._session.state.models, self._session.state.documents.items
        wanted = [document for document in documents if document.id not in models.fingerprints]
        if not wanted or not any(entry.card.teaching for entry in models.known):
            return
        document = wanted[0]

        def done(fingerprint: str) -> None:
            self._session.models.take_fingerprints({document.id: fingerprint})
            self.identify()

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                done("")

        self._background.submit(
            IDENTIFY,
            lambda step: self._services.projects.fingerprint(document.cube, step),
            done,
            reads=document.cube.place,
            failed=failed,
        )

    def cancel(self) -> None:
        """Stop comparing; what was decided until then stays."""
        self._background.cancel(COMPARE_MODELS)

    def save(self, path: Path, places: Sequence[str]) -> None:
        """Write the decisions as CSV."""
        text = comparison_text(comparison_rows(self._session.state, places))
        self._background.submit(
            FILES,
            lambda step: self._services.regions.write_text(path, text),
            title=f"Could not save {path.name}",
        )
