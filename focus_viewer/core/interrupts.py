"""Ctrl-C handling with several processes: a terminal sends it to all, one of them answers."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def ignore_ctrl_c() -> None:
    """Ignore Ctrl-C in a worker process: its parent handles it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def ctrl_c_held() -> Iterator[None]:
    """Block Ctrl-C; processes started meanwhile never receive it, not even while they load.

    Windows has no such mask: there a process that still loads is ended by Ctrl-C.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
