"""The changes of a session that concern what is done to a cube after it was read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.preprocessing.settings import FoundReferences, preprocessing_of
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.job import Job
from focus_viewer.session.state.state import State


class Treating(ABC):
    """A document keeps its regions and pins when its cube is treated otherwise."""

    @property
    @abstractmethod
    def state(self) -> State:
        """What is shown now."""

    @abstractmethod
    def _publish(self, **values: Any) -> None: ...

    @abstractmethod
    def _show(self, document: Document | None, window: Any, **values: Any) -> None: ...

    @abstractmethod
    def _update(self, document_id: int | None, **values: Any) -> None: ...

    def replace_cube(self, document_id: int, cube: Cube) -> None:
        """Put a cube in the place of a document's own: the same image, treated otherwise.

        What was made of the numbers is made anew; a document that was closed meanwhile is left.

        Raises
        ------
        ValueError
            If it has other rows or columns.
        """
        document = self.state.find(document_id)
        if document is None or document.cube is cube:
            return
        if document.cube.shape[:2] != cube.shape[:2]:
            raise ValueError(f"expected {document.cube.shape[:2]} pixels, found {cube.shape[:2]}")
        fresh = _anew(document, cube)
        values = self._of_other_numbers(document, cube)
        values["documents"] = tuple(
            fresh if one.id == document_id else one for one in self.state.documents
        )
        if document_id == self.state.active:
            self._show(fresh, self.state.window_nm, **values)
        else:
            self._publish(**values)

    def _of_other_numbers(self, document: Document, cube: Cube) -> dict[str, Any]:
        """What of the state no longer holds."""
        values: dict[str, Any] = {"measured_difference": None}
        if self.state.job.document_id == document.id:
            values["job"] = Job()
        if cube.bands != document.cube.bands and self.state.display.recipe.bands:
            # Its band numbers would be other wavelengths now.
            values["display"] = replace(self.state.display, recipe=CompositeRecipe())
        return values

    def forget_lost(self, document_id: int) -> None:
        """Ask no more for references that cannot be used."""
        self._update(document_id, lost=None)

    def take_references(self, document_id: int, found: FoundReferences) -> None:
        """Note which references lie beside a cube; none of them is offered any more."""
        self._update(document_id, references=found)


def _anew(document: Document, cube: Cube) -> Document:
    done = preprocessing_of(cube)
    calibrated = done.references is not None or done.flat_field is not None
    return replace(
        document,
        cube=cube,
        lost=None if calibrated else document.lost,
        composite=None,
        detail=None,
        explanation=None,
        outcome="none",
        problem="",
        pins=tuple(replace(pin, spectrum=None) for pin in document.pins),
        measures=None,
    )
