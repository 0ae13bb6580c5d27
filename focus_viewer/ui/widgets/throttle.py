"""Mouse moves come faster than pictures can follow: the latest counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, QTimer, Slot

FRAME_MS = 16

# pyqtgraph drops moves that come too fast, the last of a gesture among them; `Throttle` keeps it.
pg.setConfigOptions(mouseRateLimit=-1)


class Throttle(QObject):
    """Calls at once, then at most once an interval, always with the latest values.

    Parameters
    ----------
    call : callable
    interval_ms : int
    parent : QObject
    """

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
        """Call with these values now, or as soon as the interval is over."""
        if self._timer.isActive():
            self._waiting = values
        else:
            self._timer.start()
            self._call(*values)

    @property
    def pending(self) -> bool:
        """Whether values wait."""
        return self._waiting is not None

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting = None

    @Slot()
    def _due(self) -> None:
        values, self._waiting = self._waiting, None
        if values is not None:
            self(*values)
