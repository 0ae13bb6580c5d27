"""Changes of the preprocessing of a document's cube, and of its references."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.pictures.stretch import Stretch
from focus_viewer.core.preprocessing.settings import FoundReferences, preprocessing_of
from focus_viewer.session.state.activation import activated
from focus_viewer.session.state.band_windows import first_window
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.job import Job
from focus_viewer.session.state.state import State
from focus_viewer.session.state.steps import recorded
from focus_viewer.session.store import Changes


class PreprocessingChanges(Changes):
    """Changes of the preprocessing; a document keeps its regions and pins."""

    def replace_cube(self, document_id: int, cube: Cube, choice: ArrayChoice | None = None) -> None:
        """Replace a document's cube by the same image with other preprocessing.

        With a choice, its file was read again as the user says. What was computed from its values
        is removed; unknown ids are ignored.

        Raises
        ------
        ValueError
            If it has other rows or columns.
        """
        state = self._state
        document = state.find(document_id)
        if document is None or document.cube is cube:
            return
        if document.cube.shape[:2] != cube.shape[:2]:
            raise ValueError(f"expected {document.cube.shape[:2]} pixels, found {cube.shape[:2]}")
        fresh = _without_results(document, cube)
        if choice is not None:
            fresh = replace(fresh, choice=choice, references=None)
        name = "values of the file" if choice is not None else _change_name(document, fresh)
        fresh = recorded(document, fresh, name, state.models.revision)
        self._store.publish(with_other_cube(state, document, fresh))

    def forget_references(self, document_id: int) -> None:
        """Drop missing references from the preprocessing of a document."""
        self._change(document_id, lambda document: replace(document, lost=None))

    def take_references(self, document_id: int, references: FoundReferences) -> None:
        """Record the references beside a cube; none are offered if there are none."""
        self._change(document_id, lambda document: replace(document, references=references))


def with_other_cube(state: State, before: Document, after: Document) -> State:
    """Return the state with a document whose cube was replaced, and what follows from that."""
    cube = after.cube
    state = _without_outdated(state, before, cube).with_document(after)
    if after.id != state.documents.active:
        return state
    same_axis = (cube.wavelengths_nm is None) == (before.cube.wavelengths_nm is None)
    return activated(state, after, state.view.window_nm if same_axis else first_window(cube))


def _change_name(before: Document, after: Document) -> str:
    """Return what of the preprocessing differs, in words."""
    old, new = before.preprocessing, after.preprocessing
    differing = (
        ("sensor", old.sensor != new.sensor),
        ("bad bands", old.bad_ranges != new.bad_ranges),
        ("calibration", (old.references, old.flat_field) != (new.references, new.flat_field)),
        ("smoothing", (old.smoothing, old.bin_bands) != (new.smoothing, new.bin_bands)),
    )
    return " and ".join(name for name, differs in differing if differs) or "preprocessing"


def _without_outdated(state: State, document: Document, cube: Cube) -> State:
    """Return the state without what no longer holds for the new values of a cube."""
    state = replace(state, comparison=replace(state.comparison, measured_difference=None))
    if state.jobs.explaining.document_id == document.id:
        state = replace(state, jobs=replace(state.jobs, explaining=Job()))
    recipe = state.view.display.recipe
    if cube.bands != document.cube.bands and recipe.bands and not recipe.wavelengths_nm:
        # Its band numbers would be other bands now.
        display = replace(state.view.display, recipe=CompositeRecipe())
        state = replace(state, view=replace(state.view, display=display))
    return state


def _without_results(document: Document, cube: Cube) -> Document:
    done = preprocessing_of(cube)
    calibrated = done.references is not None or done.flat_field is not None
    return replace(
        document,
        cube=cube,
        lost=None if calibrated else document.lost,
        composite=None,
        detail=None,
        explanation=None,
        trust=None,
        rival=None,
        outcome="none",
        problem="",
        pins=tuple(replace(pin, spectrum=None) for pin in document.pins),
        measures=None,
        decisions={},
        stretch=_still_fitting(document, cube),
    )


def _still_fitting(document: Document, cube: Cube) -> Stretch:
    """Return the stretch of a document, without limits in units that it no longer has."""
    same = document.cube.units == cube.units and document.cube.bands == cube.bands
    return document.stretch if same else replace(document.stretch, limits=(), channels=())
