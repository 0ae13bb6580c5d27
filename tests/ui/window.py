"""The main window with work done at once, on the screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow


def open_window(qtbot: QtBot, session: Session, folder: Path, explained: bool = True) -> MainWindow:
    """Show a window; with an explained cube called sample, unless it is to stay empty."""
    sample = folder / "sample.hdr"
    sample.touch()
    cubes = {sample.name: replace(make_cube(), name="sample", path=sample)}
    workbench = Workbench(session, ImmediateRunner(), FakeServices(cubes))
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(session, workbench, sample, settings)
    qtbot.addWidget(window, before_close_func=lambda _: window.leave())
    window.resize(1440, 900)
    window.show()
    window.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(window.isActiveWindow)
    if explained:
        window.open_paths([sample])
        assert session.state.volume is not None
    return window
