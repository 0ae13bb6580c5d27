"""Labels of cubes, read from tables in the background."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from focus_viewer.core.counted import counted
from focus_viewer.core.datasets.cube_labels import LabelReading, SuggestedLabels
from focus_viewer.core.progress import Step
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import FileChoice, Problem
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import LABELS
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import LabelFiles

_MOST_LINES, _MOST_NAMED = 5, 12


class LabelTasks:
    """Labels of the open cubes from tables."""

    def __init__(self, session: Session, background: Background, files: LabelFiles) -> None:
        self._session = session
        self._background = background
        self._files = files

    def read(self, path: Path) -> None:
        """Label the open cubes by the rows of a table; without any, offer the table's cubes."""
        documents = self._session.state.documents.items
        title = f"Could not read labels from {path.name}"
        if not documents:
            self._background.submit(
                LABELS,
                lambda step: self._files.cubes_of(path),
                lambda found: self._offer(path, found),
                title,
                reads=path,
            )
            return
        cubes = {document.id: document.cube for document in documents}

        def work(step: Step) -> LabelReading[int]:
            return self._files.read(path, cubes, step)

        self._background.submit(
            LABELS,
            work,
            lambda reading: self._take(path, reading),
            title,
            reads=path,
            patience_s=WHOLE_PATIENCE_S,
        )

    def _offer(self, path: Path, found: SuggestedLabels) -> None:
        if found.labels:
            choice = FileChoice((path.parent,), tuple(found.labels), found)
            self._session.requests.offer_files(choice)
            return
        text = f"None of the cubes that {path} names is beside it. Open the cubes first, then this."
        self._session.requests.report(Problem(f"Could not read labels from {path.name}", text))

    def _take(self, path: Path, reading: LabelReading[int]) -> None:
        documents = [
            document
            for document in self._session.state.documents.items
            if document.id in reading.labels
        ]
        amended = {each.id: each.labels.amended(reading.labels[each.id]) for each in documents}
        replaced = [
            f"{each.cube.name} was {each.labels.text!r} before, now {amended[each.id].text!r}."
            for each in documents
            if each.labels.classes not in ((), amended[each.id].classes)
        ]
        self._session.documents.label_all(amended)
        unmatched = _unmatched_text(reading.unmatched)
        lines = [*unmatched, *_shortened(reading.left_out), *_shortened(replaced), *reading.notes]
        if lines:
            total = len(self._session.state.documents.items)
            title = f"{path.name} labels {len(amended)} of {counted(total, 'open cube')}"
            self._session.requests.report(Problem(title, "\n".join(lines), is_note=True))


def _unmatched_text(rows: Sequence[tuple[int, str]]) -> list[str]:
    if not rows:
        return []
    named = ", ".join(f"{name} (line {line})" for line, name in rows[:_MOST_NAMED])
    rest = len(rows) - _MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    fit = "row fits" if len(rows) == 1 else "rows fit"
    return [f"{len(rows)} {fit} no open cube: {named}{more}."]


def _shortened(lines: Sequence[str]) -> list[str]:
    rest = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"And {rest} more such rows."] if rest > 0 else list(lines)
