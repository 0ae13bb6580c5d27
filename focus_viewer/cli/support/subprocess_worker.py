"""Isolated reader process with a time limit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from focus_viewer.core.errors import FocusError
from focus_viewer.core.process_pool import WorkerPool

T = TypeVar("T")


class NoAnswer(FocusError):
    """Error for a file whose reading did not end, or ended the reader process."""


class IsolatedReader:
    """Reader of one file at a time in a process that is replaced where it hangs or dies.

    A thread that waits for an unreachable drive cannot be ended, and a library that fails on a
    damaged file can end its process.

    Parameters
    ----------
    limit_s : float
        Time limit for a file.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._pool: WorkerPool | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._abandon()

    def read(self, work: Callable[[Path], T], path: Path) -> T:
        """Return the result of `work`, a function of a module that raises nothing, for a path.

        Raises
        ------
        NoAnswer
            If it takes too long, or the process dies.
        """
        try:
            return (self._pool or self._start()).submit(work, path).result(self._limit_s)
        except BrokenProcessPool as error:
            self._abandon()
            raise NoAnswer(
                f"{path} ended the process that read it: it is damaged, or memory ran out. Copy it "
                "again from its source."
            ) from error
        except TimeoutError as error:
            self._abandon()
            raise NoAnswer(
                f"{path} gave no answer within {self._limit_s:g} s. Check that its drive or "
                "network share is available, or allow more time with --limit."
            ) from error

    def _start(self) -> WorkerPool:
        self._pool = WorkerPool(1)
        self._pool.submit(_ready).result()  # loading libraries does not count as reading
        return self._pool

    def _abandon(self) -> None:
        if self._pool is not None:
            self._pool.abandon()
        self._pool = None


def _ready() -> None:
    """Do nothing, in a process that has loaded."""
