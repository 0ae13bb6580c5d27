"""Banner for errors, which blocks no input."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.requests import Problem
from focus_viewer.session.state.state import Change
from focus_viewer.ui.widgets.labels import label


class ProblemBanner(QFrame):
    """Banner for the current problem, until it is dismissed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problem")
        self._title = label("", "subheading")
        self._text = label("", wrapped=True)
        message = QVBoxLayout()
        message.addWidget(self._title)
        message.addWidget(self._text)
        dismiss = QPushButton("Dismiss")
        dismiss.clicked.connect(session.requests.dismiss_problem)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 10, 10)
        row.addLayout(message, 1)
        row.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)
        session.changed.connect(self._on_changed)
        self._show(session.state.requests.problem)

    def _on_changed(self, change: Change) -> None:
        if change.touched(lambda state: state.requests.problem):
            self._show(change.after.requests.problem)

    def _show(self, problem: Problem | None) -> None:
        self.setVisible(problem is not None)
        if problem is not None:
            self._title.setText(problem.title)
            self._text.setText(problem.text)
