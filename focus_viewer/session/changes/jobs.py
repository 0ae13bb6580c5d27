"""Changes of a job: start, progress, end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from focus_viewer.session.state.job import Job, Jobs, JobStatus
from focus_viewer.session.store import Store


class JobChanges:
    """Changes of the job that `job` selects and `with_job` replaces."""

    def __init__(
        self, store: Store, job: Callable[[Jobs], Job], with_job: Callable[[Jobs, Job], Jobs]
    ) -> None:
        self._store = store
        self._job = job
        self._with_job = with_job

    def start(self, document_id: int, title: str) -> int:
        """Start a job in place of the one before; return the ticket of its progress and results."""
        ticket = self._store.next_id()
        self._put(Job(ticket, document_id, "running", title))
        return ticket

    def progress(self, ticket: int, fraction: float, stage: str) -> None:
        """Update progress; ignore updates from outdated jobs."""
        job = self._job(self._store.state.jobs)
        if job.is_running(ticket):
            self._put(replace(job, fraction=float(np.clip(fraction, 0, 1)), stage=stage))

    def end(self, ticket: int, status: JobStatus, message: str) -> None:
        """Set the outcome; ignore that of outdated jobs."""
        job = self._job(self._store.state.jobs)
        if job.is_running(ticket):
            self._put(job.ended(status, message))

    def abandon(self) -> None:
        """Forget the job: its result is not wanted any more."""
        self._put(Job())

    def _put(self, job: Job) -> None:
        state = self._store.state
        self._store.publish(replace(state, jobs=self._with_job(state.jobs, job)))
