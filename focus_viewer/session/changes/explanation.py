"""The changes of a session that concern the job that the user waits for, and its result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.session.state.band_windows import clamped, strongest_window
from focus_viewer.session.state.document import Document, Outcome
from focus_viewer.session.state.job import Job, JobStatus
from focus_viewer.session.state.state import State


class Explaining(ABC):
    """Begins jobs, tells how far they are, and takes what they give if it is still wanted."""

    @property
    @abstractmethod
    def state(self) -> State:
        """What is shown now."""

    @abstractmethod
    def _publish(self, **values: Any) -> None: ...

    @abstractmethod
    def _next_id(self) -> int: ...

    @abstractmethod
    def _replaced(self, document_id: int | None, **values: Any) -> tuple[Document, ...]: ...

    @abstractmethod
    def _link(self) -> None: ...

    def start_job(self, document_id: int, title: str) -> int:
        """Begin work for a document that the user waits for; what ran before no longer counts.

        Returns
        -------
        int
            The ticket that its results must carry.
        """
        ticket = self._next_id()
        self._publish(job=Job(ticket, document_id, "running", title))
        return ticket

    def progress(self, ticket: int, fraction: float, stage: str) -> None:
        """Tell how far the job is; a late word is dropped."""
        if self._is_running(ticket):
            job = replace(self.state.job, fraction=float(np.clip(fraction, 0, 1)), stage=stage)
            self._publish(job=job)

    def abandon_job(self) -> None:
        """Forget the job: nobody wants its result any more."""
        self._publish(job=Job())

    def _is_running(self, ticket: int) -> bool:
        return ticket == self.state.job.ticket and self.state.job.status == "running"

    def _ended(self, status: JobStatus, message: str) -> Job:
        return replace(self.state.job, status=status, message=message, stage="", fraction=1.0)

    def take_explanation(self, ticket: int, document_id: int, result: Explanation) -> None:
        """Take a result, if its ticket is current and its cube still open.

        The class chosen before is kept if the model has it, else the predicted one is explained.
        """
        document = self.state.find(document_id)
        if document is None or not self._is_running(ticket):
            return
        kept = document.class_name in result.classes
        class_name = document.class_name if kept else result.predicted
        against = document.against if document.against in result.classes else None
        # A class that is known already was chosen, in a project, together with its window.
        first = document.explanation is None and document.class_name is None
        done = replace(
            document, explanation=result, outcome="done", problem="", class_name=class_name
        )
        done = replace(done, against=None if against == class_name else against)
        window = self.state.window_nm
        if first and document_id == self.state.active:
            window = clamped(strongest_window(done, self.state.display, window), document.cube)
        self._publish(
            documents=tuple(done if one.id == document_id else one for one in self.state.documents),
            window_nm=window,
            job=self._ended("done", summary(result)),
        )
        self._link()

    def miss_explanation(
        self, ticket: int, document_id: int, outcome: Outcome, problem: str
    ) -> None:
        """Note that explaining was cancelled or failed, with the reason for the user."""
        if not self._is_running(ticket):
            return
        status: JobStatus = "cancelled" if outcome == "cancelled" else "failed"
        self._publish(
            documents=self._replaced(document_id, outcome=outcome, problem=problem),
            job=self._ended(status, problem or status),
        )


def summary(result: Explanation) -> str:
    """What an explanation took, in a line: `1 forward, 0 backward, 950 ms, cpu`."""
    cost = result.cost
    took = f"{cost.seconds * 1000:.0f} ms" if cost.seconds < 10 else f"{cost.seconds:.0f} s"
    passes = f"{cost.forward_passes} forward, {cost.backward_passes} backward"
    return f"{passes}, {took}, {cost.device}"
