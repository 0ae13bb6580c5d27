"""State of the explorer: all that the views show, as one frozen value of typed slices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from focus_viewer.core.datasets.class_map import ClassMap
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.saliency.cube_difference import VolumePair
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.session.state.comparison import Comparison
from focus_viewer.session.state.document import Document, Documents, is_worked_on, pin_places
from focus_viewer.session.state.job import Jobs
from focus_viewer.session.state.libraries import Libraries
from focus_viewer.session.state.project import SavedProject, Work
from focus_viewer.session.state.queue import ExplainQueue
from focus_viewer.session.state.slices.models import Models
from focus_viewer.session.state.slices.requests import Requests
from focus_viewer.session.state.slices.selection import Selection
from focus_viewer.session.state.slices.studies import Studied
from focus_viewer.session.state.slices.teaching import Teaching
from focus_viewer.session.state.slices.view import View


@dataclass(frozen=True)
class State:
    """Slices of all that the views show."""

    documents: Documents = field(default_factory=Documents)
    view: View = field(default_factory=View)
    selection: Selection = field(default_factory=Selection)
    comparison: Comparison = field(default_factory=Comparison)
    jobs: Jobs = field(default_factory=Jobs)
    requests: Requests = field(default_factory=Requests)
    project: SavedProject = field(default_factory=SavedProject)
    models: Models = field(default_factory=Models)
    teaching: Teaching = field(default_factory=Teaching)
    queue: ExplainQueue = field(default_factory=ExplainQueue)
    studied: Studied = field(default_factory=Studied)
    libraries: Libraries = field(default_factory=Libraries)

    @cached_property
    def document(self) -> Document | None:
        """Active document."""
        return self.find(self.documents.active)

    @property
    def volume(self) -> SaliencyVolume | None:
        """Saliency volume of the active document; the same object until something changes it."""
        return self.document.volume(self.view.display.mode) if self.document else None

    @property
    def other(self) -> Document | None:
        """Document of a pair that is not the active one."""
        pair = self.comparison.pair
        return self.find(pair.other(self.documents.active)) if pair else None

    @property
    def overlaid(self) -> Document | None:
        """Second document of a pair, where it is drawn over the first and has the same size."""
        pair = self.comparison.pair
        if pair is None or pair.how == "beside":
            return None
        first, second = self.find(pair.first), self.find(pair.second)
        if first is None or second is None or first.cube.shape[:2] != second.cube.shape[:2]:
            return None
        return second

    @property
    def shown_volume(self) -> SaliencyVolume | None:
        """Volume of the heatmap: in the limits that a pair shares, or the pair's difference."""
        volume, pair = self.volume, self.comparison.pair
        if pair is not None and pair.how == "measured":
            measured = self.comparison.measured_difference
            fits = measured is not None and measured.fits(pair, self.view.window_nm)
            return measured.values if measured and fits else None
        if volume is None or pair is None:
            return volume
        first, second = self.seen_from(pair.first).volume, self.seen_from(pair.second).volume
        if first is None or second is None:
            return None if pair.how == "difference" else volume
        if pair.how == "difference":
            return VolumePair.of(first, second).difference
        if not pair.linked:
            return volume
        both = VolumePair.of(first, second)
        return both.first_limited if volume is first else both.second_limited

    @property
    def recipe(self) -> CompositeRecipe:
        """Recipe of the active picture: the usual one where the cube lacks the chosen bands."""
        display, document = self.view.display, self.document
        return display.recipe if document is None else display.recipe_for(document.cube)

    @property
    def class_map(self) -> ClassMap | None:
        """Class map over the active picture, in place of the heatmap: the preview of teaching."""
        teaching = self.teaching
        found = teaching.maps.get(self.documents.active or 0) if teaching.preview else None
        return found if found is not None and found.classes else None

    @property
    def withheld(self) -> bool:
        """Whether the active document's evidence is kept back."""
        return self.document is not None and self.document.withheld

    @property
    def heatmap_shown(self) -> bool:
        """Whether the heatmap is shown: where the model does not apply, only if asked for."""
        document = self.document
        if document is not None and document.foreign:
            return document.heatmap_asked
        return self.view.display.heatmap

    @property
    def viewed_volume(self) -> SaliencyVolume | None:
        """Volume that the curve and the 3D view show; None where it is kept back."""
        return None if self.withheld else self.volume

    @property
    def work(self) -> Work:
        """Work of the user: all cubes of a project, else the cubes that were worked on.

        A cube is preprocessed only if the user wants it, so that this is work too.
        """
        return tuple(
            (
                document.cube.path,
                document.annotations.regions,
                pin_places(document),
                document.preprocessing,
                document.labels,
                document.mask_recipe,
            )
            for document in self.documents.items
            if self.project.path is not None or is_worked_on(document)
        )

    @property
    def unsaved(self) -> bool:
        """Whether work would be lost if the window closed now."""
        return self.work != self.project.work

    def find(self, document_id: int | None) -> Document | None:
        """Return the open document with this id, or None."""
        return self.documents.find(document_id)

    def seen_from(self, document_id: int | None) -> State:
        """Return the state as if this document were the active one."""
        if document_id == self.documents.active:
            return self
        return replace(self, documents=replace(self.documents, active=document_id))

    def with_document(self, document: Document) -> State:
        """Return the state with this document in place of the open one with its id."""
        items = tuple(
            document if known.id == document.id else known for known in self.documents.items
        )
        return replace(self, documents=replace(self.documents, items=items))


@dataclass(frozen=True)
class Change:
    """Change of the state."""

    before: State
    after: State

    def touched(self, selected: Callable[[State], object]) -> bool:
        """Return whether what is selected of the state differs."""
        return selected(self.before) != selected(self.after)

    def touched_document(self, selected: Callable[[Document], object]) -> bool:
        """Return whether another document is active, or what is selected of it differs."""
        before, after = self.before.document, self.after.document
        if before is after or before is None or after is None or before.id != after.id:
            return before is not after
        return selected(before) != selected(after)
