"""Changes of the annotated regions of the active document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import reduce
from typing import Unpack

from focus_viewer.core.regions.annotations import Annotations, RegionValues
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.labels import class_colours
from focus_viewer.session.state.measurements import Measures
from focus_viewer.session.state.state import State
from focus_viewer.session.state.steps import recorded, with_annotations
from focus_viewer.session.store import Changes

# Tol's light scheme (Paul Tol, SRON/EPS/TN/09-002, 2021): distinct for any colour vision, and
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


class RegionChanges(Changes):
    """Changes of the regions of the active document; each is one step to undo."""

    def draw(self, outline: Shape, class_name: str | None = None) -> int | None:
        """Add a region and select it; without a class it gets that of drawn regions, if any.

        Returns
        -------
        int or None
            Its id; None without a document, or if the outline covers no pixel of the image.
        """
        document = self._state.document
        own = (class_name, "") if class_name else drawn_class(self._state)
        after = document and drawn(document, outline, *own)
        if document is None or after is None:
            return None
        self._store.publish(self._state.with_document(after))
        return document.annotations.next_id

    def draw_all(self, outlines: Sequence[Shape], name: str) -> None:
        """Add regions as one step to undo, numbered under a name, and select them."""
        document = self._state.document
        if document is None or not outlines:
            return
        before = after = document.annotations
        for number, outline in enumerate(outlines, 1):
            own = f"{name} {number}" if len(outlines) > 1 else name
            after = after.add(outline, own, _next_colour(after))
        added = tuple(range(before.next_id, after.next_id))
        self._put(document, after, f"draw {counted_regions(len(outlines))}", added)

    def rename(self, region_id: int, name: str) -> None:
        """Rename a region; a name without visible characters is ignored."""
        if name.strip():
            self._step("rename region", lambda before: before.change(region_id, name=name))

    def reshape(self, region_id: int, outline: Shape) -> None:
        """Change the outline of a region; one without pixels is ignored."""
        document = self._state.document
        if document is None or not outline.overlaps(document.cube.shape[:2]):
            return
        self._step("reshape region", lambda before: before.change(region_id, outline=outline))

    def set_class(self, region_id: int, class_name: str | None) -> None:
        """Set the class of a region, or none."""
        self._step(
            "class of region", lambda before: before.change(region_id, class_name=class_name)
        )

    def set_colour(self, region_ids: Collection[int], colour: str) -> None:
        """Set the colour of regions, "#rrggbb"."""
        self._step_each("colour of regions", region_ids, colour=colour)

    def set_hidden(self, region_ids: Collection[int], hidden: bool) -> None:
        """Hide or show regions."""
        self._step_each("hide regions" if hidden else "show regions", region_ids, hidden=hidden)

    def set_locked(self, region_ids: Collection[int], locked: bool) -> None:
        """Lock or unlock regions."""
        self._step_each("lock regions" if locked else "unlock regions", region_ids, locked=locked)

    def move(self, region_ids: Collection[int], cols: float, rows: float) -> None:
        """Shift regions, in pixels."""
        self._step(
            f"move {counted_regions(len(region_ids))}",
            lambda before: before.move(tuple(region_ids), cols, rows),
        )

    def remove(self, region_ids: Collection[int]) -> None:
        """Remove regions; locked ones stay."""
        self._step(
            f"remove {counted_regions(len(region_ids))}", lambda before: before.remove(*region_ids)
        )

    def duplicate(self, region_ids: Collection[int]) -> None:
        """Copy regions; the copies are selected."""
        document = self._state.document
        if document is not None:
            before = document.annotations
            after = before.duplicate(*region_ids)
            copies = tuple(range(before.next_id, after.next_id))
            name = f"duplicate {counted_regions(len(copies))}"
            self._put(document, after, name, copies)

    def replace_all(self, annotations: Annotations) -> None:
        """Replace all regions by those of a file."""
        document = self._state.document
        if document is not None:
            self._put(document, annotations, "open regions", ())

    def select(self, region_ids: Collection[int]) -> None:
        """Select regions; unknown ids are ignored."""
        self._change_active(
            lambda document: with_annotations(document, document.annotations, tuple(region_ids))
        )

    def take_measures(self, document_id: int, measures: Measures | None) -> None:
        """Take the measurements of the regions of a document, if it is still open.

        Late measurements of regions that have all been removed meanwhile are ignored.
        """
        document = self._state.find(document_id)
        if document is not None and bool(document.annotations.regions) == (measures is not None):
            self._change(document.id, lambda document: replace(document, measures=measures))

    def _step_each(
        self, words: str, region_ids: Collection[int], **values: Unpack[RegionValues]
    ) -> None:
        def change(annotations: Annotations, region_id: int) -> Annotations:
            return annotations.change(region_id, **values)

        self._step(words, lambda before: reduce(change, region_ids, before))

    def _step(self, name: str, change: Callable[[Annotations], Annotations]) -> None:
        document = self._state.document
        if document is not None:
            self._put(document, change(document.annotations), name)

    def _put(
        self,
        document: Document,
        annotations: Annotations,
        name: str,
        selected: tuple[int, ...] | None = None,
    ) -> None:
        """Publish other regions as a step to undo."""
        after = with_annotations(document, annotations, selected)
        self._store.publish(self._state.with_document(recorded(document, after, name)))


def counted_regions(count: int) -> str:
    """Return `region` for one, or `3 regions`."""
    return "region" if count == 1 else f"{count} regions"


def drawn_class(state: State) -> tuple[str | None, str]:
    """Return class and colour of regions that the user draws; no class, and an empty colour."""
    name = state.teaching.drawn_class.strip()
    return name or None, class_colours(state).get(name, "") if name else ""


def drawn(
    document: Document, outline: Shape, class_name: str | None = None, colour: str = ""
) -> Document | None:
    """Return a document with one more region, selected; None if it covers no pixel."""
    if not outline.overlaps(document.cube.shape[:2]):
        return None
    before = document.annotations
    name = f"Region {before.next_id}"
    after = before.add(outline, name, colour or _next_colour(before), class_name)
    return recorded(document, with_annotations(document, after, (before.next_id,)), "draw region")


def _next_colour(annotations: Annotations) -> str:
    """Return the colour that the fewest regions have."""
    used = [region.colour for region in annotations]
    return min(REGION_COLOURS, key=used.count)
