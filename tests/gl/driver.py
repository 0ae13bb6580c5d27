"""The explorer's window with its real files, model, threads and OpenGL, and the hands on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from focus_viewer.assets import folder
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.services.bundled import bundled_services
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
SAMPLE = folder("resources") / "leaf.hdr"
PATIENCE_MS = 300_000  # workers give way to all else that runs on a busy machine


class Driver:
    """The window and the hands on it."""

    def __init__(self, qtbot: QtBot, settings: Path, plan: TeachingPlan | None = None) -> None:
        self.qtbot = qtbot
        self.session = Session()
        services = bundled_services(plan=plan)
        self.workbench = Workbench(self.session, QtRunner(), services, device="cpu")
        store = QSettings(str(settings), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, self.workbench, SAMPLE, store)
        self.window.show()
        self.window.activateWindow()  # no window manager does it under Xvfb
        qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def document(self) -> Document:
        document = self.session.state.document
        assert document is not None
        return document

    def drop(self, *paths: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        copy, middle = Qt.DropAction.CopyAction, QPoint(400, 400)
        under = self.window.childAt(middle) or self.window  # Qt takes it up to who accepts it
        QApplication.sendEvent(under, QDragEnterEvent(middle, copy, data, LEFT, NONE))
        QApplication.sendEvent(under, QDropEvent(QPointF(middle), copy, data, LEFT, NONE))

    def wait_until_explained(self, name: str = "leaf") -> None:
        def explained() -> bool:
            document = self.session.state.document
            return document is not None and (document.cube.name, document.outcome) == (name, "done")

        self.qtbot.waitUntil(explained, timeout=PATIENCE_MS)

    def wait_until_running(self) -> None:
        self.qtbot.waitUntil(
            lambda: (
                self.session.state.jobs.explaining.status == "running"
                and self.session.state.jobs.explaining.stage == "explaining"
            ),
            timeout=PATIENCE_MS,
        )

    def curve_point(self, nm: float) -> QPoint:
        """A place on the importance plot, clear of the window's label."""
        view = self.window.curve_view
        box = view.importance.vb
        low, high = box.viewRange()[1]
        scene = box.mapViewToScene(QPointF(nm, low + 0.2 * (high - low)))
        return QPoint(view.plots.mapFromScene(scene))

    def click(self, widget: QWidget, place: QPoint) -> None:
        self.qtbot.mouseMove(widget, place)
        self.qtbot.mouseClick(widget, LEFT, pos=place)

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        self.qtbot.mouseMove(widget, start)
        self.qtbot.mousePress(widget, LEFT, pos=start)
        for share in np.linspace(0, 1, 9)[1:]:
            place = start + (end - start) * float(share)
            self.qtbot.mouseMove(widget, place)
            self.qtbot.wait(20)  # as a hand: Qt merges moves that come at once
        self.qtbot.mouseRelease(widget, LEFT, pos=end)
