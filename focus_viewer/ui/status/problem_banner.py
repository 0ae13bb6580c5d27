"""Banner for errors, which blocks no input."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import label


class ProblemBanner(QFrame):
    """Banner for the current problem, until it is dismissed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("problem")
        self.message = label("", wrapped=True)
        dismiss = QPushButton("Dismiss")
        dismiss.clicked.connect(session.requests.dismiss_problem)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.addWidget(self.message, 1)
        row.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self._bindings = Bindings(
            session, Binding(self._show, lambda state: state.requests.problem)
        )

    def _show(self, state: State) -> None:
        problem = state.requests.problem
        self.setVisible(problem is not None)
        if problem is not None:
            self.setProperty("note", problem.is_note)
            self.style().polish(self)  # the style sheet looks at properties only then
            text = escape(problem.text).replace("\n", "<br>")
            # In one paragraph: the banner covers as little of a low picture as it can.
            self.message.setText(f"<b>{escape(problem.title)}</b>&ensp;{text}")
