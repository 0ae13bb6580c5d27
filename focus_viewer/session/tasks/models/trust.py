"""Tests of explanations in the background, a stage at a time."""

from __future__ import annotations

from functools import partial

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.trust import TrustReport, TrustRequest
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.requests import problem_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import TRUST
from focus_viewer.session.tasks.models.explaining import ExplanationTasks
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import Explaining, TrialRun


class TrustTasks:
    """Tests of the explanations of documents, with the model and device that explained them."""

    def __init__(
        self,
        session: Session,
        background: Background,
        explaining: Explaining,
        explanations: ExplanationTasks,
    ) -> None:
        self._session = session
        self._background = background
        self._explaining = explaining
        self._explanations = explanations

    def test(self) -> None:
        """Put the explanation of the active document's class to the test, again if need be."""
        document = self._session.state.document
        if document is None or document.explanation is None or document.class_name is None:
            return
        if document.withheld or document.explanation.card.attached:
            return
        model, device = self._session.state.models.chosen, self._explanations.device
        found = document.explanation
        request = TrustRequest(document.cube, found, document.class_name, model, device)
        ticket = self._session.trust_job.start(document.id, f"Testing {document.cube.name}")
        self._session.trust.begin(document.id)
        self._advance(ticket, document, found, self._explaining.test(request))

    def _advance(
        self, ticket: int, document: Document, explanation: Explanation, run: TrialRun
    ) -> None:
        """Do the next stage of a run, and those behind it as long as they are wanted."""
        session = self._session

        def done(report: TrustReport | None) -> None:
            wanted = report and session.trust.take(ticket, document.id, explanation, report)
            if report and wanted and not report.finished:
                self._advance(ticket, document, explanation, run)

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                session.trust.fail(ticket, "cancelled", "cancelled")
            else:
                session.trust.fail(ticket, "failed", problem_of("Could not test", error).text)

        self._background.submit(
            TRUST,
            run.advance,
            done,
            reads=document.cube.place,
            patience_s=WHOLE_PATIENCE_S,
            failed=failed,
            progress=partial(session.trust_job.progress, ticket),
        )

    def cancel(self) -> None:
        """Stop testing; what was found until then stays."""
        self._background.cancel(TRUST)

    def drop_outdated(self, state: State) -> None:
        """Stop testing a document that was closed, or that is explained anew."""
        job, explaining = state.jobs.trust, state.jobs.explaining
        document = state.find(job.document_id)
        closed = document is None or document.explanation is None
        anew = explaining.is_running() and explaining.document_id == job.document_id
        if job.is_running() and (closed or anew):
            self.cancel()
            self._session.trust_job.abandon()
