"""Status bar entry of the queue of cubes that are explained one after the other."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.widgets.bindings import Binding, Bindings

_BAR_PX = (90, 14)
_STEPS = 100  # a cube


class QueueStatus(QWidget):
    """How many of the open cubes are explained, with Pause and Cancel; hidden without a queue."""

    def __init__(self, session: Session, workbench: Workbench) -> None:
        super().__init__()
        self._queue = workbench.explaining_all
        self.text, self.bar = QLabel(), QProgressBar()
        self.bar.setFixedSize(*_BAR_PX)
        self.bar.setTextVisible(False)
        self.pause, self.cancel = QPushButton(), QPushButton("Cancel")
        self.pause.clicked.connect(workbench.explaining_all.toggle_pause)
        self.cancel.clicked.connect(workbench.explaining_all.cancel)
        self.cancel.setToolTip("Explain no further cube; each is explained when it is shown")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 10, 2)
        for widget in (self.text, self.bar, self.pause, self.cancel):
            row.addWidget(widget)
        self._bindings = Bindings(
            session,
            Binding(
                self._show,
                lambda state: (state.queue, state.documents.items, state.jobs.explaining),
            ),
        )

    def _show(self, state: State) -> None:
        queue = state.queue
        self.setVisible(bool(queue.ids))
        paused = " (paused)" if queue.paused else ""
        self.text.setText(f"{queue.text(state.documents)}{paused}")
        self.text.setToolTip(f"Open cubes: {self._queue.memory_text}")
        self.bar.setRange(0, _STEPS * max(len(queue.ids), 1))
        ended = len(queue.ids) - len(queue.waiting(state.documents))
        job = state.jobs.explaining
        begun = job.fraction if job.is_running() else 0.0  # so that it moves from the start
        self.bar.setValue(round(_STEPS * (ended + begun)))
        self.pause.setText("Go on" if queue.paused else "Pause")
        self.pause.setToolTip(
            "Go on with the next cube" if queue.paused else "Stop after this cube"
        )
