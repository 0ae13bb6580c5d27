"""The changes of a session that concern annotated regions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Any

import numpy as np

from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.mask_crop import crop_mask
from focus_viewer.core.regions.shapes import Shape, mask_shape
from focus_viewer.core.saliency.volume import heatmap
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.history import History
from focus_viewer.session.state.measurements import Measures
from focus_viewer.session.state.state import State, Tool

# Tol's light scheme (Paul Tol, SRON/EPS/TN/09-002, 2021): told apart by any colour vision, and
# bright enough to be read on dark pictures.
REGION_COLOURS = (
    "#ee8866",
    "#77aadd",
    "#eedd88",
    "#44bb99",
    "#ffaabb",
    "#99ddff",
    "#bbcc33",
    "#dddddd",
)


class Annotating(ABC):
    """Draw, change and remove regions of the document on the screen; each is one step to undo."""

    @property
    @abstractmethod
    def state(self) -> State:
        """What is shown now."""

    @abstractmethod
    def _publish(self, **values: Any) -> None: ...

    @abstractmethod
    def _replaced(self, document_id: int | None, **values: Any) -> tuple[Document, ...]: ...

    def choose_tool(self, tool: Tool) -> None:
        """Choose what the mouse does on the image."""
        self._publish(tool=tool)

    def draw(self, outline: Shape, class_name: str | None = None) -> int | None:
        """Mark a region and select it.

        Returns
        -------
        int or None
            Its id; None if no document is open or no pixel of the image lies in it.
        """
        document = self.state.document
        if document is None or not outline.overlaps(document.cube.shape[:2]):
            return None
        before = document.annotations
        name, colour = f"Region {before.next_id}", _next_colour(before)
        self._step(before.add(outline, name, colour, class_name), selected=(before.next_id,))
        return before.next_id

    def draw_strongest(self) -> int | None:
        """Mark the pixels whose saliency at the band window is above half of its highest.

        Returns
        -------
        int or None
            Id of the region; None where there is no saliency, or none that speaks for the class.
        """
        volume, document = self.state.volume, self.state.document
        if volume is None or document is None:
            return None
        plane = np.nan_to_num(heatmap(volume, self.state.window_nm))
        outline = mask_shape(crop_mask(plane > max(float(plane.max()) / 2, 0.0)))
        return None if outline is None else self.draw(outline, document.class_name)

    def change_region(self, region_id: int, **values: Any) -> None:
        """Change any attributes of a region: name, colour, outline, class_name, locked, hidden.

        A name without visible characters, and an outline without pixels, are not taken.
        """
        document = self.state.document
        if document is None or not str(values.get("name", "-")).strip():
            return
        outline = values.get("outline")
        if outline is not None and not outline.overlaps(document.cube.shape[:2]):
            return
        self._step(document.annotations.change(region_id, **values))

    def change_regions(self, region_ids: Collection[int], **values: Any) -> None:
        """Change the same attributes of many regions, as one step; outlines are changed singly."""
        if self.state.document is not None:
            annotations = self.state.document.annotations
            for region_id in region_ids:
                annotations = annotations.change(region_id, **values)
            self._step(annotations)

    def move_regions(self, region_ids: Collection[int], cols: float, rows: float) -> None:
        """Shift regions, in pixels."""
        if self.state.document is not None:
            self._step(self.state.document.annotations.move(tuple(region_ids), cols, rows))

    def remove_regions(self, region_ids: Collection[int]) -> None:
        """Remove regions; locked ones stay."""
        if self.state.document is not None:
            self._step(self.state.document.annotations.remove(*region_ids))

    def duplicate_regions(self, region_ids: Collection[int]) -> None:
        """Copy regions; the copies are selected."""
        if self.state.document is None:
            return
        before = self.state.document.annotations
        after = before.duplicate(*region_ids)
        self._step(after, selected=tuple(range(before.next_id, after.next_id)))

    def take_annotations(self, annotations: Annotations) -> None:
        """Put regions that were read from a file in the place of those there are: one step."""
        self._step(annotations, selected=())

    def select(self, region_ids: Collection[int]) -> None:
        """Select regions of the document on the screen; ids that are not there are dropped."""
        document = self.state.document
        if document is not None:
            there = tuple(one.id for one in document.annotations if one.id in region_ids)
            self._publish(documents=self._replaced(document.id, selected=there))

    def take_measures(self, document_id: int, measures: Measures | None) -> None:
        """Take what was measured of the regions of a document, if it is still open.

        What comes late, of regions that have all gone meanwhile, is dropped.
        """
        document = self.state.find(document_id)
        if document is not None and bool(document.annotations.regions) == (measures is not None):
            self._publish(documents=self._replaced(document_id, measures=measures))

    def undo(self) -> None:
        """Take back the last change of the regions on the screen."""
        if self.state.document is not None:
            self._travel(self.state.document.history.undo())

    def redo(self) -> None:
        """Make again what was taken back."""
        if self.state.document is not None:
            self._travel(self.state.document.history.redo())

    def _step(self, annotations: Annotations, **values: Any) -> None:
        if self.state.document is not None:
            self._travel(self.state.document.history.record(annotations), **values)

    def _travel(self, history: History, selected: tuple[int, ...] | None = None) -> None:
        document = self.state.document
        if document is None:
            return
        chosen = document.selected if selected is None else selected
        there = tuple(one.id for one in history.present if one.id in chosen)
        self._publish(documents=self._replaced(document.id, history=history, selected=there))


def _next_colour(annotations: Annotations) -> str:
    """The colour that the fewest regions have."""
    used = [region.colour for region in annotations]
    return min(REGION_COLOURS, key=used.count)
