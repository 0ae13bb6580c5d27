"""Explanations of documents in the background."""

from __future__ import annotations

from functools import partial

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.requests import problem_of
from focus_viewer.session.tasks.background import Background, log_failure
from focus_viewer.session.tasks.lane_names import EXPLAIN
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import Explaining


class ExplanationTasks:
    """Explanations of documents.

    Attributes
    ----------
    model : str
        Name or folder of the model; replaced by that of a project.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        explaining: Explaining,
        model: str,
        device: str,
    ) -> None:
        self._session = session
        self._background = background
        self._explaining = explaining
        self.model = model
        self.device = device

    def prepare(self) -> None:
        """Load ahead what explaining needs, while there is nothing else to do."""
        self._background.submit(
            EXPLAIN, self._explaining.prepare, failed=log_failure("background work")
        )

    def explain(self, document: Document) -> None:
        """Explain a document, again if need be."""
        session, document_id = self._session, document.id
        ticket = session.explaining_job.start(document_id, f"Explaining {document.cube.name}")
        request = ExplainRequest(ticket, document.cube, self.model, self.device)

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                session.explanation.fail(ticket, document_id, "cancelled", "")
            else:
                text = problem_of("Could not explain", error).text
                session.explanation.fail(ticket, document_id, "failed", text)

        self._background.submit(
            EXPLAIN,
            partial(self._explaining.explain, request),
            partial(session.explanation.take, ticket, document_id),
            reads=document.cube.place,
            patience_s=WHOLE_PATIENCE_S,
            failed=failed,
            progress=partial(session.explaining_job.progress, ticket),
        )

    def cancel(self) -> None:
        """Stop explaining."""
        self._background.cancel(EXPLAIN)

    def abandon(self) -> None:
        """Stop explaining a document that was closed."""
        self.cancel()
        self._session.explaining_job.abandon()
