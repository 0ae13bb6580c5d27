"""The explorer and its volume view on a display with OpenGL, whose every complaint is a failure."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gl.driver import Driver
from gl.stage import Stage
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from vispy.util import logger as vispy_logger

from focus_viewer.assets import folder
from focus_viewer.ui.widgets import style

# As the application does, before it is made: a canvas that moves to another window keeps its
# textures.
QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@pytest.fixture(autouse=True)
def _no_complaints() -> Iterator[None]:
    """Vispy logs what goes wrong while it draws, and goes on: here it fails the test."""
    handler = _Complaints()
    vispy_logger.addHandler(handler)
    yield
    vispy_logger.removeHandler(handler)
    assert not handler.heard, "\n".join(handler.heard)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    """A volume view that shows a volume of 10 groups, 12 rows and 16 columns, all zero."""
    stage = Stage(qtbot)
    stage.show(np.zeros((12, 16, 10), dtype=np.float32))
    return stage


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    """The explorer's window, with nothing open."""
    style.apply(qapp, folder("resources"))
    one = Driver(qtbot, tmp_path / "settings.ini")
    yield one
    one.window.leave()
    one.window.deleteLater()
    qapp.setStyleSheet("")
