"""Background work of the session: submitted to a lane, its failure shown to the user."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import Step, silent
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import problem_of
from focus_viewer.session.tasks.runner import READ_PATIENCE_S, Runner, Task

T = TypeVar("T")

_log = logging.getLogger(__name__)


def ignore(result: object) -> None:
    """Take a result that is not needed."""


def log_failure(about: str) -> Callable[[Exception], None]:
    """Return a callback that logs an exception other than `Cancelled`."""

    def log(error: Exception) -> None:
        if not isinstance(error, Cancelled):
            _log.error("%s failed", about, exc_info=error)

    return log


class Background:
    """Background work of a session."""

    def __init__(self, session: Session, runner: Runner) -> None:
        self._session = session
        self._runner = runner

    def submit(
        self,
        lane: str,
        work: Callable[[Step], T],
        done: Callable[[T], None] = ignore,
        title: str = "Could not read the cube",
        *,
        reads: object = None,
        patience_s: float = READ_PATIENCE_S,
        failed: Callable[[Exception], None] | None = None,
        refused: Callable[[str], None] | None = None,
        progress: Callable[[float, str], None] | None = None,
    ) -> None:
        """Do work in a lane, in place of what runs there.

        Parameters
        ----------
        work : callable
            Runs in a worker thread.
        done : callable
            Takes the result.
        title : str
            Of the problem that is reported when it fails.
        reads : object or None
            File that it reads, as shown to the user. Such work is given up if it does not report
            progress for `patience_s`: its drive does not answer.
        failed : callable or None
            Takes the exception, `Cancelled` too, in place of the report.
        refused : callable or None
            Takes the reason of a failure, in place of the report.
        progress : callable or None
            Takes fraction and text.
        """

        def report(error: Exception) -> None:
            if isinstance(error, Cancelled):
                return
            if refused is not None:
                refused(problem_of("", error).text)
            else:
                self._session.requests.report(problem_of(title, error))

        task = Task(
            work,
            done,
            failed or report,
            progress or silent,
            None if reads is None else patience_s,
            "The file" if reads is None else str(reads),
        )
        self._runner.submit(lane, task)

    def cancel(self, lane: str) -> None:
        """Cancel what runs and waits in a lane."""
        self._runner.cancel(lane)

    def close(self) -> None:
        """Cancel everything and wait until the threads have ended."""
        self._runner.close()
