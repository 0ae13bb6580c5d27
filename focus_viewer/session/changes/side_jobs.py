"""The changes of a session that concern work beside the job: explaining goes on meanwhile."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from focus_viewer.session.state.job import Job, JobStatus
from focus_viewer.session.state.state import State

Side = Literal["export", "banding"]
"""Attributes of the state that tell of such work."""


class SideJobs(ABC):
    """Tells of a file that is being exported, and of bands that are being kept."""

    @property
    @abstractmethod
    def state(self) -> State:
        """What is shown now."""

    @abstractmethod
    def _publish(self, **values: Any) -> None: ...

    @abstractmethod
    def _next_id(self) -> int: ...

    def start_side(self, side: Side, document_id: int, title: str) -> int:
        """Begin such work; what ran before on this side no longer counts.

        Returns
        -------
        int
            The ticket that its news must carry.
        """
        ticket = self._next_id()
        self._publish(**{side: Job(ticket, document_id, "running", title)})
        return ticket

    def progress_side(self, side: Side, ticket: int, fraction: float, stage: str) -> None:
        """Tell how far it is; a late word is dropped."""
        job = self._running(side, ticket)
        if job is not None:
            share = float(np.clip(fraction, 0, 1))
            self._publish(**{side: replace(job, fraction=share, stage=stage)})

    def end_side(self, side: Side, ticket: int, status: JobStatus, message: str) -> None:
        """Tell how it ended; of work that other has followed nothing is told."""
        job = self._running(side, ticket)
        if job is not None:
            ended = replace(job, status=status, message=message, stage="", fraction=1.0)
            self._publish(**{side: ended})

    def _running(self, side: Side, ticket: int) -> Job | None:
        job: Job = getattr(self.state, side)
        return job if job.ticket == ticket and job.status == "running" else None
