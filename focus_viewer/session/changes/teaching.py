"""Changes of teaching: the user's choice, results, and the live preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from focus_viewer.core.datasets.class_map import ClassMap
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.teaching import TaughtResult
from focus_viewer.session.state.job import JobStatus
from focus_viewer.session.state.slices.teaching import Counts, Marks, Teaching, TeachingChoice
from focus_viewer.session.state.state import State
from focus_viewer.session.store import Changes


class TeachingChanges(Changes):
    """Changes of the teaching slice; outdated tickets are ignored."""

    def choose(self, choice: TeachingChoice) -> None:
        """Set what is to be taught; maps of other classes or bands are forgotten."""
        teaching = self._state.teaching
        before, maps = teaching.choice, teaching.maps
        if (before.backbone, before.bands_nm) != (choice.backbone, choice.bands_nm):
            maps = {}
        self._put(replace(teaching, choice=choice, maps=maps))

    def use_class(self, name: str, used: bool) -> None:
        """Teach a class, or leave it out."""
        choice = self._state.teaching.choice
        unused = choice.unused - {name} if used else choice.unused | {name}
        self.choose(replace(choice, unused=unused))

    def set_drawn_class(self, name: str) -> None:
        """Set the class of regions that are drawn from now on; empty for none."""
        self._put(replace(self._state.teaching, drawn_class=name))

    def offer_backbones(self, names: Sequence[str]) -> None:
        """Set the backbones to choose from."""
        self._put(replace(self._state.teaching, backbones=tuple(names)))

    def take_counts(self, counts: Counts) -> None:
        """Take the amount of data of each class."""
        choice = self._state.teaching.choice
        if choice.group not in (None, *counts.columns):
            choice = replace(choice, group=None)
        self._put(replace(self._state.teaching, counts=counts, choice=choice))

    def take_result(
        self, ticket: int, result: TaughtResult, choice: TeachingChoice, marks: Marks
    ) -> bool:
        """Take a model that was taught; return whether it was wanted."""
        state = self._state
        if not state.jobs.teaching.is_running(ticket):
            return False
        teaching = replace(
            state.teaching, result=result, taught_choice=choice, taught_marks=marks, report=None
        )
        self._end(replace(state, teaching=teaching), "done", f"taught {result.card.name}")
        return True

    def take_report(
        self, ticket: int, report: ValidationReport, choice: TeachingChoice, marks: Marks
    ) -> None:
        """Take the whole validation of labels as chosen."""
        state = self._state
        if state.jobs.teaching.is_running(ticket):
            teaching = replace(
                state.teaching, report=report, reported_choice=choice, reported_marks=marks
            )
            self._end(replace(state, teaching=teaching), "done", "validated")

    def show_preview(self, on: bool) -> None:
        """Show class maps over the pictures, or hide them."""
        self._put(replace(self._state.teaching, preview=on, problem=""))

    def take_map(self, document_id: int, found: ClassMap) -> None:
        """Take the class map of a document, if it is still open and wanted."""
        state = self._state
        if state.teaching.preview and state.find(document_id) is not None:
            open_ids = {document.id for document in state.documents.items}
            kept = {key: own for key, own in state.teaching.maps.items() if key in open_ids}
            maps = {**kept, document_id: found}
            self._put(replace(state.teaching, maps=maps, problem=""))

    def refuse_map(self, problem: str) -> None:
        """Record why there is no class map."""
        self._put(replace(self._state.teaching, problem=problem))

    def _put(self, teaching: Teaching) -> None:
        self._store.publish(replace(self._state, teaching=teaching))

    def _end(self, state: State, status: JobStatus, message: str) -> None:
        job = state.jobs.teaching.ended(status, message)
        self._store.publish(replace(state, jobs=replace(state.jobs, teaching=job)))
