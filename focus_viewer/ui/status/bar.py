"""Status bar: explaining at the left, all other jobs beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QStatusBar

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.status.job_status import JobStatus, SideStatus
from focus_viewer.ui.status.queue_status import QueueStatus


def fill_status_bar(
    bar: QStatusBar, explaining: JobStatus, session: Session, workbench: Workbench
) -> None:
    """Show the jobs in a status bar."""
    bar.addWidget(explaining, 1)
    bar.addPermanentWidget(QueueStatus(session, workbench))
    for status in (
        SideStatus(session, "band_caching", workbench.band_caching.cancel),
        SideStatus(session, "trust", workbench.trust.cancel),
        SideStatus(session, "teaching", workbench.teaching.cancel),
        SideStatus(session, "export", workbench.exports.cancel),
    ):
        bar.addPermanentWidget(status)
