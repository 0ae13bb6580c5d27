"""Status bar entry of the explanation: stage, progress and outcome."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.job import Job
from focus_viewer.session.state.state import Change
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.job_bar import JobBar


class JobStatus(JobBar):
    """Status of the explanation, with progress and Cancel while it runs."""

    def __init__(
        self, session: Session, workbench: Workbench, parent: QWidget | None = None
    ) -> None:
        super().__init__(workbench.explaining.cancel, "Cancel the explanation (Esc)", 200, parent)
        self.layout().addStretch(1)  # type: ignore[union-attr]
        session.changed.connect(self._on_changed)
        self._show(session.state.jobs.explaining)

    def _on_changed(self, change: Change) -> None:
        if change.touched(lambda state: state.jobs.explaining):
            self._show(change.after.jobs.explaining)

    def _show(self, job: Job) -> None:
        self.show_job(job, job_text(job))


def job_text(job: Job) -> str:
    """Describe the job in a line."""
    if job.status == "running":
        return f"{job.title}: {job.stage}" if job.stage else job.title
    if job.status == "cancelled":
        return f"{job.title}: cancelled"
    if job.status == "failed":
        return f"{job.title}: failed"
    if job.status == "done":
        return f"Explained: {job.message}"
    return "Ready"
