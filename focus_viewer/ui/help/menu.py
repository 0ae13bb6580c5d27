"""Windows of the Help menu, made when they are first opened, and their commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from focus_viewer.session.session import Session
from focus_viewer.ui.help.context import page_of
from focus_viewer.ui.help.happenings import Happenings
from focus_viewer.ui.widgets.command import Command

if TYPE_CHECKING:
    from focus_viewer.ui.help.guide_window import GuideWindow
    from focus_viewer.ui.help.log_window import LogWindow


class HelpMenu:
    """Guide and log beside a window; closed with it."""

    def __init__(self, window: QWidget, session: Session) -> None:
        self._window = window
        self._session = session
        self._happenings = Happenings(session)
        self.guide: GuideWindow | None = None
        self.log: LogWindow | None = None

    def commands(self) -> tuple[Command, ...]:
        """Return the commands of the guide and the log."""
        return (
            Command("guide", "Help", "Guide", self.show_guide, "F1"),
            Command("log", "Help", "Log...", self.show_log, separator=True),
            Command("bug_report", "Help", "Copy for a bug report", self.copy_report),
        )

    def show_guide(self) -> None:
        """Show the page of the guide about what has the focus."""
        from focus_viewer.ui.help.guide_window import GuideWindow

        page = page_of(QApplication.focusWidget() or QApplication.activeWindow())
        self.guide = self.guide or GuideWindow(self._window)
        self.guide.show_page(page)
        _raise(self.guide)

    def show_log(self) -> None:
        """Show what happened in this session."""
        from focus_viewer.ui.help.log_window import LogWindow

        self.log = self.log or LogWindow(self.copy_report, self._window)
        self.log.refresh()
        _raise(self.log)

    def copy_report(self) -> None:
        """Copy what a bug report needs, without personal paths."""
        from focus_viewer.ui.help.bug_report import report

        QApplication.clipboard().setText(report(self._session.state, self._happenings.names))

    def close(self) -> None:
        """Close what is open."""
        for window in (self.guide, self.log):
            if window is not None:
                window.close()


def _raise(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
