"""Changes of the test of an explanation: its report, and the method that the views show."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.trust import TrustReport
from focus_viewer.session.state.job import JobStatus
from focus_viewer.session.store import Changes


class TrustChanges(Changes):
    """Changes of the tests of explanations; unknown ids are ignored."""

    def begin(self, document_id: int) -> None:
        """Forget the report of a document, which is tested anew; its views show FOCUS."""
        self._change(document_id, lambda document: replace(document, trust=None, rival=None))

    def take(
        self, ticket: int, document_id: int, explanation: Explanation, report: TrustReport
    ) -> bool:
        """Take a report, also an unfinished one; return whether it was wanted.

        It is not if its job was ended, its cube closed or explained anew.
        """
        state = self._state
        document, job = state.find(document_id), state.jobs.trust
        if not job.is_running(ticket):
            return False
        if document is None or document.explanation is not explanation:
            self._end(ticket, "cancelled", "")
            return False
        state = state.with_document(replace(document, trust=report))
        if report.finished:
            ended = job.ended("done", f"{report.seconds:.0f} s")
            state = replace(state, jobs=replace(state.jobs, trust=ended))
        self._store.publish(state)
        return True

    def fail(self, ticket: int, status: JobStatus, message: str) -> None:
        """Record that a test was cancelled or failed; what it found until then stays."""
        self._end(ticket, status, message)

    def view(self, rival: str | None) -> None:
        """Show another method's saliency of the active cube in all views; None shows FOCUS.

        Ignored while two cubes are compared, and for methods that are not in its report.
        """
        state, document = self._state, self._state.document
        if document is None or (rival is not None and state.comparison.pair is not None):
            return
        known = document.tested is not None and document.tested.rival(rival) is not None
        if rival is None or known:
            self._store.publish(state.with_document(replace(document, rival=rival)))

    def _end(self, ticket: int, status: JobStatus, message: str) -> None:
        state, job = self._state, self._state.jobs.trust
        if job.is_running(ticket):
            jobs = replace(state.jobs, trust=job.ended(status, message))
            self._store.publish(replace(state, jobs=jobs))
