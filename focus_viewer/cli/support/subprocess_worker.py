"""Work in a process beside this one, which is given up where it hangs or dies."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from focus_viewer.core.errors import FocusError
from focus_viewer.core.interrupts import ctrl_c_held, ignore_ctrl_c

T = TypeVar("T")

_PATIENCE_S = 1.0


class NoAnswer(FocusError):
    """A file whose reading did not end, or ended the process that read it."""


class Aside:
    """Asks one thing at a time of a process; another takes its place where it fails.

    A thread cannot be ended that waits for a drive which is gone, and a library that is led astray
    by a damaged file can end its process.

    Parameters
    ----------
    limit_s : float
        How long an answer may take.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._context = get_context("spawn")
        self._process: Any = None
        self._line: Connection | None = None

    def __enter__(self) -> Aside:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._give_up()

    def ask(self, work: Callable[[Path], T], path: Path) -> T:
        """What `work`, a function of a module that raises nothing, tells of a path.

        Raises
        ------
        NoAnswer
            If it takes too long, or the process dies of it.
        """
        try:
            line = self._line or self._started()
            line.send((work, path))
            answered = line.poll(self._limit_s)
            if answered:
                answer: T = line.recv()
                return answer
        except (EOFError, OSError) as error:
            self._give_up()
            raise NoAnswer(
                f"{path} ended the process that read it: it is damaged, or memory ran out. Copy it "
                "again from where it came."
            ) from error
        self._give_up()
        raise NoAnswer(
            f"{path} gave no answer within {self._limit_s:g} s. Check that its drive or network "
            "share is there, or allow more time with --limit."
        )

    def _started(self) -> Connection:
        ours, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
        with ctrl_c_held():
            self._process.start()
        theirs.close()
        ours.recv()  # it has loaded what it needs: the time of the first answer is its own
        self._line = ours
        return ours

    def _give_up(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.join(_PATIENCE_S)
        self._line = self._process = None


def _serve(line: Connection) -> None:
    ignore_ctrl_c()
    line.send("ready")
    while True:
        try:
            work, path = line.recv()
        except EOFError:
            return
        line.send(work(path))
