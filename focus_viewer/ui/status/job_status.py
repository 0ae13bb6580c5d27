"""Status bar entries of jobs: explanation, export and band caching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.job import Job
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.widgets.bindings import Binding, Bindings

_STEPS = 1000


class _JobBar(QWidget):
    """Text of a job, and a progress bar and Cancel button that are visible while it runs."""

    def __init__(
        self,
        session: Session,
        job: Callable[[State], Job],
        job_text: Callable[[Job], str],
        cancel: Callable[[], None],
        tip: str,
        width_px: int,
    ) -> None:
        super().__init__()
        self._job = job
        self._job_text = job_text
        self.text = QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedSize(width_px, 14)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip(tip)
        self.cancel.clicked.connect(cancel)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(10, 2, 10, 2)
        for widget in (self.text, self.bar, self.cancel):
            self.row.addWidget(widget)
        self.row.addStrut(self.cancel.sizeHint().height())  # else the window moves with each job
        self._bindings = Bindings(session, Binding(self._show, job))

    def _show(self, state: State) -> None:
        job = self._job(state)
        running = job.status == "running"
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.bar.setValue(round(job.fraction * _STEPS))
        self.text.setText(self._job_text(job))


class JobStatus(_JobBar):
    """Status of the explanation, with progress and Cancel while it runs."""

    def __init__(self, session: Session, workbench: Workbench) -> None:
        cancel, tip = workbench.explaining.cancel, "Cancel the explanation (Esc)"
        super().__init__(session, lambda state: state.jobs.explaining, job_text, cancel, tip, 200)
        self.row.addStretch(1)


class SideStatus(_JobBar):
    """Status of a background job, with progress and Cancel; hidden before it starts."""

    def __init__(
        self,
        session: Session,
        side: Literal["export", "band_caching", "trust", "teaching"],
        cancel: Callable[[], None],
    ) -> None:
        job, text, tip = _SIDES[side]
        super().__init__(session, job, text, cancel, tip, 120)

    def _show(self, state: State) -> None:
        super()._show(state)
        self.setToolTip(self._job(state).message)
        self.setVisible(bool(self.text.text()))


def job_text(job: Job) -> str:
    """Describe the job in a line."""
    if job.status == "running":
        return f"{job.title}: {job.stage}" if job.stage else job.title
    if job.status == "cancelled":
        return f"{job.title}: cancelled"
    if job.status == "failed":
        return f"{job.title}: failed"
    if job.status == "done":
        return f"Explained in {job.message}"
    return "Ready"


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
        return f"{job.title}: {100 * job.fraction:.0f} %"
    if job.status == "cancelled":
        return f"{job.title}: stopped"
    return f"{job.title}: failed (hover for details)" if job.status == "failed" else ""


def trust_text(job: Job) -> str:
    """Describe the test of an explanation in a line, empty once it is done."""
    if job.status == "running":
        return job.title
    return f"{job.title}: failed (hover for details)" if job.status == "failed" else ""


def teaching_text(job: Job) -> str:
    """Describe teaching or validating in a line, empty once it is done."""
    if job.status == "running":
        return f"{job.title}: {100 * job.fraction:.0f} %"
    return f"{job.title}: failed (hover for details)" if job.status == "failed" else ""


_SIDES: dict[str, tuple[Callable[[State], Job], Callable[[Job], str], str]] = {
    "export": (
        lambda state: state.jobs.export,
        export_text,
        "Cancel the export; the incomplete file is removed",
    ),
    "trust": (
        lambda state: state.jobs.trust,
        trust_text,
        "Stop testing; what was found until then stays",
    ),
    "teaching": (
        lambda state: state.jobs.teaching,
        teaching_text,
        "Stop; a model that is in the folder stays as it was",
    ),
    "band_caching": (
        lambda state: state.jobs.band_caching,
        band_caching_text,
        "Stop caching; cached bands stay, other bands are read from the cube file",
    ),
}
