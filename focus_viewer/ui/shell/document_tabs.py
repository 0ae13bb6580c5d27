"""Tabs of the open cubes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QTabBar

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets.bindings import Binding, Bindings


class DocumentTabs(QTabBar):
    """Tab bar to activate or close the open cubes; `close` takes the id of a document."""

    def __init__(self, session: Session, close: Callable[[int], None]) -> None:
        super().__init__()
        self._session = session
        self.setTabsClosable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.currentChanged.connect(self._on_chosen)
        self.tabCloseRequested.connect(lambda index: close(self._id_at(index)))
        self._bindings = Bindings(session, Binding(self._follow, lambda state: state.documents))

    def _id_at(self, index: int) -> int:
        return int(self.tabData(index))

    def _on_chosen(self, index: int) -> None:
        if index >= 0:
            self._session.documents.activate(self._id_at(index))

    def _follow(self, state: State) -> None:
        blocked = self.blockSignals(True)
        open_ids = [document.id for document in state.documents.items]
        for index in reversed(range(self.count())):
            if self._id_at(index) not in open_ids:
                self.removeTab(index)
        shown_ids = [self._id_at(index) for index in range(self.count())]
        for document in state.documents.items:
            if document.id not in shown_ids:
                index = self.addTab(document.cube.name)
                self.setTabData(index, document.id)
                self.setTabToolTip(index, str(document.cube.path or document.cube.name))
        if state.documents.active in open_ids:
            self.setCurrentIndex(open_ids.index(state.documents.active))
        self.setVisible(bool(open_ids))
        self.blockSignals(blocked)
