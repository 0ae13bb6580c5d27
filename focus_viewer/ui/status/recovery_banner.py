"""Banner that offers to recover autosaved work of an earlier run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout

from focus_viewer.core.counted import counted
from focus_viewer.core.documents.project import RecoveredWork
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.projects import Projects
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label


class RecoveryBanner(QFrame):
    """Banner for the latest unsaved work, until it is recovered or discarded.

    Before work is recovered, `prompt_to_save` asks about the open one.
    """

    def __init__(
        self,
        session: Session,
        projects: Projects,
        prompt_to_save: Callable[[Callable[[], None]], None],
    ) -> None:
        super().__init__()
        self.setObjectName("offer")
        self._session = session
        self._projects = projects
        self._prompt_to_save = prompt_to_save
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
        self._bindings = Bindings(
            session, Binding(self._show, lambda state: state.requests.recovered_work)
        )

    def _show(self, state: State) -> None:
        recovered = state.requests.recovered_work
        self.setVisible(bool(recovered))
        if recovered:
            self.text.setText(recovery_text(_latest(recovered)))

    def _on_recover(self) -> None:
        work = _latest(self._session.state.requests.recovered_work)
        self._prompt_to_save(lambda: self._projects.recover(work))

    def _on_discard(self) -> None:
        self._projects.discard(_latest(self._session.state.requests.recovered_work))


def recovery_text(work: RecoveredWork) -> str:
    """Describe recovered work in a sentence."""
    when = datetime.fromtimestamp(work.seconds).strftime("%d %B, %H:%M")
    project = f" in {work.of.name}" if work.of else ""
    cubes = counted(work.cubes, "cube")
    # Work without regions is worth recovering too: it may be preprocessing.
    regions = f", {counted(work.regions, 'region')}" if work.regions else ""
    return f"Unsaved work{project} from {when} can be recovered: {cubes}{regions}."


def _latest(recovered: tuple[RecoveredWork, ...]) -> RecoveredWork:
    return max(recovered, key=lambda work: work.seconds)
