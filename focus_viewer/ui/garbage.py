"""Garbage collection in the GUI thread alone.

Python collects garbage in whichever thread happens to allocate. A worker that does so destroys
the widgets of closed dialogs, which refer to one another, in its own thread: Qt then crashes.
"""

from __future__ import annotations

import gc
from time import monotonic

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot

_EVERY_MS = 1000
_SHARE = 0.01  # of the GUI thread's time, at most, for passes over all objects


class GuiGarbage(QObject):
    """Collector of garbage from a timer of the thread that it is made in, instead of Python's."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._next_pass = 0.0
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_EVERY_MS)

    @Slot()
    def collect(self) -> None:
        """Collect what is young, and everything where the last such pass is long enough ago."""
        begun = monotonic()
        if begun < self._next_pass:
            gc.collect(1)
            return
        gc.collect()
        ended = monotonic()
        self._next_pass = ended + (ended - begun) / _SHARE


def collect_in_gui_thread() -> None:
    """Leave garbage to the GUI thread, which calls this, for the rest of the application's life.

    Raises
    ------
    RuntimeError
        If there is no application yet.
    """
    app = QCoreApplication.instance()
    if app is None:
        raise RuntimeError("garbage can be left to the GUI thread once there is an application")
    if app.findChild(GuiGarbage) is None:
        GuiGarbage(app)
