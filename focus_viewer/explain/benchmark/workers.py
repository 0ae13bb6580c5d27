"""Scenes measured side by side: several processes of one thread each, a scene and method a task.

A pass of a small model keeps few cores busy, so that many at once are done sooner than one by one.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import torch

from focus_viewer.core.errors import FocusError
from focus_viewer.core.interrupts import ctrl_c_held, ignore_ctrl_c
from focus_viewer.explain.benchmark.measure import Depth, Task, measure_scene

_PATIENCE_S = 0.2

Item = tuple[str, str]
"""Method, and number of the scene."""
Look = Callable[[Item], tuple[Task, Depth]]
"""What an item asks for: arguments of `measure_scene`."""


def measured(
    look: Look, items: Sequence[Item], workers: int, tick: Callable[[Item, int], None]
) -> Iterator[tuple[Item, dict[str, float]]]:
    """Measure items, in whatever order they get done.

    Parameters
    ----------
    look : callable
        Picklable where there is more than one worker.
    items : sequence of Item
    workers : int
        Processes; 1 measures in this one.
    tick : callable
        Told an item that is being measured and how many are done, now and then; raises `Cancelled`
        to stop.

    Raises
    ------
    FocusError
        If a process ended before its work was done.
    Cancelled
    """
    if workers == 1:
        for done, item in enumerate(items):
            tick(item, done)
            yield item, measure_scene(*look(item))
        return
    with _processes(look, workers) as pool:
        with ctrl_c_held():
            waiting = {pool.submit(_measure, item): item for item in items}
        while waiting:
            tick(next(iter(waiting.values())), len(items) - len(waiting))
            for future in wait(waiting, _PATIENCE_S, FIRST_COMPLETED).done:
                yield waiting.pop(future), _figures(future)


def _figures(future: Future[dict[str, float]]) -> dict[str, float]:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise FocusError(
            "a process that measured scenes ended early, perhaps for want of memory. What was "
            "measured is kept: run the same command again, with fewer workers."
        ) from error


@contextmanager
def _processes(look: Look, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Keep processes for a block; they are ended with it, whatever they are at."""
    others = set(multiprocessing.active_children())
    # Fresh processes: a fork of one that runs torch's threads can hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_enter, initargs=(look,))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
            child.join()


_look: Look | None = None  # of the round that this process works for


def _enter(look: Look) -> None:
    global _look
    ignore_ctrl_c()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    _look = look


def _end_with_parent() -> None:
    """A process whose parent was killed would else wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _measure(item: Item) -> dict[str, float]:
    if _look is None:
        raise RuntimeError("a process measures only after `_enter`")
    return measure_scene(*_look(item))
