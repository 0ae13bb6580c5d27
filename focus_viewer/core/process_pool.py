"""Pool of worker processes that end with their parent and at once on Ctrl-C."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait as wait_until_ready
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from focus_viewer.core.errors import FocusError
from focus_viewer.core.interrupts import ctrl_c_held, ignore_ctrl_c
from focus_viewer.core.progress import Step

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_POLL_S = 0.1
_LONGEST_END_S = 1.0


class WorkerDied(FocusError):
    """A worker process was killed before its work was done."""


class WorkerPool:
    """Worker processes, started fresh: a fork of a process that runs threads can deadlock.

    Leaving its block with an error kills the processes in the middle of their work.

    Parameters
    ----------
    workers : int
        Number of processes.
    setup : callable or None
        Called in each process when it starts; picklable.
    """

    def __init__(self, workers: int, setup: Callable[[], object] | None = None) -> None:
        self._earlier = set(active_children())
        self._executor = ProcessPoolExecutor(workers, get_context("spawn"), _enter, (setup,))

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.kill()
        self._executor.shutdown(cancel_futures=True)

    def submit(self, work: Callable[..., _Result], *arguments: Any) -> Future[_Result]:
        """Run a function of a module in a worker process."""
        with ctrl_c_held():
            return self._executor.submit(work, *arguments)

    def kill(self) -> set[BaseProcess]:
        """End the processes, whatever they are doing, and return them."""
        children = {child for child in active_children() if child not in self._earlier}
        for child in children:
            child.kill()
        return children

    def abandon(self) -> None:
        """End the processes; those that the system keeps, as for a lost drive, go on alone.

        Where all have ended, the executor's thread is waited for: one that still ends while Python
        exits makes it print a traceback.
        """
        ended = all(wait_until_ready([child.sentinel], _LONGEST_END_S) for child in self.kill())
        self._executor.shutdown(wait=ended, cancel_futures=True)


def completed(
    work: Callable[[_Item], _Result],
    items: Sequence[_Item],
    workers: int,
    tick: Callable[[int, int], None],
    setup: Callable[[], object] | None = None,
) -> Iterator[tuple[int, _Result]]:
    """Yield position and result of each item, in the order in which they are completed.

    Parameters
    ----------
    work : callable
        A function of a module, so that another process can import it.
    workers : int
        Number of processes at most.
    tick : callable
        Called ten times a second with the position of an item in work and the number of completed
        items; if it raises, the processes are killed.
    setup : callable or None
        See `WorkerPool`.

    Raises
    ------
    WorkerDied
        If a process is killed.
    Exception
        Whatever `work` or `tick` raises.
    """
    if not items:
        return
    with WorkerPool(min(workers, len(items)), setup) as pool:
        waiting = {pool.submit(work, item): position for position, item in enumerate(items)}
        while waiting:
            tick(next(iter(waiting.values())), len(items) - len(waiting))
            for future in wait(waiting, _POLL_S, FIRST_COMPLETED).done:
                yield waiting.pop(future), _result(future)


def in_processes(
    work: Callable[[_Item], _Result], items: Sequence[_Item], workers: int, step: Step, text: str
) -> list[_Result]:
    """Return the results of `work` in the order of the items; otherwise as `completed`.

    Parameters
    ----------
    step : Step
        Called ten times a second with `text`; if it raises, the processes are killed.
    """

    def tick(position: int, done: int) -> None:
        step(done / len(items), text)

    results = dict(completed(work, items, workers, tick))
    step(1.0, text)
    return [results[position] for position in range(len(items))]


def _result(future: Future[_Result]) -> _Result:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise WorkerDied(
            "A process was killed before its work was done, as systems do when memory runs out: "
            "try fewer workers."
        ) from error


def _enter(setup: Callable[[], object] | None) -> None:
    ignore_ctrl_c()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if setup is not None:
        setup()


def _end_with_parent() -> None:
    """Exit when the parent ends: a worker whose parent was killed would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
