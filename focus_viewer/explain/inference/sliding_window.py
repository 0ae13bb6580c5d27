"""Sliding-window inference: all tiles of images in as few passes as memory allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.progress import Step
from focus_viewer.explain.inference.cut_windows import cut_windows
from focus_viewer.explain.inference.devices import fall_back
from focus_viewer.explain.inference.group_images import GroupImages
from focus_viewer.explain.inference.hooks import progress_hooks
from focus_viewer.explain.inference.tiles import Origin, PlaceBlender, TileBlender
from focus_viewer.explain.model.backbone import UsualLeaf
from focus_viewer.explain.model.focus_model import FocusModel, WindowReading
from focus_viewer.explain.model.kept_patches import KeptPatches
from focus_viewer.explain.model.prompts import PARTS, Attention

# Group images in one pass: a 120 x 160 px leaf with 48 groups fits, in about half a gigabyte.
_SEQUENCES = 1536


_Blender = TileBlender | PlaceBlender

Window = tuple[int, Origin]
"""Position of its image, and the window's origin there."""


class SlidingWindow:
    """Sliding window over one image, or over several of the same groups, which share passes.

    Parameters
    ----------
    images : sequence of GroupImages
    device : torch.device
        Where to start; out of GPU memory the scan goes on with fewer windows, then on the CPU.

    Attributes
    ----------
    device : torch.device
        Where it ended.
    notes : list of str
        The fallbacks taken, a sentence each.
    forward_passes : list of int
        Those that each image took part in, counted by hooks on the backbone.
    backward_passes : int
        Of all images.

    Raises
    ------
    ValueError
        If the images differ in their groups.
    """

    def __init__(
        self, model: FocusModel, images: Sequence[GroupImages], device: torch.device
    ) -> None:
        groups = images[0].grouping.groups
        if not all(np.array_equal(image.grouping.groups, groups) for image in images):
            raise ValueError("images that share a pass must have the same groups")
        self.device = device
        self.notes: list[str] = []
        self.forward_passes, self.backward_passes = [0] * len(images), 0
        self._model = model
        self._images = images
        self._groups = torch.from_numpy(groups)
        self._size = windows_in_a_pass(groups.size)
        self._windows: list[Window] = [
            (place, origin) for place, image in enumerate(images) for origin in image.occupied
        ]
        self._done = 0
        self._usual: UsualLeaf | None = None

    def read(self, step: Step) -> list[ImageReading]:
        """Read the whole images, patches of all windows blended.

        Each reading is a batch of one on the CPU; patches are the grid's cells, row by row.

        Raises
        ------
        Cancelled
            From `step`, which is called ahead of every layer, and around every batch.
        ModelError
            If one window alone does not fit in memory.
        """
        blends = [self._blends_of(image) for image in self._images]
        total = len(self._windows)

        def tick(share: float) -> None:
            step(min((self._done + share * self._size) / total, 1.0), "explaining")

        with progress_hooks(self._model.backbone, tick) as passes:
            while self._done < total:
                before, some = passes.forward, self._windows[self._done : self._done + self._size]
                self._read_batch(some, blends, tick)
                for place in {place for place, _ in some}:
                    self.forward_passes[place] += passes.forward - before
            for image, own in zip(self._images, blends, strict=True):
                self._add_blank(image, own)
        self.backward_passes = passes.backward
        found = [
            self._blended_reading(image, own)
            for image, own in zip(self._images, blends, strict=True)
        ]
        self._images = []  # their pixels need no memory while the decision is taken apart
        return found

    def _blends_of(self, image: GroupImages) -> list[_Blender]:
        model, groups = self._model, len(self._groups)
        dim, parts = model.backbone.vit.embed_dim, (model.prompts.classes, PARTS)
        return [
            TileBlender(image.layout, (dim,)),
            PlaceBlender(image.layout, (*parts, groups), image.places),
            *(TileBlender(image.layout, (groups,)) for _ in range(2)),
        ]

    def _blended_reading(self, image: GroupImages, blends: list[_Blender]) -> ImageReading:
        patches, absorbed, contrasts = (
            blends[kind].mean().flatten(-2)[None].mT for kind in (0, 2, 3)
        )
        attention = Attention(blends[1].mean()[None].mT, absorbed)
        usual = self._on_grid(image, self._usual_leaf())
        return ImageReading(WindowReading(patches, attention), usual, contrasts)

    def _usual_leaf(self) -> UsualLeaf:
        """Return the usual leaf of a window, read once and kept on the device."""
        if self._usual is None:
            cells = self._images[0].layout.tile_cells ** 2
            self._usual = self._model.usual(self._groups.to(self.device), cells)
        return self._usual

    def _on_grid(self, image: GroupImages, usual: UsualLeaf) -> UsualLeaf:
        """Return the usual leaf on the CPU, its patches blended as those of the image are."""
        values, patches = (each.cpu() for each in usual)
        return UsualLeaf(values, patches if len(patches) == 1 else self._blended(image, patches))

    def _blended(self, image: GroupImages, patches: Tensor) -> Tensor:
        """Blend windows that all have these patches, (patches, dim), to the grid's cells."""
        layout, window = image.layout, self._cells(patches)
        blend = TileBlender(layout, (patches.shape[1],))
        for origin in layout.origins:
            blend.add(origin, window)
        return blend.mean().flatten(-2).mT

    def _read_batch(
        self,
        windows: list[Window],
        blends: list[list[_Blender]],
        tick: Callable[[float], None],
    ) -> None:
        tick(0.0)  # cutting and blending take their time too, beside the layers
        try:
            model = self._model.to(self.device)
            groups = self._groups.to(self.device)
            tiles, kept = self._cut(windows)
            tiles = tiles.to(self.device)
            counts = None if kept.counts is None else kept.counts.to(self.device)
            reading = model.read(tiles, groups, self._usual_leaf(), counts)
            contrasts = model.own_contrasts(tiles, groups)
        except torch.OutOfMemoryError as error:
            self.device, self._size, note = fall_back(self.device, self._size, error)
            self.notes.append(note)
            self._usual = None
            return
        tick(1.0)
        found = (reading.patches, reading.attention.shares, reading.attention.absorbed, contrasts)
        for kind, values in enumerate(found):
            for number, ((place, origin), window) in enumerate(
                zip(windows, values.cpu(), strict=True)
            ):
                blends[place][kind].add(origin, self._cells(kept.spread(number, window)))
        self._done += len(windows)

    def _cut(self, windows: list[Window]) -> tuple[Tensor, KeptPatches]:
        cut = [(self._images[place], origin) for place, origin in windows]
        return cut_windows(cut, self._model.backbone.counts_patches)

    def _add_blank(self, image: GroupImages, blends: list[_Blender]) -> None:
        """Add the windows that are blanked throughout, which need no pass: a usual leaf."""
        layout = image.layout
        blank = [origin for origin in layout.origins if origin not in {*image.occupied}]
        if not blank:
            return
        patches = self._usual_leaf().patches
        window = patches.expand(layout.tile_cells**2, -1)
        for origin in blank:
            blends[0].add(origin, self._cells(window))
            for blend in blends[1:]:
                blend.add(origin, torch.zeros(()))

    def _cells(self, values: Tensor) -> Tensor:
        """Unfold a window's values, (..., patches, channels), spatial axes last."""
        side = self._images[0].layout.tile_cells
        return values.mT.reshape(*values.shape[:-2], values.shape[-1], side, side)


def windows_in_a_pass(groups: int) -> int:
    """Return the number of windows of so many groups that share a pass."""
    return max(1, _SEQUENCES // groups)


class ImageReading(NamedTuple):
    """Reading of a whole image, on the CPU.

    Attributes
    ----------
    reading : WindowReading
        The shares of its attention at `GroupImages.places` alone: there are many.
    usual : UsualLeaf
    contrasts : Tensor, shape (1, patches, groups)
        See `FocusModel.own_contrasts`.
    """

    reading: WindowReading
    usual: UsualLeaf
    contrasts: Tensor
