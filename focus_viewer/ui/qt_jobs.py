"""Runs tasks in QThreads and brings their results to the GUI thread."""

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
from focus_viewer.session.tasks.protocols import Task

_log = logging.getLogger(__name__)

_CLOSE_S = 10.0  # for all threads together
_STUCK_CLOSE_S = 0.5  # for all that were given up before: they have had their time
_UNWANTED_S = 10.0
_FORCED_S = 2.0
_MOST_STUCK = 64  # each costs a thread that does nothing: many, yet not without end
_FULL_MS = 10_000
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
        self._heard = monotonic()
        self._cancelled = math.inf

    @property
    def wanted(self) -> bool:
        return not self._unwanted.is_set()

    def cancel(self) -> None:
        if self.wanted:
            self._cancelled = monotonic()
            self._unwanted.set()

    def left_s(self, unwanted_s: float) -> float:
        """How much longer it may be silent; what nobody waits for is given less time."""
        if self.task.patience_s is None:
            return math.inf
        end = min(self._heard + self.task.patience_s, self._cancelled + unwanted_s)
        return end - monotonic()

    def run(self) -> None:
        self._heard = monotonic()
        _give_way()
        try:
            self.result = self.task.work(self._step)
        except Exception as error:  # noqa: BLE001 - handed to the GUI thread, which shows it
            self.error = error

    def _step(self, fraction: float, text: str) -> None:
        if self._unwanted.is_set():
            raise Cancelled
        self._heard = now = monotonic()
        if text != self._told[0] or now - self._told[1] >= _TELL_EVERY_S:
            self._told = (text, now)
            self.progressed.emit(fraction, text)


def _give_way() -> None:
    """Let the window go first where all cores are busy; QThread's priorities do nothing here."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICENESS)  # of this thread alone


class _Stuck(QObject):
    """Keeps threads that were given up until they end: one that is destroyed ends the program."""

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
        ended = [one for one in self._workers if one.isFinished() or one is self.sender()]
        self._workers = [one for one in self._workers if one not in ended]
        for worker in ended:
            worker.deleteLater()


class _Lane(QObject):
    """Runs one task at a time and keeps at most one waiting.

    It lives in the GUI thread, and so do its slots: a plain function connected to a worker's
    signal would run in the worker.
    """

    def __init__(self, parent: QObject, stuck: _Stuck, unwanted_s: float) -> None:
        super().__init__(parent)
        self._stuck = stuck
        self._unwanted_s = unwanted_s
        self._worker: _Worker | None = None
        self._waiting: Task[Any] | None = None
        self._watch = QTimer(self)
        self._watch.setSingleShot(True)
        self._watch.timeout.connect(self._on_silence)

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

    def give_back(self) -> list[_Worker]:
        """Cancel all, tell nobody any more, and leave the thread that runs to the caller."""
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
            self._watch_out()

    def _drop_waiting(self) -> None:
        dropped, self._waiting = self._waiting, None
        if dropped is not None:
            dropped.failed(Cancelled())

    def _start(self, task: Task[Any]) -> None:
        self._worker = _Worker(task, self)
        self._worker.progressed.connect(self._on_progressed)
        self._worker.finished.connect(self._on_finished)
        self._worker.start()
        self._watch_out()

    def _watch_out(self) -> None:
        """Look again when the task that runs may be out of patience."""
        left_s = math.inf if self._worker is None else self._worker.left_s(self._unwanted_s)
        if math.isinf(left_s):
            self._watch.stop()
        else:
            self._watch.start(max(1, math.ceil(left_s * 1000)))

    def _go_on(self) -> None:
        """Start what waits; the task that ran is told afterwards, as it may submit another."""
        self._worker = None
        following, self._waiting = self._waiting, None
        if following is not None:
            self._start(following)
        else:
            self._watch.stop()

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        # Another than the one that runs was given up, or the lane was closed.
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
        worker.deleteLater()

    @Slot()
    def _on_silence(self) -> None:
        worker = self._worker
        if worker is None or worker.isFinished():  # in time: it is told in a moment
            return
        if worker.left_s(self._unwanted_s) > 0:  # a word was heard meanwhile
            self._watch_out()
        elif self._stuck.count >= _MOST_STUCK:
            _log.warning("%d reads are stuck: %s must wait", _MOST_STUCK, worker.task.about)
            self._watch.start(_FULL_MS)
        else:
            self._give_up(worker)

    def _give_up(self, worker: _Worker) -> None:
        task = worker.task
        _log.warning("%s does not answer: its thread is given up", task.about)
        worker.progressed.disconnect(self._on_progressed)
        worker.finished.disconnect(self._on_finished)
        wanted = worker.wanted
        worker.cancel()
        self._stuck.keep(worker)
        self._go_on()
        task.failed(Stalled(task.about, task.patience_s or 0.0) if wanted else Cancelled())


def _end(workers: list[_Worker], limit_s: float) -> None:
    """Wait for cancelled threads; those stuck in a read that never returns are ended by force."""
    left = _not_ended(workers, limit_s)
    if not left:
        return
    _log.warning("%d background threads did not end in %g s", len(left), limit_s)
    for worker in left:
        worker.terminate()
    for worker in _not_ended(left, _FORCED_S):  # the system itself waits, and lets none go
        _log.error("reading %s cannot be ended", worker.task.about)


def _not_ended(workers: list[_Worker], limit_s: float) -> list[_Worker]:
    """Those that have not ended when the time, of all together, is over."""
    end = monotonic() + limit_s
    return [one for one in workers if not one.wait(max(0, int((end - monotonic()) * 1000)))]


class QtRunner(QObject):
    """A `focus_viewer.session.tasks.protocols.Runner` on QThreads.

    Parameters
    ----------
    parent : QObject or None
    unwanted_s : float
        How long a task with patience, once it is cancelled, may keep others waiting.
    """

    def __init__(self, parent: QObject | None = None, unwanted_s: float = _UNWANTED_S) -> None:
        super().__init__(parent)
        self._lanes: dict[str, _Lane] = {}
        self._stuck = _Stuck(self)
        self._unwanted_s = unwanted_s

    @property
    def stuck(self) -> int:
        """How many reads were given up and have not ended."""
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
        """Cancel everything and wait until the threads have ended, for some seconds in all."""
        for lane in self._lanes.values():
            lane.cancel()
        _end([worker for lane in self._lanes.values() for worker in lane.give_back()], _CLOSE_S)
        self._stuck.close()
