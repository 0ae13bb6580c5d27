"""Trial image: a cube as the model meets it, coarse enough to be asked about hundreds of times."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.volume import Mode, SaliencyVolume
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, ImageShape
from focus_viewer.explain.inference.group_images import GroupImages, read_group_images
from focus_viewer.explain.inference.tiles import TileLayout
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.preprocessing import standardise, to_tensor

# Patches at once, over those of a window: an image slightly larger than one need not be halved.
_WINDOWS = 1.25

Cells = tuple[slice, slice]
"""Rows and columns."""


@dataclass(frozen=True, eq=False)
class TrialImage:
    """Image of one pass.

    Attributes
    ----------
    images : Tensor, shape (1, groups, height, width)
        Standardised, 0 where there is no tissue.
    data : FloatArray, shape (height, width, groups)
        In the cube's units.
    groups : Tensor of int64, shape (groups,)
    edges_nm : DoubleArray, shape (groups, 2)
    shown : BoolArray, shape (rows, cols)
        Cells that can have evidence.
    inside : tuple of slice
        Rows and columns of the cells that are of the cube; the others pad a window, and are blank.
    grid : ImageShape
        (rows, cols) in cells of the whole cube at this resolution.
    place : tuple of slice
        Where the cells inside are in that grid.
    size : ImageShape
        (rows, cols) of the image, in pixels.
    whole : ImageShape
        The same of the cube.
    patch_px : int
    """

    images: Tensor
    data: FloatArray
    groups: Tensor
    edges_nm: DoubleArray
    shown: BoolArray
    inside: Cells
    grid: ImageShape
    place: Cells
    size: ImageShape
    whole: ImageShape
    patch_px: int

    @property
    def cropped(self) -> bool:
        """Whether it is a part of the cube alone."""
        rows, cols = self.place
        return (rows.stop - rows.start, cols.stop - cols.start) != self.grid

    @property
    def filled(self) -> BoolArray:
        """Tokens that show anything, shape (rows, cols, groups)."""
        _, groups, height, width = self.images.shape
        patch = self.patch_px
        cut = (groups, height // patch, patch, width // patch, patch)
        shows: BoolArray = (self.images[0] != 0).cpu().numpy()
        return np.moveaxis(np.asarray(shows.reshape(cut).any(axis=(2, 4))), 0, 2)

    def cells_of(self, volume: SaliencyVolume) -> DoubleArray:
        """Sum a volume of the same cube over the cells of this image: (rows, cols, groups).

        Raises
        ------
        ValueError
            If it has other groups.
        """
        if not np.array_equal(volume.edges_nm, self.edges_nm):
            raise ValueError("the volume has other spectral groups than the image")
        found = np.zeros(self.filled.shape)
        found[self.inside] = on_grid(volume, self.grid)[self.place]
        return found

    def volume_of(
        self, cells: FloatArray, class_name: str, mode: Mode, method: str = ""
    ) -> SaliencyVolume:
        """Return a volume of the cube from values of all cells, (rows, cols, groups).

        It is 0 where the image shows nothing of the cube.
        """
        values = np.zeros((*self.grid, len(self.edges_nm)), dtype=np.float32)
        values[self.place] = cells[self.inside]
        return SaliencyVolume(
            values, self.edges_nm, self.whole, class_name, mode, None, None, method
        )


def on_grid(volume: SaliencyVolume, grid: ImageShape) -> DoubleArray:
    """Sum a volume over the cells of a coarser grid of the same image: (rows, cols, groups)."""
    values = np.nan_to_num(volume.values).astype(np.float64)
    found = np.zeros((*grid, values.shape[2]))
    rows, cols = (
        (2 * np.arange(count) + 1) * cells // (2 * count)
        for count, cells in zip(values.shape[:2], grid, strict=True)
    )
    np.add.at(found, (rows[:, None], cols), values)
    return found


def read_whole(
    cube: Cube,
    model: FocusModel,
    edges_nm: DoubleArray,
    step: Step,
    within: BoolArray | None = None,
) -> TrialImage:
    """Read a cube, coarse enough that one pass takes all of it.

    A backbone that takes any size gets the image's own cells, else a window that is blank around
    the image.

    Parameters
    ----------
    within : BoolArray, shape (rows, cols), or None
        Pixels that the question is restricted to, at any resolution.

    Raises
    ------
    IncompatibleCube
        If the cube does not fit the model.
    """
    backbone = model.backbone
    small = binned(cube, _most_pixels(backbone, (cube.rows, cube.cols)))
    asked = None if within is None else _resized(within, (small.rows, small.cols))
    images = read_group_images(small, model, edges_nm, step, asked, original=cube)
    cells = _grid_cells(images.layout)
    if not takes_any_size(backbone):
        cells = _box_of((0, 0), images.layout.padded)
    return _cut(images, cells, (small.rows, small.cols), cube)


def read_part(
    cube: Cube,
    model: FocusModel,
    edges_nm: DoubleArray,
    evidence: SaliencyVolume,
    step: Step,
    within: BoolArray | None = None,
) -> TrialImage:
    """Read a cube at the resolution of its explanation, where its evidence is strongest.

    Parameters
    ----------
    evidence : SaliencyVolume
        Whose cells are those of the explanation.
    within : BoolArray, shape (rows, cols), or None
        As for `read_whole`.

    Raises
    ------
    IncompatibleCube
        If the cube does not fit the model.
    """
    backbone, patch = model.backbone, model.backbone.patch_px
    rows, cols = evidence.met.shape if evidence.met is not None else evidence.image_shape
    fine = binned(cube, rows * cols)
    asked = None if within is None else _resized(within, (fine.rows, fine.cols))
    images = read_group_images(fine, model, edges_nm, step, asked, original=cube)
    layout = images.layout
    strength = np.abs(on_grid(evidence, layout.grid)).sum(axis=2)
    size = _part_size(backbone, layout)
    top, left = strongest_box(strength, size)
    # Along a side shorter than a window the padding comes along.
    start = (
        top if layout.grid[0] >= size[0] else 0,
        left if layout.grid[1] >= size[1] else 0,
    )
    found = _cut(images, _box_of(start, size), (0, 0), cube)
    height, width = (part.stop - part.start for part in found.inside)
    return replace(found, size=(height * patch, width * patch))


def strongest_box(strength: DoubleArray, size: ImageShape) -> ImageShape:
    """Return the upper left cell of the box of this size with most of a map, (rows, cols)."""
    height, width = (min(side, cells) for side, cells in zip(size, strength.shape, strict=True))
    total = np.pad(strength, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    boxes = total[height:, width:] - total[:-height, width:]
    boxes = boxes - total[height:, :-width] + total[:-height, :-width]
    top, left = np.unravel_index(int(np.argmax(boxes)), boxes.shape)
    return int(top), int(left)


def _part_size(backbone: BandPureBackbone, layout: TileLayout) -> ImageShape:
    """Return the (rows, cols) in cells of a part that one pass takes."""
    if not takes_any_size(backbone):
        return layout.tile_cells, layout.tile_cells
    most = int(_WINDOWS * layout.tile_cells**2)
    rows = min(layout.grid[0], max(math.isqrt(most), most // layout.grid[1]))
    return rows, min(layout.grid[1], most // rows)


def _cut(images: GroupImages, cells: Cells, size: ImageShape, cube: Cube) -> TrialImage:
    """Cut some of the padded cells out; those that are not of the image are blanked."""
    layout, patch = images.layout, images.layout.patch_px
    rows, cols = (slice(part.start * patch, part.stop * patch) for part in cells)
    grid = _grid_cells(layout)
    both = tuple(
        slice(max(part.start, own.start), min(part.stop, own.stop))
        for part, own in zip(cells, grid, strict=True)
    )
    inside, place = (
        tuple(
            slice(part.start - origin.start, part.stop - origin.start)
            for part, origin in zip(both, origins, strict=True)
        )
        for origins in (cells, grid)
    )
    shown = np.zeros(layout.padded, dtype=np.bool_)
    shown[grid] = images.shown.numpy()
    around = np.ones(shown.shape, dtype=np.bool_)
    around[grid] = False
    blank = torch.from_numpy(around.repeat(patch, axis=0).repeat(patch, axis=1))
    tensor = _standardised(images).masked_fill(blank, 0.0)
    return TrialImage(
        tensor[..., rows, cols].contiguous(),
        np.ascontiguousarray(images.padded.pixels[rows, cols]),
        torch.from_numpy(images.grouping.groups),
        images.grouping.edges_nm,
        shown[cells],
        (inside[0], inside[1]),
        layout.grid,
        (place[0], place[1]),
        size,
        (cube.rows, cube.cols),
        patch,
    )


def takes_any_size(backbone: BandPureBackbone) -> bool:
    """Return whether a backbone takes images of any whole number of patches in one pass."""
    embed = backbone.vit.patch_embed
    return backbone.vit.pos_embed is None and not embed.strict_img_size


def _most_pixels(backbone: BandPureBackbone, image: ImageShape) -> int:
    window = backbone.window_px
    if takes_any_size(backbone):
        return int(_WINDOWS * window**2)
    factor = math.ceil(max(image) / window)
    return math.prod(-(-size // factor) for size in image)


def _standardised(images: GroupImages) -> Tensor:
    pixels = standardise(images.padded.pixels[None], images.statistics, images.typical)
    return to_tensor(pixels if images.tissue is None else pixels * images.tissue.pixels[None])


def _resized(mask: BoolArray, shape: ImageShape) -> BoolArray:
    """Return a mask of the same image at another resolution."""
    rows, cols = (
        (np.arange(own) * 2 + 1) * size // (2 * own)
        for own, size in zip(shape, mask.shape, strict=True)
    )
    return mask[np.ix_(rows, cols)]


def _grid_cells(layout: TileLayout) -> Cells:
    """Return which of the padded cells are the grid's."""
    return _box_of(layout.first, layout.grid)


def _box_of(start: ImageShape, size: ImageShape) -> Cells:
    """Return rows and columns from a cell on."""
    (top, left), (rows, cols) = start, size
    return slice(top, top + rows), slice(left, left + cols)
