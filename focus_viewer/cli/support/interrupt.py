"""Ctrl-C: an exception where work may be left, remembered where it may not."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from focus_viewer.core.errors import Cancelled


class Interrupt:
    """Handler of Ctrl-C: immediate inside `leaves`, deferred elsewhere."""

    def __init__(self) -> None:
        self._received = False
        self._leaving = False

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Record Ctrl-C, and interrupt the work if allowed: once, so that cleanup finishes."""
        first, self._received = not self._received, True
        if first and self._leaving:
            raise KeyboardInterrupt

    def check(self) -> None:
        """Raise if Ctrl-C came: some library may have swallowed its exception.

        Raises
        ------
        Cancelled
        """
        if self._received:
            raise Cancelled

    @contextmanager
    def leaves(self) -> Iterator[None]:
        """Let Ctrl-C break off the work of this block wherever it is.

        Raises
        ------
        KeyboardInterrupt, Cancelled
            If Ctrl-C came, at the latest when the block ends.
        """
        self.check()
        self._leaving = True
        try:
            yield
        finally:
            self._leaving = False
        self.check()


@contextmanager
def interruptible() -> Iterator[Interrupt]:
    """Take over Ctrl-C for a block in the main thread."""
    interrupt = Interrupt()
    before = signal.signal(signal.SIGINT, interrupt.on_signal)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
