"""Tabs of the open cubes, with their labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton, QWidget

from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.document_names import document_names
from focus_viewer.session.state.labels import class_colours, known_classes
from focus_viewer.session.state.state import State
from focus_viewer.ui.labels.chip import Chip, colour_of
from focus_viewer.ui.widgets.bindings import Binding, Bindings

_LEFT: Final = QTabBar.ButtonPosition.LeftSide
_RIGHT: Final = QTabBar.ButtonPosition.RightSide
_MOST_CLASSES = 9
_MOST_LETTERS = 30


class DocumentTabs(QTabBar):
    """Tab bar to activate, label or close the open cubes.

    `close`, `label` and `close_others` take the id of a document.
    """

    def __init__(
        self,
        session: Session,
        close: Callable[[int], None],
        label: Callable[[int], None],
        close_others: Callable[[int], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._session = session
        self._close = close
        self._label = label
        self._close_others = close_others
        self.setElideMode(Qt.TextElideMode.ElideNone)  # many tabs scroll, and keep their names
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setAccessibleName("Open cubes")
        self.currentChanged.connect(self._on_chosen)
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
                self._add(document)
        self._show_names(state)
        if state.documents.active in open_ids:
            self.setCurrentIndex(open_ids.index(state.documents.active))
        self._show_labels(state)
        self.setVisible(bool(open_ids))
        self.blockSignals(blocked)

    def _add(self, document: Document) -> None:
        """Add a tab with a button of our own: PySide6 keeps what it made of Qt's after its end."""
        index = self.addTab("")
        self.setTabData(index, document.id)
        button = QToolButton()
        button.setObjectName("closetab")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._close, document.id))
        self.setTabButton(index, _RIGHT, button)

    def _show_names(self, state: State) -> None:
        names = document_names(state.documents)
        for index, document in enumerate(state.documents.items):
            self.setTabText(index, shortened(names[document.id]).replace("&", "&&"))
            self.setTabToolTip(index, str(document.cube.path or document.cube.name))
            self.tabButton(index, _RIGHT).setAccessibleName(f"Close {names[document.id]}")

    # Labels

    def chip(self, index: int) -> Chip | None:
        """Return the label on a tab, if it has one."""
        found: QWidget | None = self.tabButton(index, _LEFT)
        return found if isinstance(found, Chip) else None

    def _show_labels(self, state: State) -> None:
        colours = class_colours(state)
        for index, document in enumerate(state.documents.items):
            chip, labels = self.chip(index), document.labels
            shown = NO_LABELS if chip is None else chip.labels
            if labels == shown and (chip is None or chip.colour == colour_of(labels, colours)):
                continue
            # A new one, since a tab takes its width from a button only when that is set.
            self.setTabButton(index, _LEFT, None)
            if chip is not None:
                chip.deleteLater()
            if labels != NO_LABELS:
                made = Chip(labels, colours)
                made.clicked.connect(partial(self._label, document.id))
                self.setTabButton(index, _LEFT, made)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Show the menu of a tab; by the keyboard, that of the current one."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.tabAt(event.pos())
        if index < 0:
            return
        document = self._session.state.find(self._id_at(index))
        if document is not None:
            place = self.tabRect(index).center() if by_key else QPoint(event.pos())
            self._menu(document).popup(self.mapToGlobal(place))

    def _menu(self, document: Document) -> QMenu:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for name in known_classes(self._session.state)[:_MOST_CLASSES]:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(name in document.labels.classes)
            action.triggered.connect(lambda on, n=name: self._set_class(document, n, on))
        if menu.actions():
            menu.addSeparator()
        label = menu.addAction("Label...")
        label.triggered.connect(lambda: self._label(document.id))
        menu.addAction("Close").triggered.connect(lambda: self._close(document.id))
        others = menu.addAction("Close others")
        others.setEnabled(len(self._session.state.documents.items) > 1)
        others.triggered.connect(lambda: self._close_others(document.id))
        return menu

    def _set_class(self, document: Document, name: str, on: bool) -> None:
        """Give a cube this class alone, or take it away."""
        kept = tuple(other for other in document.labels.classes if other != name)
        labels = CubeLabels((name,) if on else kept, document.labels.groups)
        self._session.documents.label(document.id, labels)


def shortened(name: str) -> str:
    """Return a name without the middle of one that is long."""
    if len(name) <= _MOST_LETTERS:
        return name
    half = (_MOST_LETTERS - 1) // 2
    return f"{name[:half]}…{name[-half:]}"
