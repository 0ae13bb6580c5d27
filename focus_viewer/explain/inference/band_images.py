"""Images of a cube at a frozen model's bands, in windows of the model's size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.preprocessing.spatial_binning import parts, values_per_pixel
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray
from focus_viewer.explain.foreign.matching import match_bands
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.inference.tiles import Origin, PaddedImage, TileLayout

_KNOWN = 0.5


@dataclass(frozen=True, eq=False)
class BandImages:
    """Image of a cube at the model's bands.

    Attributes
    ----------
    padded : PaddedImage
        In the cube's units; NaN without data, and for bands that the cube lacks.
    model : AttachedModel
    present : IntArray, shape (groups,)
        Groups at least half of whose bands the cube has.
    met : BoolArray, shape (rows, cols)
        Pixels with data.
    missing : int
        Bands that the cube lacks.
    """

    padded: PaddedImage
    model: AttachedModel
    present: IntArray
    met: BoolArray
    missing: int

    @property
    def layout(self) -> TileLayout:
        """Layout of the windows."""
        return self.padded.layout

    @cached_property
    def occupied(self) -> tuple[Origin, ...]:
        """Origins of the windows of which at least one patch has data."""
        mask = PaddedImage.of(self.met[..., None].astype(np.float32), self.layout)
        patch, side = self.layout.patch_px, self.layout.tile_cells
        rows, cols = self.layout.padded
        cells = mask.pixels[..., 0].reshape(rows, patch, cols, patch).mean(axis=(1, 3)) >= _KNOWN
        return tuple(
            (row, col)
            for row, col in self.layout.origins
            if cells[row : row + side, col : col + side].any()
        )

    def raw(self, origins: tuple[Origin, ...]) -> Tensor:
        """Return normalised windows, (windows, bands, height, width), NaN without data."""
        pixels = torch.from_numpy(np.moveaxis(self.padded.tiles(origins), -1, 1).copy())
        return self.model.normalised(pixels)

    def windows(self, origins: tuple[Origin, ...]) -> tuple[Tensor, Tensor]:
        """Return windows as the model takes them, as usual where there is no data.

        Returns
        -------
        images : Tensor, shape (windows, bands, height, width)
        shown : Tensor of bool, shape (windows, patches)
            Patches with data in at least half of their pixels.
        """
        images = self.raw(origins)
        known = torch.isfinite(images)
        pixel_known = (known.float().mean(1, keepdim=True) >= _KNOWN).float()
        share = functional.avg_pool2d(pixel_known, self.layout.patch_px).flatten(1)
        usual = self.model.adapter.usual.cpu()[:, None, None]
        return torch.where(known, images, usual), share >= _KNOWN


def read_band_images(
    cube: Cube, model: AttachedModel, step: Step = silent, within: BoolArray | None = None
) -> BandImages:
    """Read a cube, a part at a time, at the model's bands.

    Parameters
    ----------
    within : BoolArray, shape (rows, cols), or None
        Pixels that the question is restricted to: others count as without data.

    Raises
    ------
    IncompatibleCube
        If the cube lacks bands or data.
    """
    weights = match_bands(cube, model.bands_nm.cpu().numpy())
    patch = model.adapter.patch_px
    layout = TileLayout((cube.rows, cube.cols), patch, model.adapter.window_px // patch)
    padded = PaddedImage.empty(layout, weights.shape[1])
    used = np.flatnonzero(weights.any(axis=1))
    for rows, cols in parts(cube.rows, cube.cols, values_per_pixel(cube.source, used.size)):
        step(rows.start / cube.rows, "reading cube")
        padded.inside[rows, cols] = _weighed(cube.block(rows, cols, used), weights[used])
    if within is not None:
        padded.inside[~within] = np.nan
    padded.mirror()
    has: BoolArray = np.asarray(weights.any(axis=0))
    met: BoolArray = np.asarray(np.isfinite(padded.inside[..., has]).mean(axis=-1) >= _KNOWN)
    shares = [float(has[bands].mean()) for bands in model.groups.members]
    present = np.flatnonzero(np.array(shares) >= _KNOWN)
    images = BandImages(padded, model, present, met, int((~has).sum()))
    if not images.occupied:
        where = "within the region " if within is not None else ""
        raise IncompatibleCube(
            f"{cube.name}: no patch of {patch} x {patch} pixels {where}has data at the model's "
            "bands."
        )
    return images


def _weighed(block: FloatArray, weights: FloatArray) -> FloatArray:
    """Return a block, (..., used), at the model's bands, NaN where most of a band has no data."""
    known = np.isfinite(block)
    total = known.astype(np.float32) @ weights
    found = np.full(total.shape, np.nan, dtype=np.float32)
    np.divide(np.where(known, block, 0) @ weights, total, out=found, where=total > _KNOWN)
    return found
