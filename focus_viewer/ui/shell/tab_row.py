"""Row of the open cubes: their tabs, and a button that lists them all."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.document_names import document_names
from focus_viewer.session.state.state import State
from focus_viewer.ui.shell.document_tabs import DocumentTabs
from focus_viewer.ui.widgets.bindings import Binding, Bindings


class TabRow(QWidget):
    """Tabs with a list of all cubes at their end, where there are several."""

    def __init__(self, session: Session, tabs: DocumentTabs) -> None:
        super().__init__()
        self.setObjectName("tabrow")
        self._session = session
        self.list_button = QToolButton()
        self.list_button.setObjectName("list")
        self.list_button.setToolTip("All open cubes (Ctrl+Tab shows the next one)")
        self.list_button.setAccessibleName("All open cubes")
        self.list_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.list_button)
        self.menu.aboutToShow.connect(self._fill)
        self.list_button.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(tabs, 1)
        row.addWidget(self.list_button)
        self._bindings = Bindings(session, Binding(self._show, lambda state: state.documents.items))

    def _show(self, state: State) -> None:
        self.setVisible(bool(state.documents.items))
        self.list_button.setVisible(len(state.documents.items) > 1)

    def _fill(self) -> None:
        documents = self._session.state.documents
        self.menu.clear()
        for document_id, name in document_names(documents).items():
            action = self.menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(document_id == documents.active)
            action.triggered.connect(partial(self._activate, document_id))

    def _activate(self, document_id: int, _checked: bool = False) -> None:
        self._session.documents.activate(document_id)
