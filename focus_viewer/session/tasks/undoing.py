"""Undo and redo, with what is remembered of a file beyond this session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import PREPROCESS
from focus_viewer.session.tasks.service_protocols import CubeFiles


class Undoing:
    """Undo and redo of the active document."""

    def __init__(self, session: Session, background: Background, cubes: CubeFiles) -> None:
        self._session = session
        self._background = background
        self._cubes = cubes

    def undo(self) -> None:
        """Undo the last change of the active document."""
        self._step(self._session.history.undo)

    def redo(self) -> None:
        """Redo what was undone."""
        self._step(self._session.history.redo)

    def _step(self, step: Callable[[], None]) -> None:
        before = self._session.state.document
        step()
        after = self._session.state.document
        if before is None or after is None or after.cube.path is None:
            return
        choice = as_read(after.cube).choice
        if choice != as_read(before.cube).choice:
            self._remember(after.cube.path, choice or ArrayChoice())

    def _remember(self, path: Path, choice: ArrayChoice) -> None:
        """Remember for the file what is said of it now, or it would open with what was undone."""
        self._background.submit(
            PREPROCESS,
            lambda step: self._cubes.remember_choice(path, choice),
            title=f"Could not remember the values of {path.name}",
            reads=path,
        )
