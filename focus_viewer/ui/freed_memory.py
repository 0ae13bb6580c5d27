"""Memory of closed cubes, given back to the system."""

from __future__ import annotations

import ctypes
import sys

from PySide6.QtCore import QObject, QTimer

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change

_WAIT_MS = 1000  # until what was closed is no longer used


class FreedMemory(QObject):
    """Watcher of a session that gives memory back once a cube was closed.

    The C library keeps what is freed between blocks that are in use: over 2,000 cubes that were
    opened and closed, memory grew by 3 % without this. It takes some 2 ms.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(lambda: give_back())
        session.changed.connect(self._on_changed)

    def _on_changed(self, change: Change) -> None:
        before, after = change.before.documents.items, change.after.documents.items
        if len(after) < len(before) and not self._timer.isActive():
            self._timer.start()


def give_back() -> bool:
    """Give freed memory back to the system; return whether there was any.

    Only glibc, of Linux, has to be asked.
    """
    if not sys.platform.startswith("linux"):
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
