"""Real mouse events at places told in a view's own coordinates."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT = Qt.MouseButton.LeftButton


class Mouse:
    """A mouse over a pyqtgraph view.

    Parameters
    ----------
    view : pyqtgraph.GraphicsView
    box : pyqtgraph.ViewBox
        Whose coordinates places are told in.
    """

    def __init__(self, view: Any, box: Any) -> None:
        self._view = view
        self._box = box

    def pixel(self, x: float, y: float) -> QPoint:
        """Where a place lies in the view."""
        point: QPoint = self._view.mapFromScene(self._box.mapViewToScene(QPointF(x, y)))
        return point

    def move(self, x: float, y: float) -> None:
        """Move without a button."""
        QTest.mouseMove(self._view.viewport(), self.pixel(x, y))

    def leave(self) -> None:
        """Leave the view."""
        QApplication.sendEvent(self._view, QEvent(QEvent.Type.Leave))

    def click(self, x: float, y: float) -> None:
        """Click left."""
        QTest.mouseClick(self._view.viewport(), LEFT, pos=self.pixel(x, y))

    def double_click(self, x: float, y: float) -> None:
        """Click left twice: Qt tells the second press as a double click."""
        self.click(x, y)
        QTest.mouseDClick(self._view.viewport(), LEFT, pos=self.pixel(x, y))
        QTest.mouseRelease(self._view.viewport(), LEFT, pos=self.pixel(x, y))

    def wheel(self, x: float, y: float, notches: int) -> None:
        """Turn the wheel; forward is positive."""
        place = QPointF(self.pixel(x, y))
        event = QWheelEvent(
            place,
            self._view.viewport().mapToGlobal(place),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self._view.viewport(), event)

    def drag(self, start: tuple[float, float], *stops: tuple[float, float]) -> None:
        """Press left at the start and release at the last stop."""
        viewport = self._view.viewport()
        places = [self.pixel(*stop) for stop in stops]
        self.move(*start)
        QTest.mousePress(viewport, LEFT, pos=self.pixel(*start))
        for place in places:
            QTest.mouseMove(viewport, place)
        QTest.mouseRelease(viewport, LEFT, pos=places[-1])
