"""Group images of a cube: padded images, statistics and typical leaf."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.preprocessing.spatial_binning import parts
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray
from focus_viewer.explain.inference.band_groups import (
    MIN_GROUPS,
    Grouping,
    group_bands,
    read_groups,
)
from focus_viewer.explain.inference.tiles import Origin, PaddedImage, TileLayout, known_cells
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.preprocessing import (
    GroupStatistics,
    known_pixels,
    standardise,
    to_tensor,
    typical_leaf,
)
from focus_viewer.explain.model.tissue import TissueTest

_STRIP_VALUES = 4_000_000
_LEAST_SHARE = 0.005
_FEW_PATCHES = 16


@dataclass(frozen=True, eq=False)
class GroupImages:
    """Images of a cube's spectral groups, ready to be cut into tiles.

    Attributes
    ----------
    padded : PaddedImage
        In the cube's units.
    typical : DoubleArray, shape (groups,)
        What the leaf in the image typically reflects, in the cube's units.
    tissue : PaddedImage or None
        1 where a pixel is tissue, 0 where not: these are blanked. None if nothing is.
    shown : Tensor of bool, shape (grid_rows, grid_cols)
        Cells that can have evidence: tissue with data.
    """

    grouping: Grouping
    padded: PaddedImage
    statistics: GroupStatistics
    typical: DoubleArray
    tissue: PaddedImage | None
    shown: Tensor

    @property
    def layout(self) -> TileLayout:
        """Layout of the tiles."""
        return self.padded.layout

    def tiles(self, origins: tuple[Origin, ...]) -> Tensor:
        """Return the standardised tiles, shape (tiles, groups, height, width)."""
        pixels = standardise(self.padded.tiles(origins), self.statistics, self.typical)
        return to_tensor(pixels if self.tissue is None else pixels * self.tissue.tiles(origins))


def read_group_images(
    cube: Cube, model: FocusModel, edges_nm: DoubleArray, step: Step = silent
) -> GroupImages:
    """Read a cube, a part at a time, as the images of a model's groups.

    The images are held once: one float32 a group and pixel of the padded image. Beside them there
    is only a part of the cube, of bounded size (see `spatial_binning.parts`).

    Raises
    ------
    IncompatibleCube
        If the cube has no wavelengths, too few of the model's groups, or no data.
    """
    grouping = group_bands(cube, edges_nm)
    patch = model.backbone.patch_px
    layout = TileLayout((cube.rows, cube.cols), patch, model.backbone.window_px // patch)
    padded = PaddedImage.empty(layout, grouping.groups.size)
    read_groups(cube, grouping, step, padded.inside)
    grouping, padded = _drop_empty(cube.name, grouping, padded)
    images = padded.inside
    statistics = model.statistics(grouping.groups)
    typical = _typical(cube.name, images, statistics)
    known = _known(cube.name, images, layout)
    pixels = tissue_pixels(images, model.tissue_test(grouping.groups))
    padded.mirror()
    shown = known & known_cells(pixels, layout)
    tissue = PaddedImage.of(pixels[..., None].astype(np.float32), layout) if shown.any() else None
    notes = (*grouping.notes, *_doubt(cube.units), *_blanked(shown, known), *_few(shown, patch))
    shown = shown if shown.any() else known
    return GroupImages(replace(grouping, notes=notes), padded, statistics, typical, tissue, shown)


def tissue_pixels(images: FloatArray, test: TissueTest) -> BoolArray:
    """Test the pixels of images, (rows, cols, groups), for tissue, a strip at a time."""
    found = np.empty(images.shape[:2], dtype=np.bool_)
    rows = max(1, _STRIP_VALUES // (images.shape[1] * images.shape[2]))
    for top in range(0, len(images), rows):
        # A row more on either side: the test averages neighbours.
        first, last = max(top - 1, 0), min(top + rows + 1, len(images))
        inside = slice(top - first, top - first + rows)
        found[top : top + rows] = test.pixels(images[first:last])[inside]
    return found


def _blanked(shown: Tensor, known: Tensor) -> tuple[str, ...]:
    """Return what was left out of the image, a sentence."""
    if not shown.any():
        return (
            "nothing in the image has a spectrum that leaf tissue can have: the decision is about "
            "something that the model does not know",
        )
    share = 1 - float(shown.sum()) / float(known.sum())
    return (
        (f"{share:.0%} of the image does not look like leaf tissue and was blanked",)
        if share >= 0.005
        else ()
    )


def _few(shown: Tensor, patch_px: int) -> tuple[str, ...]:
    """Return the doubt in an image that has little to compare, a sentence."""
    count = int(shown.sum())
    if not 0 < count < _FEW_PATCHES:
        return ()
    return (
        f"leaf tissue fills no more than {count} patch(es) of {patch_px} x {patch_px} pixels: the "
        "model compares places of one leaf, and takes what they have in common for usual",
    )


def _typical(name: str, images: FloatArray, statistics: GroupStatistics) -> DoubleArray:
    typical = typical_leaf(images, statistics.mean)
    if not typical.min() > 0:
        raise IncompatibleCube(
            f"{name}: no light (no pixel is above 0 in the model's groups). Check the "
            "scale factor and the ignore value in the header."
        )
    return typical


def _known(name: str, images: FloatArray, layout: TileLayout) -> Tensor:
    pixels = np.empty(images.shape[:2], dtype=np.bool_)
    for rows, cols in parts(*images.shape):
        pixels[rows, cols] = known_pixels(images[rows, cols])
    known = known_cells(pixels, layout)
    if not known.any():
        patch = layout.patch_px
        raise IncompatibleCube(f"{name}: no patch of {patch} x {patch} pixels has data.")
    return known


def _doubt(units: Units) -> tuple[str, ...]:
    if units == "reflectance":
        return ()
    held = "values of unknown units" if units == "unknown" else units
    return (
        f"the cube contains {held}, the model was trained on reflectance: "
        "interpret this result with care",
    )


def _drop_empty(name: str, grouping: Grouping, padded: PaddedImage) -> tuple[Grouping, PaddedImage]:
    filled = _filled(padded.inside)
    empty = grouping.groups.size - filled.size
    if empty == 0:
        return grouping, padded
    if filled.size < MIN_GROUPS:
        raise IncompatibleCube(
            f"{name}: only {filled.size} of the model's groups have data, expected at least "
            f"{MIN_GROUPS}. Check the ignore value in the header."
        )
    lost = np.setdiff1d(np.arange(grouping.groups.size), filled)
    spans = ", ".join(f"{low:.0f}-{high:.0f}" for low, high in grouping.edges_nm[lost])
    note = f"left out: {spans} nm: no data"
    return grouping.only(filled, note), padded.select(filled)


def _filled(images: FloatArray) -> IntArray:
    """Return groups that have data at some pixel."""
    filled = np.zeros(images.shape[2], dtype=np.bool_)
    for rows, cols in parts(*images.shape):
        filled |= np.isfinite(images[rows, cols]).any(axis=(0, 1))
    return np.flatnonzero(filled)
