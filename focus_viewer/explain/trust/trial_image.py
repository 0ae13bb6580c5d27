"""Trial image: a cube as the model meets it, coarse enough to be asked about hundreds of times."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    inside: tuple[slice, slice]
    size: ImageShape
    whole: ImageShape
    patch_px: int

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
        values = np.nan_to_num(volume.values).astype(np.float64)
        found = np.zeros(self.filled.shape)
        grid = found[self.inside].shape[:2]
        rows, cols = (
            (2 * np.arange(count) + 1) * cells // (2 * count)
            for count, cells in zip(values.shape[:2], grid, strict=True)
        )
        np.add.at(found[self.inside], (rows[:, None], cols), values)
        return found

    def volume_of(
        self, cells: FloatArray, class_name: str, mode: Mode, method: str = ""
    ) -> SaliencyVolume:
        """Return a volume of the cube from values of all cells, (rows, cols, groups)."""
        values = np.ascontiguousarray(cells[self.inside], dtype=np.float32)
        return SaliencyVolume(
            values, self.edges_nm, self.whole, class_name, mode, None, None, method
        )


def read_trial_image(
    cube: Cube, model: FocusModel, edges_nm: DoubleArray, step: Step
) -> TrialImage:
    """Read a cube so that one pass takes all of it.

    A backbone that takes any size gets the image's own cells, else a window that is blank around
    the image.

    Raises
    ------
    IncompatibleCube
        If the cube does not fit the model.
    """
    backbone = model.backbone
    small = binned(cube, _most_pixels(backbone, (cube.rows, cube.cols)))
    images = read_group_images(small, model, edges_nm, step)
    layout, patch = images.layout, backbone.patch_px
    tensor, data = _standardised(images), images.padded.pixels
    cells = _grid_cells(layout)
    rows, cols = (slice(part.start * patch, part.stop * patch) for part in cells)
    shown = np.zeros(layout.padded, dtype=np.bool_)
    shown[cells] = images.shown.numpy()
    if takes_any_size(backbone):
        tensor, data, shown = tensor[..., rows, cols], data[rows, cols], shown[cells]
        cells = (slice(0, shown.shape[0]), slice(0, shown.shape[1]))
    else:
        around = torch.ones(tensor.shape[-2:], dtype=torch.bool)
        around[rows, cols] = False
        tensor = tensor.masked_fill(around, 0.0)
    return TrialImage(
        tensor.contiguous(),
        np.ascontiguousarray(data),
        torch.from_numpy(images.grouping.groups),
        images.grouping.edges_nm,
        shown,
        cells,
        (small.rows, small.cols),
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


def _grid_cells(layout: TileLayout) -> tuple[slice, slice]:
    """Return which of the padded cells are the grid's."""
    (top, left), (rows, cols) = layout.first, layout.grid
    return slice(top, top + rows), slice(left, left + cols)
