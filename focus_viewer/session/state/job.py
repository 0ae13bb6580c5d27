"""Work in the background that the user is told of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

JobStatus = Literal["idle", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Job:
    """The work that the user waits for.

    Attributes
    ----------
    ticket : int
        A result counts only if it carries the ticket of the current job.
    document_id : int or None
        The document that it is done for.
    status : {"idle", "running", "done", "failed", "cancelled"}
    title : str
        What is being done, such as "Explaining leaf".
    stage : str
        What is being done just now.
    fraction : float
        0 to 1.
    message : str
        How it ended.
    """

    ticket: int = 0
    document_id: int | None = None
    status: JobStatus = "idle"
    title: str = ""
    stage: str = ""
    fraction: float = 0.0
    message: str = ""
