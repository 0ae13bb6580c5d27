"""Image area of the window: one cube, or two side by side."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QSplitter, QVBoxLayout, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.document_names import document_names
from focus_viewer.session.state.pair_correspondence import seen
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.compare_bar import CompareBar
from focus_viewer.ui.image.image_view import ImageView
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.captions import Caption

_EDGE_PX = 2  # above the active pane
_ANY_PX = 16_777_215  # Qt's own greatest height


class ImageArea(QWidget):
    """Two image panes that share a header and a toolbar; the second is hidden without a pair.

    Panes that are built already are taken.
    """

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        panes: tuple[ImageView, ImageView] | None = None,
    ) -> None:
        super().__init__()
        self._session = session
        self.first, self.second = panes or (
            ImageView(session, workbench),
            ImageView(session, workbench, second=True),
        )
        self.bar = CompareBar(session)
        self.titles = (Caption(), Caption())
        for duplicate in (self.second.header, self.second.tools):
            duplicate.hide()
        self._panes = tuple(map(_pane, self.titles, (self.first, self.second)))
        self._lay_out()
        self.first.zoomed = lambda: self.active
        self.second.canvas.box.sigRangeChanged.connect(self.first.show_zoom)
        shown = Binding(self._show, lambda state: (state.comparison.pair, state.documents))
        self._bindings = Bindings(session, shown)
        self.bar.stacked.connect(lambda _: self._show(session.state))

    @property
    def active(self) -> ImageView:
        """View of the active cube, which the shared header is about."""
        state = self._session.state
        if self._panes[1].isHidden() or state.comparison.pair is None:
            return self.first
        shown = seen(state, second=True).documents.active
        return self.second if shown == state.documents.active else self.first

    def _lay_out(self) -> None:
        self.splitter = panes = QSplitter()
        panes.setChildrenCollapsible(False)
        for pane in self._panes:
            panes.addWidget(pane)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        # Both panes share one header and one toolbar.
        grid.addWidget(self.first.header, 0, 0, 1, 2)
        grid.addWidget(self.bar, 1, 0, 1, 2)
        grid.addWidget(self.first.tools, 2, 0)
        grid.addWidget(panes, 2, 1)
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(1, 1)

    def _show(self, state: State) -> None:
        pair = state.comparison.pair
        beside = pair is not None and state.overlaid is None
        names = document_names(state.documents)
        if beside and self._panes[1].isHidden():
            # A pane that appears would get its smallest width.
            self.splitter.setSizes([self.splitter.width()] * 2)
        self._panes[1].setVisible(beside)
        # Linked panes have the same limits, so one colour bar is enough.
        self.first.colour_bar.setVisible(not (beside and pair is not None and pair.linked))
        for title, second in zip(self.titles, (False, True), strict=True):
            shown = seen(state, second)
            title.setVisible(beside)
            active = shown.documents.active == state.documents.active
            edge = theme.ACCENT if active else "transparent"
            # In two rows the bar names both cubes above the panes, and height is scarce.
            bare = self.bar.is_stacked
            title.setText(names[shown.document.id] if shown.document and not bare else "")
            title.setMaximumHeight(_EDGE_PX if bare else _ANY_PX)
            title.setStyleSheet(
                f"padding: {0 if bare else 4}px {theme.GAP_PX}px;"
                f"border-top: {_EDGE_PX}px solid {edge};"
                f"color: {theme.TEXT if active else theme.MUTED};"
            )
        self.first.show_zoom()


def _pane(title: Caption, view: ImageView) -> QWidget:
    pane = QWidget()
    column = QVBoxLayout(pane)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(title)
    column.addWidget(view, 1)
    return pane
