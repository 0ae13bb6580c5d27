"""Picking of a wavelength by a click or drag on a curve."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, Qt, Signal


class PickBox(pg.ViewBox):  # type: ignore[misc]
    """View box: left click or drag picks a position, the wheel zooms along the axis, middle pans.

    Attributes
    ----------
    picked : signal of float
    fit_wanted : signal
        Clicked twice.
    menu_wanted : signal of QPoint
        Place on the screen of a right click.
    hovered : signal of float, QPoint
        Position, and place on the screen, of the mouse.
    unhovered : signal
        The mouse has left.
    """

    picked = Signal(float)
    fit_wanted = Signal()
    menu_wanted = Signal(QPoint)
    hovered = Signal(float, QPoint)
    unhovered = Signal()

    def hoverEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Report the position of the mouse, or that it left."""
        if event.isExit():
            self.unhovered.emit()
        else:
            position = self.mapToView(event.pos()).x()
            self.hovered.emit(position, event.screenPos().toPoint())

    def mouseClickEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Pick, or on the second click show everything."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.picked.emit(self.mapToView(event.pos()).x())
            if event.double():
                self.fit_wanted.emit()
        elif event.button() == Qt.MouseButton.RightButton:  # a drag with it zooms
            event.accept()
            self.menu_wanted.emit(event.screenPos().toPoint())

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: N802
        """Pick all along a drag; other buttons zoom and pan."""
        if event.button() == Qt.MouseButton.LeftButton and axis is None:
            event.accept()
            self.picked.emit(self.mapToView(event.pos()).x())
        else:
            super().mouseDragEvent(event, axis)
