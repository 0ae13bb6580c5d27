"""First picture of the window, and what is built after it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.layout.later import Later
from focus_viewer.ui.shell.main_window import MainWindow

_FIRST_PAINT = """
import sys
from PySide6.QtCore import QEvent, QObject
from focus_viewer.app import build

explorer = build()
loaded = []

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not loaded:
            heavy = {"pyqtgraph", "vispy", "OpenGL", "torch", "matplotlib"}
            loaded.append(heavy & set(sys.modules))
            explorer.app.quit()
        return False

watcher = FirstPaint()
explorer.window.installEventFilter(watcher)
explorer.window.show()
explorer.app.exec()
print("before the first paint:", sorted(loaded[0]))
explorer.window.later.finish()
print("then:", "pyqtgraph" in sys.modules, explorer.window.later.done)
sys.stdout.flush()
import os
os._exit(0)
"""


def test_the_window_is_painted_before_plots_are_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_PAINT], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["before the first paint: []", "then: True True"]


@pytest.fixture
def window(session: Session, workbench: Workbench, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window that has not been shown, without its views."""
    store = QSettings(str(tmp_path / "store.ini"), QSettings.Format.IniFormat)
    one = MainWindow(session, workbench, tmp_path / "sample.hdr", store, paint_first=True)
    qtbot.addWidget(one)
    return one


def test_the_views_follow_the_first_paint(window: MainWindow, qtbot: QtBot) -> None:
    assert not window.later.done
    window.show()
    qtbot.waitUntil(lambda: window.later.done, timeout=30_000)
    assert window.curve_view is not None


def test_nothing_moves_when_the_views_come(window: MainWindow, qtbot: QtBot) -> None:
    window.show()
    qtbot.waitExposed(window)
    places = {one: one.geometry() for one in (window.centralWidget(), window._welcome)}
    size = window.size()
    qtbot.waitUntil(lambda: window.later.done, timeout=30_000)
    assert {one: one.geometry() for one in places} == places
    assert window.size() == size


def test_a_cube_that_opens_first_finds_its_views(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    window.show()
    session.documents.open(make_cube())
    qtbot.waitUntil(lambda: window.later.done, timeout=30_000)
    qtbot.waitUntil(window.curve_view.isVisible, timeout=30_000)


@pytest.mark.parametrize("name", ["fit", "actual_size", "zoom_in", "zoom_out", "reset_layout"])
def test_a_command_that_comes_before_the_views_waits_for_them(
    window: MainWindow, session: Session, name: str
) -> None:
    session.documents.open(make_cube())
    window.commands[name].trigger()
    assert window.later.done
    assert window.curve_view is not None


def test_a_window_that_does_not_wait_is_complete(
    session: Session, workbench: Workbench, qtbot: QtBot, tmp_path: Path
) -> None:
    store = QSettings(str(tmp_path / "store.ini"), QSettings.Format.IniFormat)
    one = MainWindow(session, workbench, tmp_path / "sample.hdr", store)
    qtbot.addWidget(one)
    assert one.later.done


def test_a_step_that_fails_is_told_and_leaves_the_window_incomplete(qtbot: QtBot) -> None:
    window, ended, wrong = QWidget(), list[str](), [True]
    qtbot.addWidget(window)

    def steps() -> Iterator[None]:
        yield
        if wrong:
            raise RuntimeError(wrong.pop())

    later = Later(window, "json", steps, lambda: ended.append("complete"))
    with pytest.raises(RuntimeError):
        later.finish()
    assert (later.done, ended) == (False, [])
    later.finish()
    assert (later.done, ended) == (True, ["complete"])
