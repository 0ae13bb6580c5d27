"""Throttle for events that arrive faster than they can be drawn, such as mouse moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, QTimer, Slot

FRAME_MS = 16

# pyqtgraph drops moves at a high rate, even the last of a gesture; `Throttle` delivers that one.
pg.setConfigOptions(mouseRateLimit=-1)


class Throttle(QObject):
    """Callable that runs at once, then at most once per interval with the latest values."""

    def __init__(self, call: Callable[..., None], interval_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._call = call
        self._waiting: tuple[Any, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._due)

    def __call__(self, *values: Any) -> None:
        """Call with these values now, or when the interval has passed."""
        if self._timer.isActive():
            self._waiting = values
        else:
            self._timer.start()
            self._call(*values)

    @property
    def pending(self) -> bool:
        """Whether a call is pending."""
        return self._waiting is not None

    def drop(self) -> None:
        """Drop the pending call."""
        self._waiting = None

    @Slot()
    def _due(self) -> None:
        values, self._waiting = self._waiting, None
        if values is not None:
            self(*values)
