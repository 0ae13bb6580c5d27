"""Work shared out to processes that Ctrl-C stops at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import TypeVar

from focus_viewer.core.errors import FocusError
from focus_viewer.core.interrupts import ctrl_c_held, ignore_ctrl_c
from focus_viewer.core.progress import Step

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_STEP_S = 0.1


def in_processes(
    work: Callable[[_Item], _Result], items: Sequence[_Item], workers: int, step: Step, text: str
) -> list[_Result]:
    """What `work` makes of each item, in the order of the items.

    Parameters
    ----------
    work : callable
        A function of a module, so that another process can import it.
    items : sequence
        At least one.
    workers : int
        Processes.
    step : Step
        Called ten times a second; if it raises, the processes are ended in the middle of their
        work.
    text : str
        What is being done, for people.

    Raises
    ------
    FocusError
        If a process is killed.
    Exception
        Whatever `work` or `step` raises.
    """
    step(0.0, text)
    with _pool(min(workers, len(items))) as pool:
        with ctrl_c_held():
            futures = [pool.submit(work, item) for item in items]
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, _STEP_S, FIRST_COMPLETED)
            for future in done:
                future.result()
            step(1 - len(waiting) / len(items), text)
    return [future.result() for future in futures]


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    others = set(active_children())
    # Fresh processes: a fork of one that runs threads can hang.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), ignore_ctrl_c)
    try:
        yield pool
    except BaseException as error:
        for child in set(active_children()) - others:
            child.terminate()
        if isinstance(error, BrokenProcessPool):
            raise FocusError(
                "A process was killed before its work was done, as systems do when memory runs "
                "out: try fewer workers."
            ) from error
        raise
    finally:
        pool.shutdown(cancel_futures=True)
