"""The offer to bring back what an earlier run did not live to save."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from focus_viewer.core.documents.project import RecoveredWork
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change
from focus_viewer.session.tasks.projects import Projects
from focus_viewer.ui.widgets.labels import button, label


class RecoveryBanner(QFrame):
    """Shows the latest lost work, one at a time, until it is recovered or discarded.

    Parameters
    ----------
    session : Session
    projects : Projects
    unless_unsaved : callable
        Does what it is told, once work that is not saved has been asked about.
    """

    def __init__(
        self,
        session: Session,
        projects: Projects,
        unless_unsaved: Callable[[Callable[[], None]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("offer")
        self._session = session
        self._projects = projects
        self._unless_unsaved = unless_unsaved
        self.text = label("", wrapped=True)
        self.recover = button("Recover")
        self.discard = button("Discard")
        self.recover.clicked.connect(self._on_recover)
        self.discard.clicked.connect(self._on_discard)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.addWidget(self.text, 1)
        row.addWidget(self.recover)
        row.addWidget(self.discard)
        session.changed.connect(self._on_changed)
        self._show(session.state.requests.recovered_work)

    def _on_changed(self, change: Change) -> None:
        if change.touched(lambda state: state.requests.recovered_work):
            self._show(change.after.requests.recovered_work)

    def _show(self, lost: tuple[RecoveredWork, ...]) -> None:
        self.setVisible(bool(lost))
        if lost:
            self.text.setText(told(_latest(lost)))

    def _on_recover(self) -> None:
        lost = _latest(self._session.state.requests.recovered_work)
        self._unless_unsaved(lambda: self._projects.recover(lost))

    def _on_discard(self) -> None:
        self._projects.discard(_latest(self._session.state.requests.recovered_work))


def told(lost: RecoveredWork) -> str:
    """What was lost, in words."""
    when = datetime.fromtimestamp(lost.seconds).strftime("%d %B, %H:%M")
    of = f" of {lost.of.name}" if lost.of else ""
    cubes = f"{lost.cubes} cube{'' if lost.cubes == 1 else 's'}"
    # None are not told: what was done to a cube is work too.
    regions = f", {lost.regions} region{'' if lost.regions == 1 else 's'}" if lost.regions else ""
    return f"Work{of} of {when} was not saved before the program ended: {cubes}{regions}."


def _latest(lost: tuple[RecoveredWork, ...]) -> RecoveredWork:
    return max(lost, key=lambda one: one.seconds)
