"""Title bars of panels behind tabs, which have the names: a low window leaves the bars out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

_LOW_PX = 800  # a laptop's screen, less what its desktop takes
_TAB_TIP = "Double-click to have the panel in a window of its own"


class TitleBars(QObject):
    """Keeper of the panels' title bars.

    What they are for stays: a double click on a tab takes the panel out of the window, where it
    has a title bar again.
    """

    def __init__(self, window: QMainWindow, docks: Sequence[QDockWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._none = {dock: _nothing(dock) for dock in docks}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)  # after Qt has laid out the window
        self._later.timeout.connect(self.apply)
        window.installEventFilter(self)
        for dock in docks:
            dock.topLevelChanged.connect(lambda _: self._later.start())
            dock.visibilityChanged.connect(lambda _: self._later.start())

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize:
            self._later.start()
        return False

    def apply(self) -> None:
        """Show the title bars that are needed."""
        for dock, nothing in self._none.items():
            _use(dock, None if self._needs_title(dock) else nothing)
        self._watch_tabs()

    def _needs_title(self, dock: QDockWidget) -> bool:
        others = self._window.tabifiedDockWidgets(dock)
        has_tab = any(not other.isHidden() and not other.isFloating() for other in others)
        return self._window.height() >= _LOW_PX or dock.isFloating() or not has_tab

    def _watch_tabs(self) -> None:
        """Listen to the tabs, which Qt makes as it needs them, and deletes.

        PySide6 6.10.3 keeps an object for ever for each that `findChildren` has returned.
        """
        for bar in self._window.children():
            if not isinstance(bar, QTabBar):
                continue
            if not bar.property("watched"):
                bar.setProperty("watched", True)
                bar.tabBarDoubleClicked.connect(self._take_out)
            for tab in range(bar.count()):
                bar.setTabToolTip(tab, _TAB_TIP)

    @Slot(int)
    def _take_out(self, tab: int) -> None:
        bar = cast("QTabBar", self.sender())
        for dock in self._none:
            if not dock.isFloating() and dock.windowTitle() == bar.tabText(tab):
                _use(dock, None)
                dock.setFloating(True)


def _use(dock: QDockWidget, title: QWidget | None) -> None:
    """Give a panel a title bar; None is Qt's own."""
    if dock.titleBarWidget() is not title:
        dock.setTitleBarWidget(title)  # type: ignore[arg-type]  # PySide6's stubs know no None


def _nothing(dock: QDockWidget) -> QWidget:
    nothing = QWidget(dock)
    nothing.setFixedHeight(0)
    nothing.hide()
    return nothing
