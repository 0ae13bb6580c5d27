"""Task and runner of work in the background, independent of Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from focus_viewer.core.progress import Step, silent

T = TypeVar("T")


READ_PATIENCE_S = 60.0
"""For metadata or few values of a file. The slowest legitimate case: a compressed array of 2 GB,
unpacked as a whole from a slow drive."""
WHOLE_PATIENCE_S = 600.0
"""For bands or regions of a whole image, read in one go: with 20 GB in BIP order they take minutes.
Explaining reports each part that it reads and each layer."""


@dataclass(frozen=True, eq=False)
class Task(Generic[T]):
    """Work for the background, with callbacks for its outcome.

    Attributes
    ----------
    work : callable
        Runs in a worker thread; calls its step regularly.
    done : callable
        Takes the result, in the session's thread.
    failed : callable
        Takes the exception, also `Cancelled`, in the session's thread.
    progress : callable
        Takes fraction and text, in the session's thread.
    patience_s : float or None
        Longest time without a step before the work is given up and `failed` takes `Stalled`: a
        disconnected drive can block a read for ever. None for work that computes.
    about : str
        What is read, for messages: mostly the path of a file.
    """

    work: Callable[[Step], T]
    done: Callable[[T], None]
    failed: Callable[[Exception], None]
    progress: Callable[[float, str], None] = silent
    patience_s: float | None = None
    about: str = "The file"


class Runner(Protocol):
    """Runner of tasks in lanes: in each lane one runs and at most one waits, the latest.

    A task out of patience fails with `Stalled`, its late result is dropped, and the lane goes on.
    """

    def submit(self, lane: str, task: Task[T]) -> None:
        """Cancel what the lane runs and run this next; what waited fails with `Cancelled`."""
        ...

    def cancel(self, lane: str) -> None:
        """Cancel what the lane runs and what waits in it."""
        ...

    def close(self) -> None:
        """Cancel everything and wait until the threads have ended."""
        ...
