"""Keys pressed faster than bands are read: the picture is that of the last one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from qt_pause import pause
from ui.fakes import FakeServices, make_cube

from focus_viewer.core.cubes.cube import ArraySource
from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow

_READ_S = 0.1


class _SlowBands(ArraySource):
    """Values that take a moment to read three bands of."""

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        if isinstance(bands, np.ndarray):
            time.sleep(_READ_S)
        return super().read(rows, cols, bands)


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> Iterator[MainWindow]:
    path = tmp_path / "leaf.hdr"
    path.touch()
    cube = make_cube()
    slow = _SlowBands(cube.block(slice(None), slice(None)))
    services = FakeServices({path.name: replace(cube, source=slow, path=path)})
    workbench = Workbench(session, QtRunner(), services)
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(session, workbench, path, store)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(window.isActiveWindow)
    workbench.open([path])
    yield window
    window.leave()


@pytest.mark.parametrize("pause_ms", [0, 20, 60, 250])
@pytest.mark.parametrize("keys", ["121", "212", "1212", "2121"])
def test_chooser_and_picture_agree(
    qtbot: QtBot, session: Session, window: MainWindow, keys: str, pause_ms: int
) -> None:
    def picture_kind() -> str:
        document = session.state.document
        return document.composite.recipe.kind if document and document.composite else ""

    qtbot.waitUntil(lambda: picture_kind() == "rgb")
    for key in keys:
        QTest.keyClick(window, Qt.Key(ord(key)))
        pause(pause_ms)
    wanted = {"1": "rgb", "2": "cir"}[keys[-1]]
    assert session.state.view.display.recipe.kind == wanted
    pause(round(3000 * _READ_S))  # all that was begun has come
    assert picture_kind() == wanted
