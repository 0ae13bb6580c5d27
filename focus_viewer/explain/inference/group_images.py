"""Group images of a cube: padded images, statistics and typical leaf."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from torch import Tensor

from focus_viewer.core.cubes.advice import CHECK_VALUES
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.preprocessing.spatial_binning import parts
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.spectra.band_signal import bands_in_water_vapour, bands_without_signal
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray
from focus_viewer.core.wording import percent
from focus_viewer.explain.inference.band_groups import (
    MIN_GROUPS,
    Grouping,
    LeftOut,
    group_bands,
    merged_spans,
    read_groups,
)
from focus_viewer.explain.inference.tiles import (
    Origin,
    PaddedImage,
    TileLayout,
    cells_within,
    known_cells,
)
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.preprocessing import (
    GroupStatistics,
    known_pixels,
    standardise,
    to_tensor,
    typical_spectrum,
)
from focus_viewer.explain.model.tissue import TissueTest

_STRIP_VALUES = 4_000_000
_LEAST_SHARE = 0.005
_SAMPLE = 10_000


class LeafFound(NamedTuple):
    """Plant tissue that was found in an image.

    Attributes
    ----------
    share : float
        Of the pixels with data, 0 to 1.
    patches : int
        That have evidence.
    strangeness, likeness : float or None
        Medians over its pixels, see `Likeness`; None where there is none.
    """

    share: float
    patches: int
    strangeness: float | None
    likeness: float | None


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
    met : BoolArray, shape (rows, cols)
        Pixels that the model meets.
    leaf : LeafFound
    """

    grouping: Grouping
    padded: PaddedImage
    statistics: GroupStatistics
    typical: DoubleArray
    tissue: PaddedImage | None
    shown: Tensor
    met: BoolArray
    leaf: LeafFound

    @property
    def layout(self) -> TileLayout:
        """Layout of the tiles."""
        return self.padded.layout

    def without_pixels(self) -> GroupImages:
        """Return what is known of them once their windows are read."""
        nothing = PaddedImage(self.layout, self.padded.pixels[:0].copy())
        return replace(self, padded=nothing, tissue=None)

    @cached_property
    def places(self) -> Tensor:
        """Shown cells, row by row, of int64."""
        return self.shown.flatten().nonzero()[:, 0]

    @cached_property
    def occupied(self) -> tuple[Origin, ...]:
        """Origins of the tiles that are not blanked throughout: the others are a usual leaf.

        Those with most patches come first, so that the ones of a batch have about as many.
        """
        sizes = {origin: int(self.occupied_patches(origin).sum()) for origin in self.layout.origins}
        return tuple(
            sorted((each for each in sizes if sizes[each]), key=sizes.__getitem__, reverse=True)
        )

    @cached_property
    def _occupied_cells(self) -> BoolArray:
        """Padded cells that are not blanked throughout."""
        (rows, cols), patch = self.layout.padded, self.layout.patch_px
        if self.tissue is None:
            return np.ones((rows, cols), dtype=np.bool_)
        pixels = self.tissue.pixels.reshape(rows, patch, cols, patch)
        return np.asarray(pixels.any(axis=(1, 3)))

    def occupied_patches(self, origin: Origin) -> BoolArray:
        """Return which patches of a tile are not blanked throughout, shape (patches,)."""
        return self._occupied_cells[self.layout.cells(origin)]

    def patches(self, origin: Origin, sources: IntArray) -> FloatArray:
        """Return standardised patches of a tile, shape (kept, side, side, groups).

        Parameters
        ----------
        sources : IntArray, shape (kept,)
            Which of the tile's patches.
        """
        rows, cols = (each[sources] for each in self.layout.cells(origin))
        pixels = standardise(self.padded.patches(rows, cols), self.statistics, self.typical)
        return pixels if self.tissue is None else pixels * self.tissue.patches(rows, cols)

    def tiles(self, origins: tuple[Origin, ...]) -> Tensor:
        """Return the standardised tiles, shape (tiles, groups, height, width)."""
        pixels = standardise(self.padded.tiles(origins), self.statistics, self.typical)
        return to_tensor(pixels if self.tissue is None else pixels * self.tissue.tiles(origins))


def read_group_images(
    cube: Cube,
    model: FocusModel,
    edges_nm: DoubleArray,
    step: Step = silent,
    within: BoolArray | None = None,
    original: Cube | None = None,
) -> GroupImages:
    """Read a cube, a part at a time, as the images of a model's groups.

    The images are held once: one float32 a group and pixel of the padded image. Beside them there
    is only a part of the cube, of bounded size (see `spatial_binning.parts`).

    Parameters
    ----------
    within : BoolArray, shape (rows, cols), or None
        Pixels that the question is restricted to: all others have no data. A model that was
        taught reads what is around them all the same, as it did when it was taught.
    original : Cube or None
        Cube that this one was binned from: it decides which bands are read, so that an image has
        the same groups at every resolution. None where it was not binned.

    Raises
    ------
    IncompatibleCube
        If the cube has no wavelengths, too few of the model's groups, or no data.
    """
    grouping = _taught_groups(
        cube.name, group_bands(cube, edges_nm, unread_bands(original or cube)), model
    )
    patch = model.backbone.patch_px
    layout = TileLayout((cube.rows, cube.cols), patch, model.backbone.window_px // patch)
    padded = PaddedImage.empty(layout, grouping.groups.size)
    read_groups(cube, grouping, step, padded.inside)
    if within is not None and not model.taught:
        padded.inside[~within] = np.nan
        if not np.isfinite(padded.inside).any():
            raise IncompatibleCube(f"{cube.name}: no pixel of the region has data. Draw another.")
    grouping, padded = _drop_empty(cube.name, grouping, padded)
    images = padded.inside
    statistics = model.statistics(grouping.groups)
    typical = _typical(cube.name, images, statistics)
    data = _pixels_with_data(images)
    known = _known(cube.name, data, layout, within is not None)
    restricted = within is not None and not model.taught
    found = measure_tissue(images, model.tissue_test(grouping.groups))
    pixels = found.passed
    padded.mirror()
    shown = known & known_cells(pixels, layout)
    tissue = PaddedImage.of(pixels[..., None].astype(np.float32), layout) if shown.any() else None
    notes = (*grouping.notes, *(() if restricted else _without_data(data)))
    nothing = f"nothing was blanked, since {_missing(model)} was found"
    notes = (*notes, *(_blanked(pixels, data, model.subject) if shown.any() else (nothing,)))
    leaf = LeafFound(
        share=float(pixels.sum()) / max(1, int(data.sum())),
        patches=int(shown.sum()),
        strangeness=_median(found.strangeness),
        likeness=_median(found.likeness),
    )
    met = pixels if shown.any() else data
    shown = shown if shown.any() else known
    if within is not None and model.taught:
        leaf, shown, met = _only_within(within, leaf, shown, met, found, layout)
    grouping = replace(grouping, notes=notes)
    return GroupImages(grouping, padded, statistics, typical, tissue, shown, met, leaf)


def _taught_groups(name: str, grouping: Grouping, model: FocusModel) -> Grouping:
    """Leave out the groups that a model was not taught.

    Raises
    ------
    IncompatibleCube
        If too few are left.
    """
    read = model.read_groups[grouping.groups]
    if read.all():
        return grouping
    if read.sum() < MIN_GROUPS:
        raise IncompatibleCube(
            f"{name}: the cube's bands fill {read.sum()} of the groups that the model was taught, "
            f"expected at least {MIN_GROUPS}. Choose a model that was taught at this camera's "
            "wavelengths."
        )
    spans = merged_spans(grouping.edges_nm[~read])
    return grouping.only(np.flatnonzero(read), f"not read: {spans} nm: the model was not taught it")


def _missing(model: FocusModel) -> str:
    return "nothing like what the model was taught" if model.taught else "no plant tissue"


def _only_within(
    within: BoolArray,
    leaf: LeafFound,
    shown: Tensor,
    met: BoolArray,
    found: TissueFound,
    layout: TileLayout,
) -> tuple[LeafFound, Tensor, BoolArray]:
    """Restrict what was found in an image to a region of it."""
    cells = cells_within(within, shown, layout)
    inside = within & found.passed
    share = float(inside.sum()) / max(1, int(within.sum()))
    patches = int((cells & known_cells(found.passed, layout)).sum())
    return leaf._replace(share=share, patches=patches), cells, met & within


def unread_bands(cube: Cube) -> tuple[LeftOut, ...]:
    """Return what is not read of a cube although its header calls it good."""
    vapour = bands_in_water_vapour(cube)
    silent_bands = bands_without_signal(cube) & ~vapour
    return (
        LeftOut(silent_bands, "without signal (constant, zero or negative)"),
        LeftOut(vapour, "the water vapour between field and sensor lets no light through"),
    )


class TissueFound(NamedTuple):
    """Tissue in images.

    Attributes
    ----------
    passed : BoolArray, shape (rows, cols)
        Pixels of tissue.
    strangeness, likeness : FloatArray, shape (sample,)
        Of some of them, see `Likeness`.
    """

    passed: BoolArray
    strangeness: FloatArray
    likeness: FloatArray


def measure_tissue(images: FloatArray, test: TissueTest) -> TissueFound:
    """Find the pixels of images, (rows, cols, groups), that are tissue, a strip at a time."""
    passed = np.empty(images.shape[:2], dtype=np.bool_)
    thinned = max(1, passed.size // _SAMPLE)
    sample: list[tuple[FloatArray, FloatArray]] = []
    rows = max(1, _STRIP_VALUES // (images.shape[1] * images.shape[2]))
    for top in range(0, len(images), rows):
        # A row more on either side: the test averages neighbours.
        first, last = max(top - 1, 0), min(top + rows + 1, len(images))
        inside = slice(top - first, top - first + rows)
        part = test.measure(images[first:last])
        kept = part.passed[inside]
        passed[top : top + rows] = kept
        strangeness, likeness = part.strangeness[inside][kept], part.likeness[inside][kept]
        sample.append((strangeness[::thinned].copy(), likeness[::thinned].copy()))
    return TissueFound(passed, *(np.concatenate(each) for each in zip(*sample, strict=True)))


def _median(values: FloatArray) -> float | None:
    return float(np.median(values)) if values.size else None


def _without_data(data: BoolArray) -> tuple[str, ...]:
    share = 1 - float(data.mean())
    return (f"{percent(share)} of the pixels have no data",) if share >= _LEAST_SHARE else ()


def _blanked(tissue: BoolArray, data: BoolArray, subject: str) -> tuple[str, ...]:
    """Return what was left out of the image, a sentence."""
    share = 1 - float(tissue.sum()) / float(data.sum())
    if share < _LEAST_SHARE:
        return ()
    return (f"{percent(share)} of the image does not look like {subject} and was blanked",)


def _typical(name: str, images: FloatArray, statistics: GroupStatistics) -> DoubleArray:
    typical = typical_spectrum(images, statistics)
    if not typical.min() > 0:
        raise IncompatibleCube(
            f"{name}: no light (no pixel is above 0 in the model's groups). {CHECK_VALUES}"
        )
    return typical


def _pixels_with_data(images: FloatArray) -> BoolArray:
    pixels = np.empty(images.shape[:2], dtype=np.bool_)
    for rows, cols in parts(*images.shape):
        pixels[rows, cols] = known_pixels(images[rows, cols])
    return pixels


def _known(name: str, pixels: BoolArray, layout: TileLayout, restricted: bool) -> Tensor:
    known = known_cells(pixels, layout)
    if not known.any():
        patch = layout.patch_px
        where = " within the region. Draw a larger one" if restricted else ""
        raise IncompatibleCube(f"{name}: no patch of {patch} x {patch} pixels has data{where}.")
    return known


def _drop_empty(name: str, grouping: Grouping, padded: PaddedImage) -> tuple[Grouping, PaddedImage]:
    filled = _filled(padded.inside)
    empty = grouping.groups.size - filled.size
    if empty == 0:
        return grouping, padded
    if filled.size < MIN_GROUPS:
        raise IncompatibleCube(
            f"{name}: only {filled.size} of the model's groups have data, expected at least "
            f"{MIN_GROUPS}. {CHECK_VALUES}"
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
