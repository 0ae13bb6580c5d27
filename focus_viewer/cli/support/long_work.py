"""Long work of a command: Ctrl-C, and progress on the error stream.

Ctrl-C is an exception where work may be left, and remembered where it may not.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from tqdm import tqdm

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import Step

_MOMENT_SECONDS = 0.05
_FORMAT = "{desc:<20} {percentage:3.0f} % |{bar:30}| {elapsed}"


class Interrupt:
    """Handler of Ctrl-C: immediate inside `leaves`, deferred elsewhere."""

    def __init__(self) -> None:
        self._received = False
        self._leaving = False

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Record Ctrl-C, and interrupt the work if allowed: once, so that cleanup finishes.

        While torch loads, an exception can meet its C++ initialisers, which end the process
        without any cleanup: the signal is then sent again a moment later.
        """
        if self._leaving and not self._received and _torch_loads():
            threading.Timer(_MOMENT_SECONDS, signal.raise_signal, (number,)).start()
            return
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
        """Allow Ctrl-C to break off the work of this block wherever it is.

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


def _torch_loads() -> bool:
    """Return whether torch is in the middle of its import."""
    spec = getattr(sys.modules.get("torch"), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))


@contextmanager
def interruptible() -> Iterator[Interrupt]:
    """Take over Ctrl-C for a block in the main thread."""
    interrupt = Interrupt()
    before = signal.signal(signal.SIGINT, interrupt.on_signal)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_bar(check: Callable[[], None]) -> Iterator[Step]:
    """Yield a step that draws a bar on a terminal and stays quiet in a log.

    Parameters
    ----------
    check : callable
        Called at every step; raises where the work is cancelled.
    """
    with tqdm(
        total=1.0,
        file=sys.stderr,
        bar_format=_FORMAT,
        leave=False,
        disable=None,  # where there is no terminal
        miniters=0,  # else a fast stretch makes tqdm wait for as much again
    ) as bar:

        def step(fraction: float, text: str) -> None:
            check()
            if not bar.disable:
                bar.update(min(fraction, 1.0) - bar.n)
                bar.set_description_str(text, refresh=text != bar.desc)

        yield step
