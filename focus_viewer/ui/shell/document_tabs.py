"""One tab a cube."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QTabBar, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change, State


class DocumentTabs(QTabBar):
    """Shows the open cubes, lets one be chosen or closed.

    Parameters
    ----------
    session : Session
    close : callable
        Told the id of a document that the user closes.
    """

    def __init__(
        self, session: Session, close: Callable[[int], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.setTabsClosable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.currentChanged.connect(self._on_chosen)
        self.tabCloseRequested.connect(lambda place: close(self._id_at(place)))
        session.changed.connect(self._on_changed)
        self._follow(session.state)

    def _id_at(self, place: int) -> int:
        return int(self.tabData(place))

    def _on_chosen(self, place: int) -> None:
        if place >= 0:
            self._session.documents.activate(self._id_at(place))

    def _on_changed(self, change: Change) -> None:
        if change.touched(lambda state: (state.documents.items, state.documents.active)):
            self._follow(change.after)

    def _follow(self, state: State) -> None:
        blocked = self.blockSignals(True)
        wanted = [document.id for document in state.documents.items]
        for place in reversed(range(self.count())):
            if self._id_at(place) not in wanted:
                self.removeTab(place)
        shown = [self._id_at(place) for place in range(self.count())]
        for document in state.documents.items:
            if document.id not in shown:
                place = self.addTab(document.cube.name)
                self.setTabData(place, document.id)
                self.setTabToolTip(place, str(document.cube.path or document.cube.name))
        if state.documents.active in wanted:
            self.setCurrentIndex(wanted.index(state.documents.active))
        self.setVisible(bool(wanted))
        self.blockSignals(blocked)
