"""Explanations of all open cubes, one after the other in the lane of explaining."""

from __future__ import annotations

import os
from collections.abc import Sequence

from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.models.explaining import ExplanationTasks

_GB = 1e9
_MOST_NAMED = 5
_SHARE_OF_MEMORY = 0.5
_UNKNOWN_MEMORY = 8e9  # where the system does not state its own


class ExplainAllTasks:
    """Queue of open cubes; what is looked at meanwhile goes first.

    It runs in the lane of explaining: a cube that the user turns to takes the place of the one that
    is explained, which is queued again.
    """

    def __init__(
        self, session: Session, explaining: ExplanationTasks, most_bytes: float | None = None
    ) -> None:
        self._session = session
        self._explaining = explaining
        self.most_bytes = _SHARE_OF_MEMORY * _memory() if most_bytes is None else most_bytes

    def start(self) -> None:
        """Explain all open cubes without a result, the active one first."""
        items = self._session.state.documents.items
        self._session.queue.start(each.id for each in items if each.explanation is None)

    def toggle_pause(self) -> None:
        """Begin no further cube, or go on."""
        self._session.queue.pause(not self._session.state.queue.paused)

    def cancel(self) -> None:
        """Explain no further cube, and stop the present one."""
        self._explaining.cancel()

    @property
    def memory_text(self) -> str:
        """Memory that the results hold, and may hold, for people."""
        held, most = _held(self._session.state) / _GB, self.most_bytes / _GB
        return f"the results hold {held:.2g} GB; no further cube is begun above {most:.2g} GB"

    def advance(self, _: State) -> None:
        """Explain the next cube, once nothing else is being explained."""
        session = self._session
        state = session.state  # another row of triggers may have begun something meanwhile
        queue = state.queue
        if not queue.ids or queue.paused or state.jobs.explaining.is_running():
            return
        waiting = queue.waiting(state.documents)
        if not waiting:
            failed = queue.failed(state.documents)
            session.queue.clear()
            if failed:
                session.requests.report(_failures(failed))
        elif _held(state) > self.most_bytes:
            session.queue.clear()
            session.requests.report(self._no_room(state, len(waiting)))
        else:
            self._explaining.explain(waiting[0])

    def _no_room(self, state: State, left: int) -> Problem:
        text = (
            f"{left} of the open cubes are not explained: the results of the others hold "
            f"{_held(state) / _GB:.1f} GB, more than {self.most_bytes / _GB:.1f} GB, half of the "
            "memory. Close some cubes, or run focus-viewer batch, which writes each result to disk."
        )
        return Problem("Not all cubes were explained", text)


def _failures(failed: Sequence[Document]) -> Problem:
    texts = [_named_once(each.cube.name, each.problem) for each in failed]
    more = [f"and {len(texts) - _MOST_NAMED} more"] if len(texts) > _MOST_NAMED else []
    title = f"{len(texts)} of the open cubes could not be explained"
    return Problem(title, "\n".join([*texts[:_MOST_NAMED], *more]))


def _named_once(name: str, problem: str) -> str:
    """Return a cube's name and its problem, which often begins with it."""
    return f"{name}: {problem.removeprefix(f'{name}: ')}"


def _held(state: State) -> int:
    """Return the memory that explanations hold, in bytes."""
    results = (document.explanation for document in state.documents.items)
    return sum(each.nbytes for each in results if each is not None)


def _memory() -> float:
    """Return the memory of this machine, in bytes."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return _UNKNOWN_MEMORY
