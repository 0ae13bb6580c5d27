"""Rest of the window: built step by step once what is there has been painted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from importlib import import_module

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_TICK_MS = 10


class Later(QObject):
    """Steps that build the rest of a window, after a module that they need is loaded.

    The module is loaded in a thread, so that the window answers meanwhile; the steps run one at a
    time between the events of the window, and `then` when all were taken.

    Attributes
    ----------
    done : bool
        Whether the window is complete.
    """

    def __init__(
        self,
        window: QWidget,
        module: str,
        steps: Callable[[], Iterator[None]],
        then: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self.done = False
        self._build = steps
        self._steps: Iterator[None] | None = None
        self._then = then
        self._loading = threading.Thread(target=_load, args=(module,), name="views", daemon=True)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._advance)
        window.installEventFilter(self)

    @property
    def loading(self) -> bool:
        """Whether the module is being loaded now, which cannot be stopped."""
        return self._loading.is_alive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Begin once the window's first picture is on its way to the screen."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._begin)
        return False

    def finish(self) -> None:
        """Take all steps that are left, now."""
        while not self.done:
            self._step()

    def _begin(self) -> None:
        if not self.done:
            self._loading.start()
            self._timer.start()

    def _advance(self) -> None:
        if not self.loading:
            self._timer.setInterval(0)  # the window's events come first all the same
            self._step()

    def _step(self) -> None:
        self._steps = self._steps or self._build()
        try:
            ended = next(self._steps, self) is self
        except Exception:
            self._timer.stop()
            self._steps = None  # one that has raised would look as if it had ended
            raise
        if ended and not self.done:
            self._timer.stop()
            self.done = True
            self._then()


def _load(module: str) -> None:
    """Load a module; an error occurs again, and is reported, where the first step needs it."""
    try:
        import_module(module)
    except ImportError:
        return
