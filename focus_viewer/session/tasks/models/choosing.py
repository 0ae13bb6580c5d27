"""Models in the background: found, added and chosen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.models import ModelEntry, name_of
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import ADD_MODELS, CHOOSE_MODEL, FIND_MODELS
from focus_viewer.session.tasks.service_protocols import ModelFiles

CARD = "card.json"
"""Name of a file that is that of a model, not of regions."""

_Found = tuple[list[ModelEntry], dict[str, str]]
"""Models, and why there is none at other places."""


class ModelTasks:
    """Models that the user can choose; only their cards are read here."""

    def __init__(self, session: Session, background: Background, files: ModelFiles) -> None:
        self._session = session
        self._background = background
        self._files = files
        self._adding: list[Path] = []
        self._choosing: Path | None = None

    def find(self, folders: Sequence[Path] = ()) -> None:
        """Read the cards of the bundled models, the chosen one, and remembered folders."""
        chosen, remembered = self._session.state.models.chosen, tuple(map(str, folders))

        def work(step: Step) -> _Found:
            return self._read((*self._files.bundled(), chosen, *remembered))

        def done(found: _Found) -> None:
            entries, problems = found
            self._session.models.take(entries, tuple(problems))

        self._background.submit(FIND_MODELS, work, done, "Could not look for models")

    def add(self, *folders: Path, choose: bool = True) -> None:
        """Add folders of models to the list, and explain with the last one."""
        # Together with what is being added: another task of the lane would cancel that.
        self._adding += [folder.absolute() for folder in folders]
        if choose and folders:
            self._choosing = self._adding[-1]
        places = tuple(map(str, self._adding))
        self._background.submit(
            ADD_MODELS, lambda step: self._read(places), self._added, "Could not add the model"
        )

    def _added(self, found: _Found) -> None:
        entries, problems = found
        chosen, self._adding, self._choosing = self._choosing, [], None
        for entry in entries:
            self._session.models.add(entry)
        if chosen is not None and self._session.state.models.find(str(chosen)) is not None:
            self._session.models.choose(str(chosen))
        if problems:
            text = "\n".join(problems.values())
            self._session.requests.report(Problem("Could not add the model", text))

    def choose(self, place: str) -> None:
        """Explain with a model of the list, if it is still there; else say so."""

        def done(found: _Found) -> None:
            entries, problems = found
            for entry in entries:
                self._session.models.add(entry)
                self._session.models.choose(place)
            for text in problems.values():
                self._session.models.mark_missing(place)
                self._session.requests.report(
                    Problem(f"The model {name_of(place)} is missing", text)
                )

        self._background.submit(CHOOSE_MODEL, lambda step: self._read((place,)), done)

    def _read(self, places: Sequence[str]) -> _Found:
        entries, problems = list[ModelEntry](), dict[str, str]()
        for place in dict.fromkeys(places):
            try:
                entries.append(ModelEntry(place, self._files.read_card(place)))
            except FocusError as error:
                problems[place] = str(error)
        return entries, problems
