"""Words, a progress bar and a Cancel button for work of any kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from focus_viewer.session.state.job import Job

_STEPS = 1000


class JobBar(QWidget):
    """Shows one job; bar and button only while it runs.

    Parameters
    ----------
    cancel : callable
        Stops the work.
    tip : str
        What Cancel does.
    width_px : int
        Of the bar.
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
        for one in (self.text, self.bar, self.cancel):
            row.addWidget(one)

    def show_job(self, job: Job, text: str) -> None:
        """Show how far a job is, in these words."""
        running = job.status == "running"
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.bar.setValue(round(job.fraction * _STEPS))
        self.text.setText(text)
