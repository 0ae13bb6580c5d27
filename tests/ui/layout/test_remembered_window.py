"""The window comes back as it was left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.layout.panel_sizes import Shares
from focus_viewer.ui.layout.remembered_window import LeftWindow, read_window
from focus_viewer.ui.shell.main_window import MainWindow

Start = Callable[[], MainWindow]

DRAWS_VOLUME = True  # the fallback is wider


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def start(qtbot: QtBot, settings: QSettings) -> Iterator[Start]:
    """Start the window, which is left at the end."""
    started: list[MainWindow] = []

    def begin() -> MainWindow:
        workbench = Workbench(Session(), ImmediateRunner(), FakeServices())
        window = MainWindow(workbench._session, workbench, Path("sample.hdr"), settings)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        started.append(window)
        return window

    yield begin
    for window in started:
        window.leave()


def _open(window: MainWindow) -> None:
    window._session.documents.open(make_cube())


def _dock(window: MainWindow, name: str) -> QDockWidget:
    found = window.findChild(QDockWidget, name)
    assert found is not None
    return found


def test_size_panels_tab_and_colours_come_back(qtbot: QtBot, start: Start) -> None:
    first = start()
    first.resize(1111, 777)
    _open(first)
    _dock(first, "volume").close()
    first._show_dock("metadata")
    first.panel_sizes.shares = Shares(0.4, 0.5, 0.6)
    display = first._session.state.view.display
    first._session.view.set_display(replace(display, colourmap="Vanimo"))
    first.leave()
    second = start()
    assert (second.width(), second.height()) == (1111, 777)
    _open(second)
    assert not _dock(second, "volume").isVisible()
    qtbot.waitUntil(lambda: abs(_dock(second, "decision").width() - 0.4 * 1111) <= 2)
    assert not second.metadata_panel.visibleRegion().isEmpty()
    assert second._session.state.view.display.colourmap == "Vanimo"


def test_reset_brings_back_the_usual_panels(qtbot: QtBot, start: Start) -> None:
    window = start()
    window.resize(1600, 1000)
    _open(window)
    qtbot.waitUntil(lambda: abs(_dock(window, "decision").width() - 400) <= 2)
    window.panel_sizes.shares = Shares(0.5, 0.3, 0.3)
    window.panel_sizes.apply()
    qtbot.waitUntil(lambda: abs(_dock(window, "decision").width() - 800) <= 2)
    _dock(window, "volume").close()
    window.commands["reset_layout"].trigger()
    assert _dock(window, "volume").isVisible()
    qtbot.waitUntil(lambda: abs(_dock(window, "decision").width() - 400) <= 2)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "no JSON",
        "[1, 2]",
        json.dumps({"version": 99}),
        json.dumps({"version": 1, "geometry": 3, "layout": "", "shares": {}, "colourmap": "x"}),
        json.dumps(
            {"version": 1, "geometry": "", "layout": "", "shares": {"side": 7}, "colourmap": "auto"}
        ),
    ],
)
def test_what_cannot_be_read_is_ignored(settings: QSettings, start: Start, stored: str) -> None:
    settings.setValue("window", stored)
    assert read_window(settings) == LeftWindow()
    _open(start())


def test_an_unknown_colour_map_is_the_usual_one(settings: QSettings) -> None:
    stored = {"version": 1, "geometry": "", "layout": "", "shares": {}, "colourmap": "of later"}
    settings.setValue("window", json.dumps(stored))
    assert read_window(settings) == LeftWindow()


def test_borders_that_were_dragged_keep_their_share(qtbot: QtBot, start: Start) -> None:
    window = start()
    window.resize(1200, 900)
    _open(window)
    qtbot.waitUntil(lambda: abs(_dock(window, "decision").width() - 390) <= 2)
    border = _dock(window, "decision").geometry().left() - 3
    begin, end = QPoint(border, 300), QPoint(border - 150, 300)
    qtbot.mouseMove(window, begin)
    qtbot.mousePress(window, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(window, end)
    qtbot.waitUntil(lambda: _dock(window, "decision").width() > 500)
    qtbot.mouseRelease(window, Qt.MouseButton.LeftButton, pos=end)
    qtbot.waitUntil(lambda: window.panel_sizes.shares.side > 0.42)
    share = window.panel_sizes.shares.side
    assert window.panel_sizes.shares.bottom == Shares().bottom
    window.resize(1800, 900)
    qtbot.waitUntil(lambda: abs(_dock(window, "decision").width() - share * 1800) <= 2)


@pytest.mark.skipif(sys.platform != "linux", reason="settings are in a file on Linux alone")
def test_a_screenshot_leaves_the_settings_as_they_are(tmp_path: Path) -> None:
    stored = tmp_path / "FOCUS Viewer" / "FOCUS Viewer.conf"
    stored.parent.mkdir()
    stored.write_text("[General]\ncolour=mine\n", encoding="utf-8")
    picture = tmp_path / "window.png"
    ran = subprocess.run(
        [sys.executable, "-m", "focus_viewer", "--screenshot", str(picture)],
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert picture.is_file()
    assert stored.read_text(encoding="utf-8") == "[General]\ncolour=mine\n"
