"""Job bar: text, progress bar and Cancel button of a job."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from focus_viewer.session.state.job import Job

_STEPS = 1000


class JobBar(QWidget):
    """Display of one job; progress bar and button are visible only while it runs.

    Parameters
    ----------
    cancel : callable
        Stops the job.
    tip : str
        Tooltip of the Cancel button.
    width_px : int
        Width of the progress bar.
    """

    def __init__(
        self, cancel: Callable[[], None], tip: str, width_px: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedSize(width_px, 14)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip(tip)
        self.cancel.clicked.connect(cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 10, 2)
        for widget in (self.text, self.bar, self.cancel):
            row.addWidget(widget)

    def show_job(self, job: Job, text: str) -> None:
        """Show the progress of a job and a text."""
        running = job.status == "running"
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.bar.setValue(round(job.fraction * _STEPS))
        self.text.setText(text)
