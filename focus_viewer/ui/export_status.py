"""The status bar's words about a file that is being exported."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from focus_viewer.session.exporting import Exports
from focus_viewer.session.session import Session
from focus_viewer.session.state import Change, Job

_STEPS = 1000


class ExportStatus(QWidget):
    """Shows the session's export: progress and Cancel, then how it ended; nothing before.

    Parameters
    ----------
    session : Session
    exports : Exports
    """

    def __init__(self, session: Session, exports: Exports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedSize(120, 14)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop writing; nothing half-written is left")
        self.cancel.clicked.connect(exports.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 10, 2)
        for one in (self.text, self.bar, self.cancel):
            row.addWidget(one)
        session.changed.connect(self._on_changed)
        self._show(session.state.export)

    def _on_changed(self, change: Change) -> None:
        if change.touched("export"):
            self._show(change.after.export)

    def _show(self, job: Job) -> None:
        running = job.status == "running"
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.bar.setValue(round(job.fraction * _STEPS))
        self.text.setText(told(job))
        self.setVisible(bool(self.text.text()))


def told(job: Job) -> str:
    """The export in a line; what failed is told by the problem's banner."""
    if job.status == "running":
        return job.title
    if job.status == "done":
        return f"Wrote {job.message}"
    return f"{job.title}: {job.status}" if job.status in ("failed", "cancelled") else ""
