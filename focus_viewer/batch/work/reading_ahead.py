"""Reading ahead: a thread prepares the next item while the caller works on the present one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import Step

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 1
_POLL_S = 0.1


def read_ahead(
    work: Callable[[T, Step], R], items: Iterable[T], step: Step
) -> Generator[R, None, None]:
    """Yield the result of `work` for each item, in order, one item ahead in a thread.

    At the end, however it comes, the thread's own step raises `Cancelled`, and it is waited for.

    Parameters
    ----------
    work : callable
        Of an item and a step that it calls now and then.
    step : Step
        Called while a result is waited for; it may raise.
    """
    stopped = threading.Event()

    def own_step(fraction: float, text: str) -> None:
        if stopped.is_set():
            raise Cancelled

    waiting = deque[Future[R]]()
    with ThreadPoolExecutor(1) as reader:
        try:
            for item in items:
                waiting.append(reader.submit(work, item, own_step))
                if len(waiting) > _AHEAD:
                    yield _result(waiting.popleft(), step)
            while waiting:
                yield _result(waiting.popleft(), step)
        finally:
            stopped.set()
            for future in waiting:
                future.cancel()


def _result(future: Future[R], step: Step) -> R:
    while not wait([future], _POLL_S).done:
        step(0.0, "reading")
    return future.result()
