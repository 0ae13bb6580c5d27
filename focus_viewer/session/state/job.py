"""Jobs slice: progress and outcome of work in the background."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

JobStatus = Literal["idle", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Job:
    """Work that the user is informed about.

    Attributes
    ----------
    ticket : int
        A result counts only if it carries the ticket of the current job.
    document_id : int or None
        Document that it is done for.
    status : {"idle", "running", "done", "failed", "cancelled"}
    title : str
        Such as "Explaining leaf".
    stage : str
        Current step of the work.
    fraction : float
        0 to 1.
    message : str
        Outcome.
    """

    ticket: int = 0
    document_id: int | None = None
    status: JobStatus = "idle"
    title: str = ""
    stage: str = ""
    fraction: float = 0.0
    message: str = ""

    def is_running(self, ticket: int | None = None) -> bool:
        """Return whether it runs, and has this ticket if one is given."""
        return self.status == "running" and ticket in (None, self.ticket)

    def ended(self, status: JobStatus, message: str) -> Job:
        """Return the job as it ended."""
        return replace(self, status=status, message=message, stage="", fraction=1.0)


@dataclass(frozen=True)
class Jobs:
    """Work in the background: each job that runs, or ran last; the user waits for explaining."""

    explaining: Job = field(default_factory=Job)
    comparing: Job = field(default_factory=Job)
    export: Job = field(default_factory=Job)
    band_caching: Job = field(default_factory=Job)
    trust: Job = field(default_factory=Job)
    teaching: Job = field(default_factory=Job)
    study: Job = field(default_factory=Job)

    def tests(self, document_id: int) -> bool:
        """Return whether a document's explanation is being tested."""
        return self.trust.is_running() and self.trust.document_id == document_id

    def explains(self, document_id: int) -> bool:
        """Return whether a document is being explained."""
        return self.explaining.is_running() and self.explaining.document_id == document_id
