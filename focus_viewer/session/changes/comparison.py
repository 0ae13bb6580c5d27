"""The changes of a session that concern groups of regions, and the magic wand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from focus_viewer.core.regions.shapes import MaskShape, Shape
from focus_viewer.session.changes.regions import Annotating
from focus_viewer.session.state.comparison import Comparison
from focus_viewer.session.state.groups import question
from focus_viewer.session.state.state import Tool
from focus_viewer.session.state.wand import LEAST_TOLERANCE, MOST_ANGLE_DEG, Seed

_MOST_PERCENT = 200.0  # from one end of a signed scale to the other


class Comparing(Annotating):
    """Choose groups and compare them; touch the image with the wand."""

    def set_contrast(self, **values: Any) -> None:
        """Choose what is compared: any attributes of `Contrast`."""
        self._publish(contrast=replace(self.state.contrast, **values))

    def take_comparison(self, comparison: Comparison | None) -> None:
        """Take the answer, if it is that to what is asked now; None drops the one there is."""
        if comparison is None or comparison.question == question(self.state):
            self._publish(comparison=comparison)

    def choose_tool(self, tool: Tool) -> None:
        """Choose what the mouse does on the image; what the wand has made is settled."""
        self._publish(tool=tool, wand=replace(self.state.wand, touch=None))

    def set_wand(self, **values: Any) -> None:
        """Change how the wand chooses; its last region follows, tolerances are clamped."""
        wand = replace(self.state.wand, **values)
        angle = float(np.clip(wand.angle_deg, LEAST_TOLERANCE, MOST_ANGLE_DEG))
        percent = float(np.clip(wand.saliency_percent, LEAST_TOLERANCE, _MOST_PERCENT))
        self._publish(wand=replace(wand, angle_deg=angle, saliency_percent=percent))

    def set_tolerance(self, tolerance: float) -> None:
        """Change the tolerance of the wand's criterion."""
        if self.state.wand.criterion == "angle":
            self.set_wand(angle_deg=tolerance)
        else:
            self.set_wand(saliency_percent=tolerance)

    def touch(self, row: int, col: int, adding: bool = False) -> None:
        """Touch a pixel with the wand; it makes a region, or adds to the painted one selected."""
        document = self.state.document
        if document is None or not document.cube.contains(row, col):
            return
        touch, last = Seed(document.id, row, col), self.state.wand.touch
        there = last is not None and document.annotations.find(last.region_id or 0) is not None
        if last is not None and there and last.made and last.same_place(touch):
            return  # it holds what is alike already
        if adding and len(document.selected) == 1:
            region = document.annotations.find(document.selected[0])
            if region is not None and isinstance(region.outline, MaskShape) and not region.locked:
                touch = replace(touch, base=region.outline, region_id=region.id)
        self._publish(wand=replace(self.state.wand, touch=touch))

    def take_touched(self, touch: Seed, outline: Shape | None) -> None:
        """Take what the wand has found, if it was the last touch and its cube is on the screen.

        The first find is a step to undo; what follows the tolerance afterwards belongs to it.
        """
        document, last = self.state.document, self.state.wand.touch
        if outline is None or document is None or last is None or not last.same_place(touch):
            return
        if document.id != touch.document_id:
            return
        region_id = last.region_id
        if region_id is None:
            region_id = self.draw(outline)
        elif document.annotations.find(region_id) is None:  # undone meanwhile
            self._publish(wand=replace(self.state.wand, touch=None))
            return
        elif last.made:
            changed = document.annotations.change(region_id, outline=outline)
            self._travel(document.history.amended(changed))
        else:
            self.change_region(region_id, outline=outline)
        self._publish(wand=replace(self.state.wand, touch=last.done(region_id)))
