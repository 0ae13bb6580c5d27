"""Sliding-window inference: all tiles of an image in as few passes as memory allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from focus_viewer.core.progress import Step
from focus_viewer.explain.inference.devices import fall_back
from focus_viewer.explain.inference.group_images import GroupImages
from focus_viewer.explain.inference.hooks import progress_hooks
from focus_viewer.explain.inference.tiles import TileBlender
from focus_viewer.explain.model.backbone import UsualLeaf
from focus_viewer.explain.model.focus_model import FocusModel, WindowReading
from focus_viewer.explain.model.prompts import PARTS, Attention

# Group images in one pass: a 120 x 160 px leaf with 48 groups fits, in about half a gigabyte.
_SEQUENCES = 1536


class SlidingWindow:
    """Sliding window over one image.

    Parameters
    ----------
    device : torch.device
        Where to start; out of GPU memory the scan goes on with fewer windows, then on the CPU.

    Attributes
    ----------
    device : torch.device
        Where it ended.
    notes : list of str
        The fallbacks taken, a sentence each.
    forward_passes, backward_passes : int
        Counted by hooks on the backbone.
    """

    def __init__(self, model: FocusModel, images: GroupImages, device: torch.device) -> None:
        self.device = device
        self.notes: list[str] = []
        self.forward_passes = self.backward_passes = 0
        self._model = model
        self._images = images
        self._size = max(1, _SEQUENCES // images.grouping.groups.size)
        self._done = 0
        self._usual: UsualLeaf | None = None

    def read(self, step: Step) -> ImageReading:
        """Read the whole image, patches of all windows blended.

        The reading is a batch of one on the CPU; patches are the grid's cells, row by row.

        Raises
        ------
        Cancelled
            From `step`, which is called ahead of every layer, and around every batch.
        ModelError
            If one window alone does not fit in memory.
        """
        model, layout = self._model, self._images.layout
        groups = self._images.grouping.groups.size
        dim, parts = model.backbone.vit.embed_dim, (model.prompts.classes, PARTS)
        blends = [
            TileBlender(layout, each) for each in ((dim,), (*parts, groups), *2 * [(groups,)])
        ]
        total = len(self._images.occupied)

        def tick(share: float) -> None:
            step(min((self._done + share * self._size) / total, 1.0), "explaining")

        with progress_hooks(model.backbone, tick) as passes:
            while self._done < total:
                self._read_batch(blends, tick)
            self._add_blank(blends)
        self.forward_passes, self.backward_passes = passes.forward, passes.backward
        patches, shares, absorbed, contrasts = (b.mean().flatten(-2)[None].mT for b in blends)
        reading = WindowReading(patches, Attention(shares, absorbed))
        return ImageReading(reading, self._on_grid(self._usual_leaf()), contrasts)

    def _usual_leaf(self) -> UsualLeaf:
        """Return the usual leaf of a window, read once and kept on the device."""
        if self._usual is None:
            groups = torch.from_numpy(self._images.grouping.groups).to(self.device)
            self._usual = self._model.usual(groups, self._images.layout.tile_cells**2)
        return self._usual

    def _on_grid(self, usual: UsualLeaf) -> UsualLeaf:
        """Return the usual leaf on the CPU, its patches blended as those of the image are."""
        values, patches = (each.cpu() for each in usual)
        return UsualLeaf(values, patches if len(patches) == 1 else self._blended(patches))

    def _blended(self, patches: Tensor) -> Tensor:
        """Blend windows that all have these patches, (patches, dim), to the grid's cells."""
        layout, window = self._images.layout, self._cells(patches)
        blend = TileBlender(layout, (patches.shape[1],))
        for origin in layout.origins:
            blend.add(origin, window)
        return blend.mean().flatten(-2).mT

    def _read_batch(self, blends: list[TileBlender], tick: Callable[[float], None]) -> None:
        origins = self._images.occupied[self._done : self._done + self._size]
        tick(0.0)  # cutting and blending take their time too, beside the layers
        try:
            model = self._model.to(self.device)
            groups = torch.from_numpy(self._images.grouping.groups).to(self.device)
            tiles, kept = self._images.windows(origins, model.backbone.counts_patches)
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
        for blend, values in zip(blends, found, strict=True):
            for number, (origin, window) in enumerate(zip(origins, values.cpu(), strict=True)):
                blend.add(origin, self._cells(kept.spread(number, window)))
        self._done += len(origins)

    def _add_blank(self, blends: list[TileBlender]) -> None:
        """Add the windows that are blanked throughout, which need no pass: a usual leaf."""
        layout = self._images.layout
        blank = [origin for origin in layout.origins if origin not in {*self._images.occupied}]
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
        side = self._images.layout.tile_cells
        return values.mT.unflatten(-1, (side, side))


class ImageReading(NamedTuple):
    """Reading of a whole image, on the CPU.

    Attributes
    ----------
    reading : WindowReading
    usual : UsualLeaf
    contrasts : Tensor, shape (1, patches, groups)
        See `FocusModel.own_contrasts`.
    """

    reading: WindowReading
    usual: UsualLeaf
    contrasts: Tensor
