"""Menu of recent cubes and projects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMenu

from focus_viewer.ui.shell.actions import Actions
from focus_viewer.ui.shell.recent import RecentFiles
from focus_viewer.ui.widgets.mnemonics import letter_actions


class RecentMenu(QMenu):
    """Menu of recent files in the File menu, refilled each time it opens."""

    def __init__(
        self, recent: RecentFiles, open_paths: Callable[[list[Path]], None], actions: Actions
    ) -> None:
        file_menu = actions.menus["File"]
        super().__init__("Open recent", file_menu)
        self._recent = recent
        self._open_paths = open_paths
        file_menu.insertMenu(actions["open_sample"], self)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        paths = self._recent.paths()
        for path in paths:
            self.addAction(str(path).replace("&", "&&")).triggered.connect(
                lambda _=False, p=path: self._open_paths([p])
            )
        if paths:
            self.addSeparator()
            self.addAction("Clear list").triggered.connect(self._recent.clear)
        else:
            self.addAction("No recent files").setEnabled(False)
        letter_actions(self.actions())
