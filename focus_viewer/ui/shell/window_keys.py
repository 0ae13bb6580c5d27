"""Keys of the whole window: the palette, the first menu, and the focus of each view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QWidget

from focus_viewer.ui.palette.dialog import CommandPalette
from focus_viewer.ui.widgets.command import Command, has_cube

_VIEWS: Final = {
    "image": ("Image", "Ctrl+1"),
    "curve": ("Importance and spectra", "Ctrl+2"),
    "volume": ("Saliency volume", "Ctrl+3"),
    "regions": ("Regions", "Ctrl+4"),
    "decision": ("Decision", "Ctrl+5"),
    "tools": ("Drawing tools", "Ctrl+6"),
}
"""Name and key of each view that can have the focus."""


class WindowKeys:
    """Commands that make all of a window usable without a mouse.

    Parameters
    ----------
    targets : callable
        Returns what has the focus in each view, by its name.
    show : callable
        Brings the panel of this name to the front, if there is one.
    """

    def __init__(
        self,
        window: QMainWindow,
        settings: QSettings,
        targets: Callable[[], Mapping[str, QWidget]],
        show: Callable[[str], None],
    ) -> None:
        self._window = window
        self._settings = settings
        self._targets = targets
        self._show = show
        QShortcut(QKeySequence("F10"), window, self._open_first_menu)

    def commands(self) -> tuple[Command, ...]:
        """Return the palette, and a command for each view."""
        return (
            Command(
                "palette",
                "Edit",
                "Find a command...",
                self.show_palette,
                "Ctrl+Shift+P",
                separator=True,
            ),
            *(
                Command(f"go_{view}", "Go", text, partial(self.go_to, view), key, has_cube)
                for view, (text, key) in _VIEWS.items()
            ),
        )

    def show_palette(self) -> None:
        """Show the palette of all commands."""
        CommandPalette(self._window, self._settings).open()

    def go_to(self, view: str) -> None:
        """Give a view the focus of the keyboard, in front of other panels."""
        self._show(view)
        self._targets()[view].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_first_menu(self) -> None:
        """Open the first menu, which Qt leaves to the desktop."""
        bar = self._window.menuBar()
        bar.setActiveAction(bar.actions()[0])
