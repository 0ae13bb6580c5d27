"""Reader of the pixels of many regions: a cube is read in strips, each once for all regions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.typing import FloatArray

STRIP_VALUES = 1_000_000  # some arrays of 4 to 8 MB at a time


def masked_pixels(
    cube: Cube, crops: Sequence[MaskCrop], step: Step = silent
) -> Iterator[tuple[int, FloatArray]]:
    """Yield spectra of the pixels of regions, strip by strip; only their rows and columns are read.

    Regions may overlap. The pixels of one region come in the order of the image, row by row.

    Parameters
    ----------
    crops : sequence of MaskCrop
        The regions, within the image.
    step : Step
        Called before each strip.

    Yields
    ------
    which : int
        Position of the region in `crops`.
    spectra : FloatArray, shape (n, bands)
        Some of its pixels, at least one, in the cube's units.

    Raises
    ------
    ValueError
        If a region does not fit the image.
    """
    if not crops:
        return
    for crop in crops:
        crop.check_fits((cube.rows, cube.cols))
    top, bottom = min(crop.row for crop in crops), max(crop.rows.stop for crop in crops)
    width = max(crop.cols.stop for crop in crops) - min(crop.col for crop in crops)
    height = max(1, STRIP_VALUES // (width * cube.bands))
    for first in range(top, bottom, height):
        step((first - top) / (bottom - top), "Reading the regions")
        yield from _strip(cube, crops, first, first + height)


def _strip(
    cube: Cube, crops: Sequence[MaskCrop], first: int, last: int
) -> Iterator[tuple[int, FloatArray]]:
    cut = ((which, crop.between(first, last)) for which, crop in enumerate(crops))
    parts = [(which, part) for which, part in cut if part is not None]
    if not parts:
        return
    rows = slice(min(p.rows.start for _, p in parts), max(p.rows.stop for _, p in parts))
    cols = slice(min(p.cols.start for _, p in parts), max(p.cols.stop for _, p in parts))
    block = cube.block(rows, cols)
    for which, part in parts:
        row, col = part.row - rows.start, part.col - cols.start
        height, width = part.inside.shape
        yield which, block[row : row + height, col : col + width][part.inside]
