"""Studies in the background: read from a batch or from the open cubes, compared, reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from focus_viewer.core.progress import Step
from focus_viewer.core.studies.comparison import Comparison, compare
from focus_viewer.core.studies.explained import rows_of
from focus_viewer.core.studies.study import Row, Study
from focus_viewer.session.outputs.open_study import (
    explained_cube,
    groups_of,
    study_place,
    study_source,
)
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import COMPARE_GROUPS, STUDY, STUDY_REPORT
from focus_viewer.session.tasks.service_protocols import StudyFiles

OPEN_CUBES = "the open cubes"


class StudyTasks:
    """Studies; `open_cubes` opens cubes by their paths."""

    def __init__(
        self,
        session: Session,
        background: Background,
        files: StudyFiles,
        open_cubes: Callable[[Sequence[Path]], None],
    ) -> None:
        self._session = session
        self._background = background
        self._files = files
        self._open_cubes = open_cubes
        self._known: dict[int, tuple[object, tuple[Row, ...]]] = {}

    def open(self, path: Path) -> None:
        """Open the study in a batch's folder, or of its table."""
        self._background.submit(
            STUDY,
            lambda step: self._files.read(path, step),
            lambda study: self._session.studies.show(study, path),
            f"Could not open the study {path.name}",
            reads=path,
        )

    def open_study_of_cubes(self) -> None:
        """Show the study of the open cubes; what was read of a cube before is not read again."""
        documents = self._session.state.documents.items
        self._background.submit(
            STUDY,
            lambda step: self._study(documents, step),
            lambda study: self._session.studies.show(study, None),
            "Could not read the open cubes",
            reads=OPEN_CUBES,
        )

    def _study(self, documents: Sequence[Document], step: Step) -> Study:
        """Read the open cubes, in a worker thread."""
        rows: list[Row] = []
        for number, document in enumerate(documents):
            step(number / len(documents), f"reading {document.cube.name}")
            groups = groups_of(document)
            own = self._rows(document, step)
            rows += [replace(row, groups={**groups, **row.groups}) for row in own]
        self._known = {each.id: self._known[each.id] for each in documents}
        cards = (each.explanation.card for each in documents if each.explanation is not None)
        models = dict.fromkeys(f"{card.name} {card.version}" for card in cards)
        versions = {"model": ", ".join(models)} if models else {}
        return Study(tuple(rows), OPEN_CUBES, versions=versions)

    def _rows(self, document: Document, step: Step) -> tuple[Row, ...]:
        """Return the rows of a cube without its groups: read only where anything has changed."""
        source, known = study_source(document), self._known.get(document.id)
        if known is not None and known[0] == source:
            return known[1]
        rows = rows_of(explained_cube(document), step)
        self._known[document.id] = source, rows
        return rows

    def follow(self, state: State) -> None:
        """Read the study of the open cubes anew."""
        if state.documents.items:
            self.open_study_of_cubes()
        else:
            self._session.studies.clear()

    def compare(self, state: State) -> None:
        """Compare the groups of the study as planned."""
        study, plan = state.studied.study, state.studied.plan
        if study is None or plan is None:
            return

        def work(step: Step) -> tuple[Comparison, ...]:
            found = []
            for quantity in plan.quantities:
                step(0.0, f"comparing {quantity.title}")
                found.append(compare(study, plan, quantity))
            return tuple(found)

        self._background.submit(
            COMPARE_GROUPS,
            work,
            lambda found: self._session.studies.take(study, plan, found),
            "Could not compare the groups",
        )

    def show_row(self, row: Row) -> None:
        """Show the cube of a row: activate it, or open it."""
        for document in self._session.state.documents.items:
            if study_place(document) == row.path:
                self._session.documents.activate(document.id)
                return
        self._open_cubes([row.path])

    def save_report(self, folder: Path, done: Callable[[Sequence[Path]], None]) -> None:
        """Write the report of the study into a folder."""
        studied = self._session.state.studied
        study, plan = studied.study, studied.plan
        if study is None or plan is None:
            return
        self._background.submit(
            STUDY_REPORT,
            lambda step: self._files.write_report(study, plan, folder, step),
            done,
            "Could not write the report",
        )


def explained_state(state: State) -> object:
    """Return what the study of the open cubes depends on, compared at no cost."""
    return [(study_source(each), each.labels) for each in state.documents.items]
