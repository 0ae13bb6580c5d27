"""Happenings of a session, logged as they come: cubes, explanations, messages to the user."""

from __future__ import annotations

import logging

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change, State

_log = logging.getLogger(__name__)


class Happenings:
    """Listener that logs what a session publishes.

    Attributes
    ----------
    names : set of str
        Names of all cubes and projects so far, which a bug report must not have.
    """

    def __init__(self, session: Session) -> None:
        self.names: set[str] = set()
        session.changed.connect(self._on_changed)

    def _on_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        self.names |= _names(after)
        _log_documents(before, after)
        problem = after.requests.problem
        if problem is not None and problem is not before.requests.problem:
            level = logging.INFO if problem.is_note else logging.WARNING
            _log.log(level, "%s: %s", problem.title, problem.text)


def _names(state: State) -> set[str]:
    """Return the names of what is open, with and without suffix."""
    paths = [state.project.path, *(document.cube.path for document in state.documents.items)]
    files = {name for path in paths if path is not None for name in (path.name, path.stem)}
    return files | {document.cube.name for document in state.documents.items}


def _log_documents(before: State, after: State) -> None:
    known = {document.id: document for document in before.documents.items}
    for document in after.documents.items:
        old = known.pop(document.id, None)
        if old is None:
            _log.info("opened %s: %s", document.cube.name, cube_line(document.cube))
        elif document.outcome != old.outcome and document.outcome != "none":
            _log.info(
                "explaining %s: %s %s", document.cube.name, document.outcome, document.problem
            )
    for closed in known.values():
        _log.info("closed %s", closed.cube.name)


def cube_line(cube: Cube) -> str:
    """Return shape, kind of file, storage and units of a cube."""
    rows, cols, bands = cube.source.shape
    kind = cube.path.suffix.lower() if cube.path is not None else ""
    axis = "no wavelengths"
    if cube.wavelengths_nm is not None:
        axis = f"{cube.wavelengths_nm.min():.0f}-{cube.wavelengths_nm.max():.0f} nm"
    parts = (f"{rows} x {cols} x {bands}", kind or "no suffix", cube.stored, cube.units, axis)
    return ", ".join(part for part in parts if part)
