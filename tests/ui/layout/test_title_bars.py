"""Title bars of panels behind tabs, whose tab bars Qt makes and deletes."""

from __future__ import annotations

import gc

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar
from pytestqt.qtbot import QtBot

from focus_viewer.ui.layout.title_bars import TitleBars


def test_nothing_is_left_of_tab_bars_that_qt_has_deleted(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    docks = [QDockWidget(name, objectName=name) for name in ("first", "second")]
    for dock in docks:
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.tabifyDockWidget(*docks)
    bars = TitleBars(window, docks)
    window.show()
    deleted = []
    for _ in range(3):
        bars.apply()
        (bar,) = _bars(window)
        bar.destroyed.connect(lambda: deleted.append("bar"))
        del bar
        layout = window.saveState()
        for dock in docks:
            dock.hide()
        window.restoreState(layout)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert deleted
    gc.collect()
    kept = [each for each in gc.get_objects() if type(each) is QTabBar]
    assert all(map(shiboken6.isValid, kept))


def _bars(window: QMainWindow) -> list[QTabBar]:
    return [each for each in window.children() if isinstance(each, QTabBar)]
