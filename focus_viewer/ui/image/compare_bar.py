"""Comparison bar: second cube, kind of comparison and linked views."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QSizePolicy

from focus_viewer.core.documents.project import PairView
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.document_names import document_names
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.elided_box import ElidedBox
from focus_viewer.ui.widgets.labels import button, label, tool_button
from focus_viewer.ui.widgets.two_parts import TwoParts

_VIEWS: Final[dict[PairView, tuple[str, str]]] = {
    "beside": ("Side by side", "Both cubes side by side"),
    "swipe": ("Swipe", "The second cube over the first; drag the line to move the split"),
    "difference": ("Saliency", "Saliency of the second cube minus the first"),
    "measured": ("Spectra", "Measured values in the band window: second cube minus first"),
}
_LEAST_PX, _MOST_PX = 90, 280
_SIZES_DIFFER: Final = "Requires two cubes of the same size in pixels"


class CompareBar(TwoParts):
    """Bar that shows and changes how a pair of cubes is compared; hidden without a pair."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.first = Caption()  # elided in narrow windows
        self.first.setObjectName("muted")  # as the word after it
        self.first.setMinimumWidth(_LEAST_PX)
        self.first.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.second = ElidedBox()
        self.second.setMaximumWidth(_MOST_PX)
        self.second.setToolTip("The cube to compare with")
        self.second.setAccessibleName("Cube to compare with")
        self.views = {view: tool_button(*words, checkable=True) for view, words in _VIEWS.items()}
        self.link = tool_button("Linked", "Share pan, zoom, class and colour limits", True)
        self.end = button("End", tip="Show one cube again (C)")
        self._lay_out()
        self._connect()
        shown = Binding(self._show, lambda state: (state.comparison.pair, state.documents))
        self._bindings = Bindings(session, shown)

    def _lay_out(self) -> None:
        for widget, stretch in ((self.first, 1), (label("with", "muted"), 0), (self.second, 1)):
            self.left.addWidget(widget, stretch)
        self.left.addStretch()  # the phrase stays together
        for view, choice in self.views.items():
            if view == "difference":
                self.right.addWidget(label("difference of", "muted"))
            self.right.addWidget(choice)
        self.right.addWidget(self.link)
        self.right.addWidget(self.end)
        self.right.addStretch()  # in a row of its own

    def _connect(self) -> None:
        self.second.activated.connect(self._on_second)
        for view, choice in self.views.items():
            choice.clicked.connect(lambda _=False, how=view: self._session.pair.set_view(how))
        self.link.clicked.connect(lambda checked: self._session.pair.set_linked(checked))
        self.end.clicked.connect(lambda: self._session.pair.show_with(None))

    def _on_second(self, index: int) -> None:
        pair = self._session.state.comparison.pair
        if pair is not None:
            self._session.pair.set_second(int(self.second.itemData(index)))

    def _show(self, state: State) -> None:
        pair = state.comparison.pair
        self.setVisible(pair is not None)
        if pair is None:
            return
        first, second = state.find(pair.first), state.find(pair.second)
        names = document_names(state.documents)
        self.first.setText(f"Compare {names[first.id]}" if first else "")
        self._show_choices(state, pair.first, pair.second)
        same_size = _have_same_size(first, second)
        for view, choice in self.views.items():
            choice.setChecked(pair.how == view)
            choice.setEnabled(same_size or view == "beside")
            choice.setToolTip(_VIEWS[view][1] if choice.isEnabled() else _SIZES_DIFFER)
        self.link.setChecked(pair.linked)

    def _show_choices(self, state: State, first: int, second: int) -> None:
        choices = [
            (document_id, name)
            for document_id, name in document_names(state.documents).items()
            if document_id != first
        ]
        shown = [
            (self.second.itemData(row), self.second.itemText(row))
            for row in range(self.second.count())
        ]
        with QSignalBlocker(self.second):
            if choices != shown:
                self.second.clear()
                for document_id, name in choices:
                    self.second.addItem(name, document_id)
            self.second.setCurrentIndex(self.second.findData(second))


def _have_same_size(first: Document | None, second: Document | None) -> bool:
    return bool(first and second and first.cube.shape[:2] == second.cube.shape[:2])
