"""The status bar's words about work beside the job: an export, bands that are kept together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtWidgets import QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.job import Job
from focus_viewer.session.state.state import Change, State
from focus_viewer.ui.shell.job_bar import JobBar

Side = Literal["export", "band_caching"]


class SideStatus(JobBar):
    """Shows such work: progress and Cancel, then how it ended; nothing before.

    Parameters
    ----------
    session : Session
    side : str
    cancel : callable
        Stops the work.
    """

    def __init__(
        self,
        session: Session,
        side: Side,
        cancel: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(cancel, _TIPS[side], 120, parent)
        self._side: Side = side
        session.changed.connect(self._on_changed)
        self._show(_JOBS[side](session.state))

    def _on_changed(self, change: Change) -> None:
        if change.touched(_JOBS[self._side]):
            self._show(_JOBS[self._side](change.after))

    def _show(self, job: Job) -> None:
        self.show_job(job, _TOLD[self._side](job))
        self.setToolTip(job.message)
        self.setVisible(bool(self.text.text()))


def export_told(job: Job) -> str:
    """The export in a line; what failed is told by the problem's banner."""
    if job.status == "running":
        return job.title
    if job.status == "done":
        return f"Wrote {job.message}"
    return f"{job.title}: {job.status}" if job.status in ("failed", "cancelled") else ""


def banding_told(job: Job) -> str:
    """Bands in a line; once they are quick there is nothing to tell."""
    if job.status == "running":
        return f"{job.title}: {job.fraction:.0%}"
    if job.status == "cancelled":
        return f"{job.title}: stopped"
    return f"{job.title}: failed (point here for why)" if job.status == "failed" else ""


_JOBS: dict[Side, Callable[[State], Job]] = {
    "export": lambda state: state.jobs.export,
    "band_caching": lambda state: state.jobs.band_caching,
}
_TOLD: dict[Side, Callable[[Job], str]] = {"export": export_told, "band_caching": banding_told}
_TIPS: dict[Side, str] = {
    "export": "Stop writing; nothing half-written is left",
    "band_caching": "Stop; what is done stays, and other bands are read from the cube's file",
}
