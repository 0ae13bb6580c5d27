"""Work in other processes: in order, and stopped at once."""

from __future__ import annotations

import signal
import sys
import threading
import time
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children

import pytest

from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.process_pool import WorkerPool, in_processes
from focus_viewer.core.progress import silent


def test_results_keep_the_order_of_the_items_and_progress_ends_at_1() -> None:
    texts: list[float] = []
    items = [-3, 2, -1, 0, 5]
    assert in_processes(abs, items, 2, lambda share, text: texts.append(share), "counting") == [
        3, 2, 1, 0, 5,
    ]  # fmt: skip
    assert texts == sorted(texts)
    assert (texts[0], texts[-1]) == (0, 1)
    assert active_children() == []


def test_an_error_in_a_process_is_raised_here() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        in_processes(int, ["1", "one", "2"], 1, silent, "reading")
    assert active_children() == []


def test_work_that_is_no_longer_wanted_is_broken_off() -> None:
    started = time.monotonic()

    def step(share: float, text: str) -> None:
        if time.monotonic() > started + 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        in_processes(time.sleep, [60.0, 60.0, 60.0], 2, step, "sleeping")
    assert time.monotonic() - started < 10
    assert active_children() == []


def test_nothing_of_an_abandoned_pool_goes_on() -> None:
    before = set(threading.enumerate())
    pool = WorkerPool(1)
    waiting = pool.submit(time.sleep, 60.0)
    pool.submit(abs, 1)
    pool.abandon()
    assert set(threading.enumerate()) == before
    assert active_children() == []
    with pytest.raises((BrokenProcessPool, CancelledError)):
        waiting.result(0)


def test_a_process_that_is_killed_is_told_in_a_line() -> None:
    with pytest.raises(FocusError, match=r"killed before its work was done.*fewer workers"):
        in_processes(signal.raise_signal, [signal.SIGTERM], 1, silent, "dying")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal masks")
def test_ctrl_c_reaches_a_process_neither_while_it_loads_nor_later() -> None:
    blocked = partial(signal.pthread_sigmask, signal.SIG_BLOCK)
    (inside,) = in_processes(blocked, [()], 1, silent, "looking")
    assert signal.SIGINT in inside
    assert signal.SIGINT not in blocked(())
    (handler,) = in_processes(signal.getsignal, [signal.SIGINT], 1, silent, "looking")
    assert handler == signal.SIG_IGN
