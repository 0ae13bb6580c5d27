"""Screenshot of the window, taken when the explanation has finished."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QTimer, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.libraries import is_library

_PAINT_MS, _AGAIN_MS = 1500, 500
_MOST_LOOKS = 40  # something that always moves must not keep it from ending


class Screenshot(QObject):
    """Job that saves a PNG of the window once the explanation has ended, then closes it.

    Parameters
    ----------
    wanted : sequence of Path
        Files that are being opened; it waits for spectral libraries among them too.

    Attributes
    ----------
    problem : str
        Why there is no explanation or no screenshot; empty if there was no error.
    """

    def __init__(
        self, session: Session, window: QWidget, path: Path, wanted: Sequence[Path] = ()
    ) -> None:
        super().__init__(window)
        self.problem = ""
        self._window = window
        self._path = path
        self._waiting = True
        self._seen: list[QImage] = []
        self._looks = 0
        self._libraries = any(map(is_library, wanted))
        self._cubes = not all(map(is_library, wanted))
        session.changed.connect(self._on_changed)

    def _on_changed(self, change: Change) -> None:
        if self._waiting and self._is_finished(change.after):
            self.problem = _problem_of(change.after)
            self.take_soon()

    def _is_finished(self, state: State) -> bool:
        """Return whether all that is wanted is there, or something of it failed."""
        problem = state.requests.problem
        if problem is not None and not problem.is_note and state.document is None:
            return True
        if self._libraries and not state.libraries.items and problem is None:
            return False
        noted_first = self._cubes and state.document is None and state.requests.file_choice is None
        return not noted_first and is_finished(state)

    def take_soon(self) -> None:
        """Wait until the window has painted its latest state, then take the screenshot."""
        self._waiting = False
        QTimer.singleShot(_PAINT_MS, self._look)

    @Slot()
    def _look(self) -> None:
        """Take a picture that has been seen before: a busy machine paints late, a caret blinks."""
        picture = self._window.grab()
        image = picture.toImage()
        self._looks += 1
        if image in self._seen or self._looks == _MOST_LOOKS:
            self._take(picture)
            return
        self._seen = [*self._seen[-1:], image]
        QTimer.singleShot(_AGAIN_MS, self._look)

    def _take(self, picture: QPixmap) -> None:
        if not save_png(picture, self._path):
            self.problem = f"{self._path} cannot be written. Choose a .png in an existing folder."
        self._window.close()


def save_png(picture: QPixmap, path: Path) -> bool:
    """Write a picture as PNG, whole or not at all; return whether it was written."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, "PNG"):
        return False
    try:
        write_atomically(path, bytes(data.data()))
    except OSError:
        return False
    return True


def is_finished(state: State) -> bool:
    """Return whether no further change is expected without user input."""
    document = state.document
    if document is None:
        return state.requests.problem is not None or state.requests.file_choice is not None
    return document.composite is not None and document.outcome != "none"


def _problem_of(state: State) -> str:
    if state.document is not None and state.document.problem:
        return state.document.problem
    if state.document is None and state.requests.file_choice is not None:
        names = ", ".join(path.name for path in state.requests.file_choice.paths[:10])
        return f"There are several images: {names}. Give the path of one image."
    problem = state.requests.problem
    # A note, such as the scale that a library was read with, is not a failure.
    return f"{problem.title}: {problem.text}" if problem and not problem.is_note else ""
