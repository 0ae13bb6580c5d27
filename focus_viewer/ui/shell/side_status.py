"""Status bar entries of background jobs: export and band caching."""

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
    """Status of a background job, with progress and Cancel; hidden before it starts.

    Parameters
    ----------
    side : {"export", "band_caching"}
    cancel : callable
        Stops the job.
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
        self.show_job(job, _TEXTS[self._side](job))
        self.setToolTip(job.message)
        self.setVisible(bool(self.text.text()))


def export_text(job: Job) -> str:
    """Describe the export in a line; the problem banner shows why it failed."""
    if job.status == "running":
        return job.title
    if job.status == "done":
        return f"Wrote {job.message}"
    return f"{job.title}: {job.status}" if job.status in ("failed", "cancelled") else ""


def band_caching_text(job: Job) -> str:
    """Describe band caching in a line, empty once it is done."""
    if job.status == "running":
        return f"{job.title}: {job.fraction:.0%}"
    if job.status == "cancelled":
        return f"{job.title}: stopped"
    return f"{job.title}: failed (hover for details)" if job.status == "failed" else ""


_JOBS: dict[Side, Callable[[State], Job]] = {
    "export": lambda state: state.jobs.export,
    "band_caching": lambda state: state.jobs.band_caching,
}
_TEXTS: dict[Side, Callable[[Job], str]] = {
    "export": export_text,
    "band_caching": band_caching_text,
}
_TIPS: dict[Side, str] = {
    "export": "Cancel the export; the incomplete file is removed",
    "band_caching": "Stop caching; cached bands stay, other bands are read from the cube file",
}
