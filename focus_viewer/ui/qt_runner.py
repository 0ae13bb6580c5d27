"""Runner of tasks in QThreads, with their results in the GUI thread."""

from __future__ import annotations

import logging
import math
import os
import sys
from threading import Event, get_native_id
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from focus_viewer.core.errors import Cancelled, Stalled
from focus_viewer.session.tasks.runner import Task
from focus_viewer.ui.garbage import collect_in_gui_thread

_log = logging.getLogger(__name__)

_CLOSE_S = 10.0  # for all threads together
_STUCK_CLOSE_S = 0.5  # for all that were given up before
_UNWANTED_S = 10.0
_MOST_STUCK = 64  # each is a blocked thread: many, yet limited
_FULL_MS = 10_000
_NICENESS = 10
_REPORT_EVERY_S = 0.05  # work may report each layer: too many updates would block the window


class _Worker(QThread):
    """Task in its own thread."""

    progressed = Signal(float, str)

    def __init__(self, task: Task[Any], parent: QObject) -> None:
        super().__init__(parent)
        self.task = task
        self.result: Any = None
        self.error: Exception | None = None
        self._unwanted = Event()
        self._reported = ("", -_REPORT_EVERY_S)  # last text, and its time
        self._last_step = monotonic()
        self._cancelled = math.inf

    @property
    def wanted(self) -> bool:
        return not self._unwanted.is_set()

    def cancel(self) -> None:
        if self.wanted:
            self._cancelled = monotonic()
            self._unwanted.set()

    def left_s(self, unwanted_s: float) -> float:
        """Return how much longer it may run without a step; unwanted work has less time."""
        if self.task.patience_s is None:
            return math.inf
        end = min(self._last_step + self.task.patience_s, self._cancelled + unwanted_s)
        return end - monotonic()

    def run(self) -> None:
        self._last_step = monotonic()
        _give_way()
        try:
            self.result = self.task.work(self._step)
        except Exception as error:  # noqa: BLE001 - handed to the GUI thread, which shows it
            self.error = error

    def _step(self, fraction: float, text: str) -> None:
        if self._unwanted.is_set():
            raise Cancelled
        self._last_step = now = monotonic()
        if text != self._reported[0] or now - self._reported[1] >= _REPORT_EVERY_S:
            self._reported = (text, now)
            self.progressed.emit(fraction, text)


def _give_way() -> None:
    """Lower the priority of this thread; QThread's priorities have no effect on Linux."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICENESS)  # of this thread alone


def _discard(worker: _Worker) -> None:
    """Delete the object of an ended thread apart from its runner.

    Its task may hold the last reference to the runner: were it still the runner's, the runner's end
    would delete it a second time while it is being deleted.
    """
    worker.setParent(None)
    worker.deleteLater()


class _Stuck(QObject):
    """Threads that were given up, kept until they end: destroying one aborts the program."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._workers: list[_Worker] = []

    @property
    def count(self) -> int:
        return len(self._workers)

    def keep(self, worker: _Worker) -> None:
        worker.setParent(self)
        self._workers.append(worker)
        worker.finished.connect(self._drop_ended)
        self._drop_ended()  # it may have ended before it was connected

    def close(self) -> None:
        workers, self._workers = self._workers, []
        _end(workers, _STUCK_CLOSE_S)

    @Slot()
    def _drop_ended(self) -> None:
        ended = [
            worker for worker in self._workers if worker.isFinished() or worker is self.sender()
        ]
        self._workers = [worker for worker in self._workers if worker not in ended]
        for worker in ended:
            _discard(worker)


class _Lane(QObject):
    """Lane: runs one task at a time, with at most one waiting.

    A QObject of the GUI thread, as its slots must run there: a plain function connected to a
    worker's signal would run in the worker.
    """

    def __init__(self, parent: QObject, stuck: _Stuck, unwanted_s: float) -> None:
        super().__init__(parent)
        self._stuck = stuck
        self._unwanted_s = unwanted_s
        self._worker: _Worker | None = None
        self._waiting: Task[Any] | None = None
        self._watch = QTimer(self)
        self._watch.setSingleShot(True)
        self._watch.timeout.connect(self._on_timeout)

    def submit(self, task: Task[Any]) -> None:
        if self._worker is None:
            self._start(task)
        else:
            self._cancel_running()
            self._drop_waiting()
            self._waiting = task

    def cancel(self) -> None:
        self._cancel_running()
        self._drop_waiting()

    def release(self) -> list[_Worker]:
        """Cancel all without callbacks, and return the running thread."""
        self._waiting = None
        self._watch.stop()
        worker, self._worker = self._worker, None
        if worker is None:
            return []
        worker.cancel()
        return [worker]

    def _cancel_running(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            self._restart_watch()

    def _drop_waiting(self) -> None:
        dropped, self._waiting = self._waiting, None
        if dropped is not None:
            dropped.failed(Cancelled())

    def _start(self, task: Task[Any]) -> None:
        self._worker = _Worker(task, self)
        self._worker.progressed.connect(self._on_progressed)
        self._worker.finished.connect(self._on_finished)
        self._worker.start()
        self._restart_watch()

    def _restart_watch(self) -> None:
        """Set the timer to the time when the running task may be out of patience."""
        left_s = math.inf if self._worker is None else self._worker.left_s(self._unwanted_s)
        if math.isinf(left_s):
            self._watch.stop()
        else:
            self._watch.start(max(1, math.ceil(left_s * 1000)))

    def _go_on(self) -> None:
        """Start what waits; callbacks of the finished task follow, as they may submit another."""
        self._worker = None
        following, self._waiting = self._waiting, None
        if following is not None:
            self._start(following)
        else:
            self._watch.stop()

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        # Another worker was given up, or the lane was closed.
        if self._worker is not None and self.sender() is self._worker:
            self._worker.task.progress(fraction, text)

    @Slot()
    def _on_finished(self) -> None:
        worker = self._worker
        if worker is None or self.sender() is not worker:
            return
        self._go_on()
        if worker.error is not None:
            worker.task.failed(worker.error)
        else:
            worker.task.done(worker.result)
        _discard(worker)

    @Slot()
    def _on_timeout(self) -> None:
        worker = self._worker
        if worker is None or worker.isFinished():  # in time: its signal is pending
            return
        if worker.left_s(self._unwanted_s) > 0:  # it has reported meanwhile
            self._restart_watch()
        elif self._stuck.count >= _MOST_STUCK:
            _log.warning("%d reads are stuck, %s must wait", _MOST_STUCK, worker.task.about)
            self._watch.start(_FULL_MS)
        else:
            self._abandon(worker)

    def _abandon(self, worker: _Worker) -> None:
        task = worker.task
        _log.warning("%s does not answer, its thread is given up", task.about)
        worker.progressed.disconnect(self._on_progressed)
        worker.finished.disconnect(self._on_finished)
        wanted = worker.wanted
        worker.cancel()
        self._stuck.keep(worker)
        self._go_on()
        task.failed(Stalled(task.about, task.patience_s or 0.0) if wanted else Cancelled())


_left: list[_Worker] = []  # for the life of the process: destroying a running QThread aborts it


def threads_left() -> bool:
    """Return whether threads are still running that did not end in time when a runner closed."""
    return any(not worker.isFinished() for worker in _left)


def _end(workers: list[_Worker], limit_s: float) -> None:
    """Wait for cancelled threads, for a time for all together; late ones are left running.

    They are never terminated: a thread that has the interpreter's lock would keep it for ever.
    """
    end = monotonic() + limit_s
    late = [
        worker for worker in workers if not worker.wait(max(0, int((end - monotonic()) * 1000)))
    ]
    for worker in late:
        worker.setParent(None)
        _log.warning("%s: its thread did not end in %g s", worker.task.about, limit_s)
    _left.extend(late)


class QtRunner(QObject):
    """Implementation of `focus_viewer.session.tasks.runner.Runner` on QThreads.

    A cancelled task with patience may block its lane for `unwanted_s`.
    """

    def __init__(self, parent: QObject | None = None, unwanted_s: float = _UNWANTED_S) -> None:
        super().__init__(parent)
        collect_in_gui_thread()
        self._lanes: dict[str, _Lane] = {}
        self._stuck = _Stuck(self)
        self._unwanted_s = unwanted_s

    @property
    def stuck(self) -> int:
        """Number of reads that were given up and have not ended."""
        return self._stuck.count

    def submit(self, lane: str, task: Task[Any]) -> None:
        """Cancel what the lane runs and run this next."""
        if lane not in self._lanes:
            self._lanes[lane] = _Lane(self, self._stuck, self._unwanted_s)
        self._lanes[lane].submit(task)

    def cancel(self, lane: str) -> None:
        """Cancel what the lane runs and what waits in it."""
        if lane in self._lanes:
            self._lanes[lane].cancel()

    def close(self) -> None:
        """Cancel everything and wait for the threads, at most some seconds: see `threads_left`."""
        for lane in self._lanes.values():
            lane.cancel()
        _end([worker for lane in self._lanes.values() for worker in lane.release()], _CLOSE_S)
        self._stuck.close()
