"""Changes of the requests: questions and messages for the user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from focus_viewer.core.documents.project import RecoveredWork
from focus_viewer.session.state.slices.requests import (
    ArrayQuestion,
    FileChoice,
    MissingCubes,
    Problem,
    Requests,
)
from focus_viewer.session.store import Changes


class RequestChanges(Changes):
    """Changes of the questions and messages for the user; None withdraws a question."""

    def offer_files(self, choice: FileChoice | None) -> None:
        """Ask which files of a folder to open."""
        self._put(replace(self._state.requests, file_choice=choice))

    def ask_array(self, question: ArrayQuestion | None) -> None:
        """Ask which array of a file is the cube."""
        self._put(replace(self._state.requests, array_question=question))

    def ask_missing_cubes(self, missing: MissingCubes | None) -> None:
        """Ask what to do with cubes of a project that are missing or changed."""
        self._put(replace(self._state.requests, missing_cubes=missing))

    def offer_recovery(self, recovered: Sequence[RecoveredWork]) -> None:
        """Offer to recover unsaved work."""
        self._put(replace(self._state.requests, recovered_work=tuple(recovered)))

    def layout_applied(self) -> None:
        """Record that the window has the layout of the project."""
        self._put(replace(self._state.requests, layout=""))

    def report(self, problem: Problem) -> None:
        """Show an error message."""
        self._put(replace(self._state.requests, problem=problem))

    def dismiss_problem(self) -> None:
        """Remove the error message."""
        self._put(replace(self._state.requests, problem=None))

    def _put(self, requests: Requests) -> None:
        self._store.publish(replace(self._state, requests=requests))
