"""The changes of a session that concern a file that is being exported."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np

from focus_viewer.session.state import Job, JobStatus, State


class ExportJob(ABC):
    """Tells of the export beside the job: explaining goes on while a file is written."""

    @property
    @abstractmethod
    def state(self) -> State:
        """What is shown now."""

    @abstractmethod
    def _publish(self, **values: Any) -> None: ...

    @abstractmethod
    def _next_id(self) -> int: ...

    def start_export(self, document_id: int, title: str) -> int:
        """Begin an export; what ran before no longer counts.

        Returns
        -------
        int
            The ticket that its news must carry.
        """
        ticket = self._next_id()
        self._publish(export=Job(ticket, document_id, "running", title))
        return ticket

    def progress_export(self, ticket: int, fraction: float, stage: str) -> None:
        """Tell how far it is; a late word is dropped."""
        if self._exports(ticket):
            share = float(np.clip(fraction, 0, 1))
            self._publish(export=replace(self.state.export, fraction=share, stage=stage))

    def end_export(self, ticket: int, status: JobStatus, message: str) -> None:
        """Tell how it ended; of an export that another has followed nothing is told."""
        if self._exports(ticket):
            ended = replace(
                self.state.export, status=status, message=message, stage="", fraction=1.0
            )
            self._publish(export=ended)

    def _exports(self, ticket: int) -> bool:
        return ticket == self.state.export.ticket and self.state.export.status == "running"
