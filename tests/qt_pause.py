"""Pause in which Qt goes on working.

vispy 0.17.0 puts a loop that never sleeps in the place of PySide6's `QTest.qWait`, as soon as its
PySide6 backend is loaded: it takes a whole core, and the interpreter from threads that work.
"""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QTimer


def pause(milliseconds: int) -> None:
    """Let Qt work for so long."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
