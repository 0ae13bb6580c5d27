"""Changes of the whole session by its project file: open, save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectPair, ProjectView
from focus_viewer.core.pictures.composite import placed
from focus_viewer.core.preprocessing.settings import LostReferences, preprocessing_of
from focus_viewer.session.changes.explanation import explained
from focus_viewer.session.state.activation import activated
from focus_viewer.session.state.document import Document, Documents, Pin
from focus_viewer.session.state.history import History
from focus_viewer.session.state.libraries import Libraries
from focus_viewer.session.state.pair import Pair
from focus_viewer.session.state.project import SavedProject
from focus_viewer.session.state.slices.display import Display, VolumeMethod
from focus_viewer.session.state.slices.teaching import Teaching
from focus_viewer.session.store import Changes


class ProjectChanges(Changes):
    """Changes by opening and saving a project."""

    def open(
        self,
        project: Project,
        cubes: Sequence[Cube],
        saved: SavedProject,
        is_saved: bool = True,
        libraries: Libraries | None = None,
    ) -> None:
        """Replace all open documents and libraries by a project, its cubes and libraries.

        The saved project has the file and the cubes that are not opened; its work is filled in
        here, unless the project was recovered and is not saved yet.
        """
        pairs = zip(project.cubes, cubes, strict=True)
        items = tuple(self._document(project_cube, cube) for project_cube, cube in pairs)
        view, state = project.view, self._state
        models = replace(state.models, chosen=project.model)
        is_known = 0 <= view.active < len(items)
        shown = items[view.active if is_known else 0] if items else None
        state = replace(
            state,
            documents=Documents(items),
            project=saved,
            models=models,
            libraries=libraries or Libraries(),
            # What was taught and measured is of the cubes that were open.
            teaching=Teaching(backbones=state.teaching.backbones),
            view=replace(state.view, display=_display_of(view, shown), figure=project.figure),
            requests=replace(state.requests, layout=view.layout, missing_cubes=None, problem=None),
        )
        state = replace(state, project=replace(saved, work=state.work if is_saved else ()))
        state = activated(state, shown, view.window_nm)
        comparison = replace(state.comparison, pair=_pair_of(view.pair, items))
        self._store.publish(replace(state, comparison=comparison))

    def _document(self, saved: ProjectCube, cube: Cube) -> Document:
        pins = tuple(
            Pin(self._store.next_id(), row, col, colour) for row, col, colour in saved.pins
        )
        document = Document(
            self._store.next_id(),
            cube,
            pins=tuple(pin for pin in pins if cube.contains(pin.row, pin.col)),
            history=History(saved.annotations),
            class_name=saved.class_name,
            reference_class=saved.against,
            extent=saved.extent,
            lost=_lost_references(saved, cube),
            choice=saved.choice,
            labels=saved.labels,
            stretch=saved.stretch,
            mask_recipe=saved.mask,
        )
        result = saved.explanation
        if result is None:
            return document
        found = explained(document, result)
        return replace(found, trust=saved.trust, decisions=saved.decisions)

    def mark_saved(self, saved: SavedProject) -> None:
        """Record the content of the project file."""
        self._store.publish(replace(self._state, project=saved))


def _lost_references(saved: ProjectCube, cube: Cube) -> LostReferences | None:
    """Return the references of a project whose cube was opened without them."""
    references = saved.preprocessing.references
    if references is None or preprocessing_of(cube).references is not None:
        return None
    return LostReferences(references, saved.reference_fingerprints)


def _pair_of(pair: ProjectPair | None, documents: Sequence[Document]) -> Pair | None:
    if pair is None:
        return None
    first, second = documents[pair.first].id, documents[pair.second].id
    return Pair(first, second, pair.how, pair.linked, pair.split)


def _display_of(view: ProjectView, shown: Document | None) -> Display:
    # Earlier versions kept the bands' numbers alone, which were those of the active cube.
    recipe = view.recipe if shown is None else placed(view.recipe, shown.cube)
    method = cast("VolumeMethod", view.volume_method)
    display = Display(
        recipe=recipe,
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
        layers=view.layers,
    )
    return display if view.indices is None else replace(display, indices=view.indices)
