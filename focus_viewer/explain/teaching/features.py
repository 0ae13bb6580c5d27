"""Patch features of labelled examples: what a frozen head pools, read once a cube."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.datasets.data_set import DataSet, Example, Sample
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.inference.cut_windows import cut_windows
from focus_viewer.explain.inference.explainer import most_pixels
from focus_viewer.explain.inference.group_images import GroupImages, read_group_images
from focus_viewer.explain.inference.tiles import Origin, TileBlender, TileLayout, cells_within
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching.journal import Journal
from focus_viewer.explain.teaching.pixels import Opener, inside_of

_BATCH = 1536
_STRANGENESS = "strangeness"


@dataclass(frozen=True, eq=False)
class FeatureReader:
    """Reader of the patches of examples, each cube once.

    Attributes
    ----------
    model : FocusModel
        With the statistics of what is taught.
    cache : Path or None
        Folder of what was read before, by content, labels, model and statistics.
    """

    model: FocusModel
    edges_nm: DoubleArray
    open_sample: Opener
    cache: Path | None = None

    def read(self, data_set: DataSet, step: Step) -> tuple[dict[str, FloatArray], float]:
        """Return the patches, (patches, dim), of each example by its digest.

        And how strange the strangest cube is, as the model's verdict measures it: 0 if none is.
        """
        found: dict[str, FloatArray] = {}
        key, count, strangest = model_digest(self.model), len(data_set.samples), 0.0
        for done, sample in enumerate(data_set.samples):
            own = dict(self._of_sample(sample, key, part(step, done / count, (done + 1) / count)))
            strangest = max(strangest, float(own.pop(_STRANGENESS)))
            found |= own
        return found, strangest

    def _of_sample(self, sample: Sample, key: str, step: Step) -> Mapping[str, FloatArray]:
        def compute() -> dict[str, FloatArray]:
            images = self.images(sample, step)
            strangeness = np.float32(images.leaf.strangeness or 0.0)
            patches = self._patches(images, sample.examples, step)
            return {**patches, _STRANGENESS: np.asarray(strangeness)}

        place = f"{key} {DataSet((sample,)).fingerprint}"
        return Journal(self.cache).found("features", place, compute)

    def of_cube(
        self, sample: Sample, examples: Sequence[Example], step: Step
    ) -> dict[str, FloatArray]:
        """Read the patches of some examples of a cube, by digest."""
        return self._patches(self.images(sample, step), examples, step)

    @torch.inference_mode()
    def _patches(
        self, images: GroupImages, examples: Sequence[Example], step: Step
    ) -> dict[str, FloatArray]:
        cells = {example.digest: cells_of(example, images) for example in examples}
        wanted = torch.stack(list(cells.values())).any(0)
        patches = read_patches(self.model, images, wanted, step)
        return {digest: patches[own].numpy() for digest, own in cells.items()}

    def images(self, sample: Sample, step: Step) -> GroupImages:
        """Read a cube as the model's groups."""
        cube = self.open_sample(sample)
        coarse = binned(cube, most_pixels(self.model))
        return read_group_images(coarse, self.model, self.edges_nm, step, original=cube)


@dataclass(frozen=True, eq=False)
class PatchStore:
    """Patches of examples by digest; those that are not known yet are read when they are needed."""

    known: dict[str, FloatArray]
    reader: FeatureReader

    def of(self, examples: Sequence[Example]) -> list[FloatArray]:
        """Return the patches, (patches, dim), of each example."""
        missing: dict[str, list[Example]] = {}
        for example in examples:
            if example.digest not in self.known:
                missing.setdefault(example.sample.fingerprint, []).append(example)
        for own in missing.values():
            self.known.update(self.reader.of_cube(own[0].sample, own, silent))
        return [self.known[example.digest] for example in examples]


def model_digest(model: FocusModel) -> str:
    """Return the SHA-256 of all that patches depend on: the backbone and the statistics."""
    found = hashlib.sha256()
    for name, values in model.state_dict().items():
        if not name.startswith(("prompts.", "anchor", "backbone.vit.head.")):
            found.update(name.encode() + values.cpu().contiguous().numpy().tobytes())
    return found.hexdigest()


def cells_of(example: Example, images: GroupImages) -> Tensor:
    """Return the cells of an example, shape (grid_rows, grid_cols)."""
    if example.region is None:
        return images.shown
    return cells_within(inside_of(example, images.layout.image_px), images.shown, images.layout)


def read_patches(model: FocusModel, images: GroupImages, wanted: Tensor, step: Step) -> Tensor:
    """Return what the head pools, (grid_rows, grid_cols, dim), where it is wanted; else NaN.

    As the explainer's sliding window does, but only windows that touch a wanted cell are read.
    """
    layout, groups = images.layout, torch.from_numpy(images.grouping.groups)
    blend = TileBlender(layout, (model.backbone.vit.embed_dim,))
    touched = _touching(layout, wanted)
    occupied = {*images.occupied}
    read = [origin for origin in touched if origin in occupied]
    size = max(1, _BATCH // len(groups))
    for first in range(0, len(read), size):
        step(first / len(read), "reading patches")
        batch = read[first : first + size]
        windows = [(images, origin) for origin in batch]
        tiles, kept = cut_windows(windows, model.backbone.counts_patches)
        patches = model.backbone(tiles, groups, counts=kept.counts)
        for number, (origin, each) in enumerate(zip(batch, patches, strict=True)):
            blend.add(origin, _folded(kept.spread(number, each), layout))
    blank = [origin for origin in touched if origin not in occupied]
    if blank:
        usual = model.usual(groups, layout.tile_cells**2).patches
        for origin in blank:
            blend.add(origin, _folded(usual.expand(layout.tile_cells**2, -1), layout))
    return blend.mean().permute(1, 2, 0)


def _touching(layout: TileLayout, wanted: Tensor) -> Sequence[Origin]:
    (top, left), side = layout.first, layout.tile_cells
    padded = torch.zeros(layout.padded, dtype=torch.bool)
    padded[top : top + wanted.shape[0], left : left + wanted.shape[1]] = wanted
    return [
        (row, col)
        for row, col in layout.origins
        if padded[row : row + side, col : col + side].any()
    ]


def _folded(patches: Tensor, layout: TileLayout) -> Tensor:
    return patches.T.reshape(-1, layout.tile_cells, layout.tile_cells)
