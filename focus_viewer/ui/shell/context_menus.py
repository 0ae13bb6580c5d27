"""Context menus of the views: commands of the window where they are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QWidget

from focus_viewer.ui.shell.actions import Actions
from focus_viewer.ui.widgets.mnemonics import keep_lettered

_SALIENCY: Final = ("evidence", "attention", "signature", "unattributed")
_REGIONS: Final = ("explain_in_selected", "hide_regions", "lock_regions", "duplicate", "remove")
IMAGE: Final = (
    ("heatmap", *_SALIENCY),
    ("rgb", "infrared", "header_bands"),
    ("layers", "mask", "use_mask"),
    ("fit", "actual_size", "zoom_in", "zoom_out"),
    _REGIONS,
    ("threshold", "leaves", "clear_pins"),
    ("compare", "figure", "export_data"),
)
CURVE: Final = (
    ("next_band", "previous_band", "wider", "narrower"),
    _SALIENCY,
    ("smooth", "bad_bands", "clear_pins"),
    ("figure", "export_data"),
)
VOLUME: Final = (("translucent", "mip", "reset_volume"), _SALIENCY, ("figure",))
TABLE: Final = (
    ("select_all", *_REGIONS),
    ("explain_each_region", "choose_indices"),
    ("save_table", "save_regions", "open_regions"),
)
"""Names of the commands in each menu, in groups."""


class ContextMenus:
    """Menus of the commands of a window, opened by the right button, the menu key or Shift+F10."""

    def __init__(self, window: QMainWindow, commands: Actions) -> None:
        self._window = window
        self._commands = commands
        QShortcut(QKeySequence("Shift+F10"), window, self._open_at_focus)

    def menu(self, groups: Sequence[Sequence[str]]) -> QMenu:
        """Return a menu of commands, with a line between groups."""
        made = QMenu(self._window)
        for group in groups:
            made.addSeparator()
            for name in group:
                made.addAction(self._commands[name])
        keep_lettered(made)
        return made

    def give_views(
        self, canvases: Sequence[QWidget], curve: QWidget, volume: QWidget, table: QWidget
    ) -> None:
        """Give the views of the window their menus."""
        for canvas in canvases:
            self.give(canvas, IMAGE)
        self.give(curve, CURVE)
        self.give(volume, VOLUME)
        self.give(table, TABLE)

    def give(self, view: QWidget, groups: Sequence[Sequence[str]]) -> QMenu:
        """Give a view a menu of commands; views with mouse gestures of their own say when.

        They have a signal `menu_wanted` of the place on the screen.
        """
        menu = self.menu(groups)
        wanted = getattr(view, "menu_wanted", None)
        if wanted is not None:
            wanted.connect(menu.popup)
        else:
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(
                lambda place: menu.popup(view.mapToGlobal(place))
            )
        return menu

    def _open_at_focus(self) -> None:
        """Ask what has the focus for its menu, as the menu key does."""
        focus = QApplication.focusWidget()
        if focus is not None:
            place = focus.rect().center()
            reason = QContextMenuEvent.Reason.Keyboard
            QApplication.sendEvent(
                focus, QContextMenuEvent(reason, place, focus.mapToGlobal(QPoint(place)))
            )
