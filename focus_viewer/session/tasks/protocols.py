"""Task and runner of work in the background, independent of Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from focus_viewer.core.progress import Step, silent

T = TypeVar("T")


READ_PATIENCE_S = 60.0
"""For what describes a file, or a few of its numbers. The slowest that is honest: an array of 2 GB
in a format that is unpacked as a whole, from a slow drive."""
WHOLE_PATIENCE_S = 600.0
"""For bands or regions of a whole image, which is read in one go: those of 20 GB that lie as BIP
take minutes. Explaining tells of each part that it reads and of each layer."""


def _ignore_progress(fraction: float, text: str) -> None:
    silent(fraction, text)


@dataclass(frozen=True, eq=False)
class Task(Generic[T]):
    """Work for the background and who is told how it went.

    Attributes
    ----------
    work : callable
        Runs in a worker thread; calls its step now and then.
    done : callable
        Told the result, in the session's thread.
    failed : callable
        Told the exception, in the session's thread; `Cancelled` among them.
    progress : callable
        Told fraction and text, in the session's thread.
    patience_s : float or None
        How long the work may call no step before it is given up and `failed` is told `Stalled`: a
        drive that is gone can hold up a read for ever. None for work that computes.
    about : str
        For people: what is read, mostly the path of a file.
    """

    work: Callable[[Step], T]
    done: Callable[[T], None]
    failed: Callable[[Exception], None]
    progress: Callable[[float, str], None] = _ignore_progress
    patience_s: float | None = None
    about: str = "The file"


class Runner(Protocol):
    """Runs tasks in lanes: in each lane one runs and at most one waits, the latest.

    A task that is out of patience is told so, its late result is dropped, and the lane goes on.
    """

    def submit(self, lane: str, task: Task[T]) -> None:
        """Cancel what the lane runs and run this next; what waited is told that it is cancelled."""
        ...

    def cancel(self, lane: str) -> None:
        """Cancel what the lane runs and what waits in it."""
        ...

    def close(self) -> None:
        """Cancel everything and wait until the threads have ended."""
        ...
