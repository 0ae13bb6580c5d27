"""Changes of the open documents: open, close, activate, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels
from focus_viewer.core.pictures.composite import Composite, Detail
from focus_viewer.core.pictures.layers import Layered
from focus_viewer.core.pictures.stretch import Stretch
from focus_viewer.session.state.activation import activated, kept_window
from focus_viewer.session.state.band_windows import first_window
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.pair_correspondence import linked, still_paired
from focus_viewer.session.state.project import SavedProject
from focus_viewer.session.state.slices.teaching import Teaching
from focus_viewer.session.store import Changes


class DocumentChanges(Changes):
    """Changes of the open documents; unknown ids are ignored."""

    def open(
        self, cube: Cube, choice: ArrayChoice | None = None, labels: CubeLabels = NO_LABELS
    ) -> int:
        """Open and activate a cube, with the array and axes chosen in its file; return its id."""
        state = self._state
        document = Document(self._store.next_id(), cube, choice=choice, labels=labels)
        documents = replace(state.documents, items=(*state.documents.items, document))
        requests = replace(state.requests, problem=None)
        state = replace(state, documents=documents, requests=requests)
        self._store.publish(activated(state, document, first_window(cube)))
        return document.id

    def close(self, document_id: int) -> None:
        """Close a document; its neighbour becomes active."""
        state = self._state
        document = state.find(document_id)
        if document is None:
            return
        index = state.documents.items.index(document)
        rest = tuple(known for known in state.documents.items if known is not document)
        documents = replace(state.documents, items=rest)
        if state.documents.active == document_id:
            neighbour = rest[min(index, len(rest) - 1)] if rest else None
            state = replace(state, documents=documents)
            if not rest:  # what was taught and measured is of the cubes that were open
                teaching = Teaching(backbones=state.teaching.backbones)
                state = replace(state, project=SavedProject(), teaching=teaching)
            state = activated(state, neighbour, kept_window(self._state, neighbour))
        else:
            pair = still_paired(state.comparison.pair, documents.active, documents)
            comparison = replace(state.comparison, pair=pair)
            state = replace(state, documents=documents, comparison=comparison)
        self._store.publish(state)

    def activate(self, document_id: int) -> None:
        """Put an open document on the screen."""
        state = self._state
        document = state.find(document_id)
        if document is not None and document_id != state.documents.active:
            self._store.publish(activated(state, document, kept_window(state, document)))

    def set_composite(self, document_id: int, composite: Composite) -> None:
        """Set the picture of a cube."""
        self._change(
            document_id, lambda document: replace(document, composite=composite, detail=None)
        )

    def set_layered(self, document_id: int, layered: Layered | None) -> None:
        """Show a document's picture with layers over it, or without."""
        self._change(document_id, lambda document: replace(document, layered=layered))

    def set_detail(self, document_id: int, detail: Detail | None) -> None:
        """Show a part of a document's picture in more detail, or none."""
        self._change(document_id, lambda document: replace(document, detail=detail))

    def set_stretch(self, document_id: int, stretch: Stretch) -> None:
        """Stretch the picture of a cube in another way; its values stay as they are."""
        self._change(document_id, lambda document: replace(document, stretch=stretch))

    def label(self, document_id: int, labels: CubeLabels) -> None:
        """Give a cube other classes and groups."""
        self.label_all({document_id: labels})

    def label_all(self, labels: Mapping[int, CubeLabels]) -> None:
        """Give several cubes other classes and groups at once, by the ids of their documents."""
        state = self._state
        for document in state.documents.items:
            if document.id in labels:
                state = state.with_document(replace(document, labels=labels[document.id]))
        self._store.publish(state)

    def mark_bands_cached(self, document_id: int) -> None:
        """Record that a document's bands are read as fast as they will ever be."""
        self._change(document_id, lambda document: replace(document, bands_ready=True))

    def set_extent(self, extent: Extent | None) -> None:
        """Show a part of the active image, or all of it for None.

        A part without size, or outside the image, is ignored.
        """
        state = self._state
        document = state.document
        if document is not None and (extent is None or _is_visible(extent, document.cube)):
            state = state.with_document(replace(document, extent=extent))
            self._store.publish(linked(state))


def _is_visible(extent: Extent, cube: Cube) -> bool:
    """Return whether an extent has a size and shows any of the image."""
    (left, top), (right, bottom) = extent.low, extent.high
    finite = bool(np.isfinite([left, top, right, bottom]).all())
    return finite and max(left, 0) < min(right, cube.cols) and max(top, 0) < min(bottom, cube.rows)
