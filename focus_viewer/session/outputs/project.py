"""Project of a state, for saving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from focus_viewer.core.documents.project import (
    Project,
    ProjectCube,
    ProjectLibrary,
    ProjectPair,
    ProjectView,
)
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.session.state.document import Document, pin_places
from focus_viewer.session.state.libraries import Libraries
from focus_viewer.session.state.pair import Pair
from focus_viewer.session.state.state import State

if TYPE_CHECKING:
    from pathlib import Path


def project_of(state: State, layout: str = "") -> Project:
    """Return the state as a project; cubes without a file are left out.

    Content hashes of open cubes are empty: they are computed when the project is written.
    """
    documents = [document for document in state.documents.items if document.cube.path is not None]
    places = {document.id: place for place, document in enumerate(documents)}
    view = _view_of(state, places.get(state.documents.active or 0, -1), layout, places)
    cubes = tuple(project_cube(document) for document in documents)
    absent, model = state.project.absent, state.models.chosen
    libraries = (*_libraries(state.libraries), *state.project.absent_libraries)
    return Project((*cubes, *absent), model, view, state.view.figure, libraries)


def _libraries(known: Libraries) -> tuple[ProjectLibrary, ...]:
    """Return the libraries that are from a file, with the places of their drawn spectra.

    These are in the order in which they were drawn, which decides their colours.
    """
    return tuple(
        ProjectLibrary(
            library.path,
            library.sha256,
            tuple(library.spectra.index(each) for each in known.drawn if each in library.spectra),
        )
        for library in known.items
        if library.path is not None
    )


def project_cube(document: Document) -> ProjectCube:
    """Return an open cube as that of a project; its content hash is empty."""
    cube = document.cube
    return ProjectCube(
        path=cast("Path", cube.path),
        fingerprint="",
        shape=as_read(cube).shape,
        annotations=document.annotations,
        pins=pin_places(document),
        class_name=document.class_name,
        against=document.reference_class,
        extent=document.extent,
        explanation=document.explanation,
        trust=document.trust,
        decisions=document.decisions,
        preprocessing=document.preprocessing,
        reference_fingerprints=document.reference_fingerprints,
        choice=document.choice,
        labels=document.labels,
        stretch=document.stretch,
        mask=document.mask_recipe,
    )


def _project_pair(pair: Pair | None, places: Mapping[int, int]) -> ProjectPair | None:
    if pair is None or not {pair.first, pair.second} <= places.keys():
        return None
    first, second = places[pair.first], places[pair.second]
    return ProjectPair(first, second, pair.how, pair.linked, pair.split)


def _view_of(state: State, active: int, layout: str, places: Mapping[int, int]) -> ProjectView:
    display = state.view.display
    return ProjectView(
        active,
        state.view.window_nm,
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
        _project_pair(state.comparison.pair, places),
        display.layers,
    )
