"""Garbage collection in the GUI thread alone.

Python collects garbage in whichever thread happens to allocate. A worker that does so destroys
the widgets of closed dialogs, which refer to one another, in its own thread: Qt then crashes.
"""

from __future__ import annotations

import gc
from time import thread_time

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication

_EVERY_MS = 1000
_LOADED = 20_000  # objects since the last collection: a library was loaded
_SLOW_S = 0.008  # of the processor: half the time between two pictures of a screen


class GuiGarbage(QObject):
    """Collector of garbage from a timer of the thread that it is made in, instead of Python's.

    A pass over the half million objects of loaded libraries takes 0.3 s, in which no window
    answers. They stay to the end: they are set aside and no pass looks at them again. What else
    was there is set aside with them, such as an open dialog; it is looked at again when the user
    turns to another program.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._kept = gc.get_freeze_count()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_EVERY_MS)
        app = QCoreApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self.on_state)

    @Slot()
    def collect(self) -> None:
        """Collect garbage, and set aside what is so much that the next pass would take long."""
        if gc.get_count()[0] > _LOADED:
            gc.freeze()
            return
        begun = thread_time()
        gc.collect()
        if thread_time() - begun > _SLOW_S:
            gc.freeze()

    @Slot(Qt.ApplicationState)
    def on_state(self, state: Qt.ApplicationState) -> None:
        """Collect garbage in what was set aside since the last time, while nobody waits for it."""
        if state != Qt.ApplicationState.ApplicationActive and gc.get_freeze_count() > self._kept:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._kept = gc.get_freeze_count()


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
