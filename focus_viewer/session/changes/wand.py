"""Changes of the magic wand: its settings, its seed and the region that it makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from focus_viewer.core.regions.shapes import MaskShape, Shape
from focus_viewer.session.changes.regions import drawn, drawn_class
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.wand import LEAST_TOLERANCE, MOST_ANGLE_DEG, Seed, Wand
from focus_viewer.session.state.steps import recorded, with_annotations
from focus_viewer.session.store import Changes

_MOST_PERCENT = 200.0  # from one end of a signed scale to the other


class WandChanges(Changes):
    """Changes of the magic wand."""

    def set(self, wand: Wand) -> None:
        """Change the settings; the last region follows, tolerances are clamped."""
        angle = float(np.clip(wand.angle_deg, LEAST_TOLERANCE, MOST_ANGLE_DEG))
        percent = float(np.clip(wand.saliency_percent, LEAST_TOLERANCE, _MOST_PERCENT))
        self._put(replace(wand, angle_deg=angle, saliency_percent=percent))

    def set_tolerance(self, tolerance: float) -> None:
        """Change the tolerance of the wand's criterion."""
        wand = self._state.selection.wand
        if wand.criterion == "angle":
            self.set(replace(wand, angle_deg=tolerance))
        else:
            self.set(replace(wand, saliency_percent=tolerance))

    def set_seed(self, row: int, col: int, adding: bool = False) -> None:
        """Start a region at a pixel, or add to the mask region that is selected."""
        wand, document = self._state.selection.wand, self._state.document
        if document is None or not document.cube.contains(row, col):
            return
        seed, last = Seed(document.id, row, col), wand.seed
        if last is not None and last.same_pixel(seed) and _has_region(document, last):
            return  # the region already covers the similar pixels
        if adding and len(document.selected) == 1:
            region = document.annotations.find(document.selected[0])
            if region is not None and isinstance(region.outline, MaskShape) and not region.locked:
                seed = replace(seed, base=region.outline, region_id=region.id)
        self._put(replace(wand, seed=seed))

    def take_region(self, seed: Seed, outline: Shape | None) -> None:
        """Take the pixels around a seed, if it is the last one and its cube is active.

        The first result is a step to undo; later ones, after the tolerance, belong to that step.
        """
        wand, document = self._state.selection.wand, self._state.document
        last = wand.seed
        if outline is None or document is None or last is None or not last.same_pixel(seed):
            return
        if document.id != seed.document_id:
            return
        region_id = last.region_id
        if region_id is None:
            region_id, after = (
                document.annotations.next_id,
                drawn(document, outline, *drawn_class(self._state)),
            )
            if after is None:
                return
        elif document.annotations.find(region_id) is None:  # undone meanwhile
            self._put(replace(wand, seed=None))
            return
        else:
            changed = document.annotations.change(region_id, outline=outline)
            after = with_annotations(document, changed)
            if not last.made:
                after = recorded(document, after, "add to region")
        self._put(replace(wand, seed=last.done(region_id)), after)

    def _put(self, wand: Wand, document: Document | None = None) -> None:
        state = self._state
        if document is not None:
            state = state.with_document(document)
        self._store.publish(replace(state, selection=replace(state.selection, wand=wand)))


def _has_region(document: Document, seed: Seed) -> bool:
    """Return whether the region of a seed is drawn, and still open."""
    drawn = document.annotations.find(seed.region_id or 0)
    return drawn is not None and seed.made
