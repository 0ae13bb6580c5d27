"""Runs tasks in QThreads and brings their results to the GUI thread."""

from __future__ import annotations

import logging
import os
import sys
from threading import Event, get_native_id
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from focus_viewer.core.errors import Cancelled
from focus_viewer.session.jobs import Task

_log = logging.getLogger(__name__)

_PATIENCE_MS = 10_000
_NICENESS = 10
_TELL_EVERY_S = 0.05  # work may tell of each layer: more than eyes see would hold up the window


class _Worker(QThread):
    """One task in a thread of its own."""

    progressed = Signal(float, str)

    def __init__(self, task: Task[Any], parent: QObject) -> None:
        super().__init__(parent)
        self.task = task
        self.result: Any = None
        self.error: Exception | None = None
        self._unwanted = Event()
        self._told = ("", -_TELL_EVERY_S)  # what was said last, and when

    def cancel(self) -> None:
        self._unwanted.set()

    def run(self) -> None:
        _give_way()
        try:
            self.result = self.task.work(self._step)
        except Exception as error:  # noqa: BLE001 - handed to the GUI thread, which shows it
            self.error = error

    def _step(self, fraction: float, text: str) -> None:
        if self._unwanted.is_set():
            raise Cancelled
        now = monotonic()
        if text != self._told[0] or now - self._told[1] >= _TELL_EVERY_S:
            self._told = (text, now)
            self.progressed.emit(fraction, text)


def _give_way() -> None:
    """Let the window go first where all cores are busy; QThread's priorities do nothing here."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICENESS)  # of this thread alone


class _Lane(QObject):
    """Runs one task at a time and keeps at most one waiting.

    It lives in the GUI thread, and so do its slots: a plain function connected to a worker's
    signal would run in the worker.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker: _Worker | None = None
        self._waiting: Task[Any] | None = None

    def submit(self, task: Task[Any]) -> None:
        if self._worker is None:
            self._start(task)
        else:
            self._worker.cancel()
            self._drop_waiting()
            self._waiting = task

    def cancel(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
        self._drop_waiting()

    def close(self) -> None:
        """Cancel and wait; a thread stuck in a read that never returns is ended by force."""
        self._waiting = None
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.cancel()
        if not worker.wait(_PATIENCE_MS):
            _log.warning("background work did not end in %d ms", _PATIENCE_MS)
            worker.terminate()
            worker.wait()

    def _drop_waiting(self) -> None:
        dropped, self._waiting = self._waiting, None
        if dropped is not None:
            dropped.failed(Cancelled())

    def _start(self, task: Task[Any]) -> None:
        self._worker = _Worker(task, self)
        self._worker.progressed.connect(self._on_progressed)
        self._worker.finished.connect(self._on_finished)
        self._worker.start()

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        if self._worker is not None:
            self._worker.task.progress(fraction, text)

    @Slot()
    def _on_finished(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:  # closed meanwhile
            return
        following, self._waiting = self._waiting, None
        if following is not None:
            self._start(following)
        if worker.error is not None:
            worker.task.failed(worker.error)
        else:
            worker.task.done(worker.result)
        worker.deleteLater()


class QtRunner(QObject):
    """A `focus_viewer.session.jobs.Runner` on QThreads."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, _Lane] = {}

    def submit(self, lane: str, task: Task[Any]) -> None:
        """Cancel what the lane runs and run this next."""
        if lane not in self._lanes:
            self._lanes[lane] = _Lane(self)
        self._lanes[lane].submit(task)

    def cancel(self, lane: str) -> None:
        """Cancel what the lane runs and what waits in it."""
        if lane in self._lanes:
            self._lanes[lane].cancel()

    def close(self) -> None:
        """Cancel everything and wait until the threads have ended."""
        for lane in self._lanes.values():
            lane.cancel()
        for lane in self._lanes.values():
            lane.close()
