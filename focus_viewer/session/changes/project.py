"""A session as a project, and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import (
    Project,
    ProjectCube,
    ProjectPair,
    ProjectView,
    RecoveredWork,
)
from focus_viewer.core.preprocessing.settings import LostReferences, as_read, preprocessing_of
from focus_viewer.session.state.display import Display, VolumeMethod
from focus_viewer.session.state.document import Document, Pin, pin_places
from focus_viewer.session.state.history import History
from focus_viewer.session.state.pair import Pair
from focus_viewer.session.state.requests import MissingCubes
from focus_viewer.session.state.state import Kept, State

if TYPE_CHECKING:
    from pathlib import Path


class Keeping(ABC):
    """The changes of a session that concern its project file."""

    @property
    @abstractmethod
    def state(self) -> State:
        """What is shown now."""

    @abstractmethod
    def _publish(self, **values: Any) -> None: ...

    @abstractmethod
    def _next_id(self) -> int: ...

    @abstractmethod
    def _show(self, document: Document | None, window: Any, **values: Any) -> None: ...

    def layout_taken(self) -> None:
        """Note that the window is laid out as the project wants it."""
        self._publish(layout="")

    def take_project(
        self, project: Project, cubes: Sequence[Cube], kept: Kept, saved: bool = True
    ) -> None:
        """Put a project in the place of all that is open.

        Parameters
        ----------
        project : Project
        cubes : sequence of Cube
            One for each of the project's.
        kept : Kept
            Its file, and cubes that are not opened; the work in it is found here.
        saved : bool
            Whether the file holds all this; not if it was recovered.
        """
        documents = tuple(
            self._document(one, cube) for one, cube in zip(project.cubes, cubes, strict=True)
        )
        view = project.view
        active = documents[view.active] if 0 <= view.active < len(documents) else None
        shown = active or (documents[0] if documents else None)
        opened = replace(self.state, documents=documents, kept=kept)
        self._show(
            shown,
            view.window_nm,
            documents=documents,
            figure=project.figure,
            layout=view.layout,
            kept=replace(kept, work=opened.work if saved else ()),
            display=_display_of(view),
            pair=_pair_of(view.pair, documents),
            unsettled=None,
            problem=None,
        )

    def _document(self, kept: ProjectCube, cube: Cube) -> Document:
        pins = tuple(Pin(self._next_id(), row, col, colour) for row, col, colour in kept.pins)
        document = Document(
            self._next_id(),
            cube,
            pins=tuple(pin for pin in pins if cube.contains(pin.row, pin.col)),
            history=History(kept.annotations),
            class_name=kept.class_name,
            against=kept.against,
            extent=kept.extent,
            lost=_lost(kept, cube),
            choice=kept.choice,
        )
        result = kept.explanation
        if result is None:
            return document
        known = kept.class_name in result.classes
        class_name = kept.class_name if known else result.predicted
        against = kept.against if kept.against in result.classes else None
        return replace(
            document,
            explanation=result,
            outcome="done",
            class_name=class_name,
            against=None if against == class_name else against,
        )

    def mark_kept(self, kept: Kept) -> None:
        """Note what a project file holds now."""
        self._publish(kept=kept)

    def ask_to_settle(self, unsettled: MissingCubes | None) -> None:
        """Ask the user about cubes of a project; None: no more."""
        self._publish(unsettled=unsettled)

    def offer_lost(self, lost: Sequence[RecoveredWork]) -> None:
        """Tell the user of work that was not saved."""
        self._publish(lost=tuple(lost))


def captured(state: State, model: str, layout: str = "") -> Project:
    """The state as a project; cubes that have no file are left out.

    The fingerprints of open cubes are still empty: they are found when the project is written.
    """
    filed = [one for one in state.documents if one.cube.path is not None]
    places = {one.id: place for place, one in enumerate(filed)}
    view = _view_of(
        state, places.get(state.active or 0, -1), layout, _kept_pair(state.pair, places)
    )
    cubes = tuple(_kept(one) for one in filed)
    return Project((*cubes, *state.kept.absent), model, view, state.figure)


def _kept(document: Document) -> ProjectCube:
    cube = document.cube
    return ProjectCube(
        path=cast("Path", cube.path),
        fingerprint="",
        shape=as_read(cube).shape,
        annotations=document.annotations,
        pins=pin_places(document),
        class_name=document.class_name,
        against=document.against,
        extent=document.extent,
        explanation=document.explanation,
        preprocessing=document.preprocessing,
        reference_fingerprints=document.reference_fingerprints,
        choice=document.choice,
    )


def _lost(kept: ProjectCube, cube: Cube) -> LostReferences | None:
    """The references that a project asks for, where its cube came without them."""
    asked = kept.preprocessing.references
    if asked is None or preprocessing_of(cube).references is not None:
        return None
    return LostReferences(asked, kept.reference_fingerprints)


def _kept_pair(pair: Pair | None, places: Mapping[int, int]) -> ProjectPair | None:
    if pair is None or not {pair.first, pair.second} <= places.keys():
        return None
    first, second = places[pair.first], places[pair.second]
    return ProjectPair(first, second, pair.how, pair.linked, pair.split)


def _pair_of(kept: ProjectPair | None, documents: Sequence[Document]) -> Pair | None:
    if kept is None:
        return None
    first, second = documents[kept.first].id, documents[kept.second].id
    return Pair(first, second, kept.how, kept.linked, kept.split)


def _view_of(state: State, active: int, layout: str, pair: ProjectPair | None) -> ProjectView:
    display = state.display
    return ProjectView(
        active,
        state.window_nm,
        display.recipe,
        display.mode,
        display.heatmap,
        display.opacity,
        display.colourmap,
        display.volume_method,
        display.camera,
        layout,
        display.spectral_view,
        display.spread,
        display.curve,
        display.regions_by_class,
        display.indices,
        pair,
    )


def _display_of(view: ProjectView) -> Display:
    method = cast("VolumeMethod", view.volume_method)
    display = Display(
        recipe=view.recipe,
        mode=view.mode,
        heatmap=view.heatmap,
        opacity=view.opacity,
        colourmap=view.colourmap,
        volume_method=method,
        camera=view.camera,
        spectral_view=view.spectral_view,
        spread=view.spread,
        curve=view.curve,
        regions_by_class=view.regions_by_class,
    )
    return display if view.indices is None else replace(display, indices=view.indices)
