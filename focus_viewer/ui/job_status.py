"""The status bar's words: what is being done, how far, and what it took."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state import Change, Job
from focus_viewer.session.workbench import Workbench

_STEPS = 1000


class JobStatus(QWidget):
    """Shows the session's job: stage, progress, Cancel; its outcome when it has ended.

    Parameters
    ----------
    session : Session
    workbench : Workbench
    """

    def __init__(
        self, session: Session, workbench: Workbench, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedWidth(200)
        self.bar.setFixedHeight(14)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop explaining (Esc)")
        self.cancel.clicked.connect(workbench.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 10, 2)
        row.addWidget(self.text)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        row.addStretch(1)
        session.changed.connect(self._on_changed)
        self._show(session.state.job)

    def _on_changed(self, change: Change) -> None:
        if change.touched("job"):
            self._show(change.after.job)

    def _show(self, job: Job) -> None:
        running = job.status == "running"
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.bar.setValue(round(job.fraction * _STEPS))
        self.text.setText(told(job))


def told(job: Job) -> str:
    """The job in a line."""
    if job.status == "running":
        return f"{job.title}: {job.stage}" if job.stage else job.title
    if job.status == "cancelled":
        return f"{job.title}: cancelled"
    if job.status == "failed":
        return f"{job.title}: failed"
    if job.status == "done":
        return f"Explained: {job.message}"
    return "Ready"
