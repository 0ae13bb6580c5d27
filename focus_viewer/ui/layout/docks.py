"""Docks of the window: panels at its right and bottom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from focus_viewer.ui.help.context import name_page
from focus_viewer.ui.layout.panel_sizes import PanelSizes
from focus_viewer.ui.layout.title_bars import TitleBars

_RIGHT: Final = Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM: Final = Qt.DockWidgetArea.BottomDockWidgetArea
_PANELS: Final = {
    "decision": ("Decision", _RIGHT),
    "volume": ("Saliency volume", _RIGHT),
    "curve": ("Importance and spectra", _BOTTOM),
    "regions": ("Regions", _BOTTOM),
    "metadata": ("Metadata", _BOTTOM),
    "trust": ("Trust", _BOTTOM),
    "teach": ("Teach", _BOTTOM),
}
"""Title and place of each panel, by the name that layouts are stored with."""


class Docks:
    """Docks of a window, empty until they are filled.

    Parameters
    ----------
    menu : QMenu
        Gets an entry for each.
    pages : mapping of str to str
        Page of the guide of each panel.

    Attributes
    ----------
    sizes : PanelSizes
    """

    def __init__(self, window: QMainWindow, menu: QMenu, pages: Mapping[str, str]) -> None:
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        self._docks: dict[str, QDockWidget] = {}
        menu.addSeparator()
        for name, (title, area) in _PANELS.items():
            dock = QDockWidget(title, window)
            dock.setObjectName(name)
            name_page(dock, pages[name])
            window.addDockWidget(area, dock)
            menu.addAction(dock.toggleViewAction())
            self._docks[name] = dock
        lower = [dock for name, dock in self._docks.items() if _PANELS[name][1] == _BOTTOM]
        for left, right in pairwise(lower):
            window.tabifyDockWidget(left, right)
        lower[0].raise_()
        self._titles = TitleBars(window, list(self._docks.values()))
        self.sizes = PanelSizes(window, self._docks["decision"], self._docks["volume"], lower[0])

    def fill(self, panels: Sequence[QWidget]) -> Iterator[None]:
        """Put the panels, in the order of the docks, into them, one by one."""
        for dock, panel in zip(self._docks.values(), panels, strict=True):
            panel.setAccessibleName(dock.windowTitle())
            dock.setWidget(panel)
            yield

    def allow(self, possible: bool) -> None:
        """Enable the entries of the menu, or hide all docks where there is nothing to show."""
        for dock in self._docks.values():
            dock.toggleViewAction().setEnabled(possible)
            if not possible:
                dock.hide()

    def show(self, name: str) -> None:
        """Show a dock in front of others, if there is one of this name."""
        if dock := self._docks.get(name):
            dock.show()
            dock.raise_()
