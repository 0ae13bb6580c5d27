"""Saliency volume as a box in space: the positions of wavelengths and pixels, and its voxels.

Box coordinates: x along the columns, y against the rows (row 0 at the back, so that the picture on
the floor is seen as it is and not mirrored), z with the wavelength.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import BoolArray, ByteArray, DoubleArray, FloatArray, IntArray

ZERO_CODE: Final = 128  # no saliency, or no data
FAINT: Final = 0.12  # saliency under this share of the limit is not drawn and cannot be picked
_BOX_HEIGHT = 0.85  # against the longer side of the picture: high enough to read the axis
_MAX_SLICES = 256


@dataclass(frozen=True)
class Box:
    """Sides of the box and the wavelengths at its floor and its lid.

    Attributes
    ----------
    width, depth, height : float
        Along x, y and z; the longer side of the picture is 1.
    """

    width: float
    depth: float
    height: float
    low_nm: float
    high_nm: float

    @classmethod
    def around(cls, volume: SaliencyVolume) -> Box:
        """Return the box of a volume, in proportion to its image."""
        rows, cols = volume.image_shape
        longer = max(rows, cols)
        low, high = float(volume.edges_nm.min()), float(volume.edges_nm.max())
        return cls(cols / longer, rows / longer, _BOX_HEIGHT, low, high)

    @property
    def size(self) -> tuple[float, float, float]:
        """(width, depth, height)."""
        return self.width, self.depth, self.height

    def z_of(self, nm: float) -> float:
        """Return the height of a wavelength, clipped to the box."""
        share = (nm - self.low_nm) / (self.high_nm - self.low_nm)
        return self.height * float(np.clip(share, 0, 1))


@dataclass(frozen=True)
class VoxelGrid:
    """Numbers of voxels that a volume is drawn with.

    Attributes
    ----------
    slices, rows, cols : int
        Along the wavelength, the rows and the columns.
    """

    slices: int
    rows: int
    cols: int

    @classmethod
    def within(cls, volume: SaliencyVolume, budget: int, longest: int) -> VoxelGrid:
        """Return voxels of a volume within a budget: the longest sides are shortened first.

        Parameters
        ----------
        budget : int
            Most voxels in all.
        longest : int
            Most voxels along a side.
        """
        rows, cols, _ = volume.values.shape
        sides = np.array([_even_slices(volume.edges_nm), rows, cols])
        side = min(int(sides.max()), longest)
        while np.prod(np.minimum(sides, side)) > budget:
            side -= 1
        return cls(*(int(n) for n in np.minimum(sides, side)))


def _even_slices(edges_nm: DoubleArray) -> int:
    """Return how many slices an even axis needs to resolve the thinnest group."""
    thinnest = float((edges_nm[:, 1] - edges_nm[:, 0]).min())
    return int(np.clip(round(float(np.ptp(edges_nm)) / thinnest), 1, _MAX_SLICES))


def voxel_codes(volume: SaliencyVolume, grid: VoxelGrid) -> ByteArray:
    """Return codes of voxels on an even wavelength axis; gaps between groups stay empty.

    Where a voxel stands for several cells or groups it takes the strongest, so that none is lost.

    Returns
    -------
    ByteArray, shape (grid.slices, grid.rows, grid.cols)
        1 to 255 for saliency from minus to plus the limit, `ZERO_CODE` for none or no data; along
        the axes of the box, so row 0 comes last.
    """
    codes = np.full((grid.slices, grid.rows, grid.cols), ZERO_CODE, dtype=np.uint8)
    for place, shown in enumerate(_groups_of_slices(volume.edges_nm, grid.slices)):
        planes = [_coded(volume, int(group), grid) for group in np.flatnonzero(shown)]
        if planes:
            codes[place] = reduce(_stronger, planes)[::-1]
    return codes


def _groups_of_slices(edges_nm: DoubleArray, slices: int) -> BoolArray:
    """Return whether a slice shows a group, shape (slices, groups): a middle is in the other."""
    low, high = edges_nm[:, 0], edges_nm[:, 1]
    edges = np.linspace(low.min(), high.max(), slices + 1)
    middles = (edges[:-1] + edges[1:])[:, None] / 2
    slice_in_group = (low <= middles) & (middles < high)
    centers = (low + high) / 2
    group_in_slice = (edges[:-1, None] <= centers) & (centers < edges[1:, None])
    return slice_in_group | group_in_slice


def _shrunk(plane: FloatArray, rows: int, cols: int) -> FloatArray:
    """Return the strongest value of each block of cells, with its sign; no data counts as zero."""
    plane = np.nan_to_num(plane)
    if plane.shape == (rows, cols):
        return plane
    starts = [np.arange(n) * cells // n for n, cells in zip((rows, cols), plane.shape, strict=True)]
    top, bottom = (_blocks(plane, starts, kind) for kind in (np.maximum, np.minimum))
    return np.where(top >= -bottom, top, bottom)


def _blocks(plane: FloatArray, starts: list[IntArray], kind: np.ufunc) -> FloatArray:
    halfway = kind.reduceat(plane, starts[0], axis=0)
    return np.asarray(kind.reduceat(halfway, starts[1], axis=1))


def _coded(volume: SaliencyVolume, group: int, grid: VoxelGrid) -> ByteArray:
    plane = _shrunk(volume.planes[group], grid.rows, grid.cols)
    steps = np.clip(plane * np.float32(127 / volume.limits[1]), -127, 127)
    return np.asarray(ZERO_CODE + np.rint(steps), dtype=np.uint8)


def _stronger(first: ByteArray, second: ByteArray) -> ByteArray:
    distances = [np.abs(codes.astype(np.int16) - ZERO_CODE) for codes in (first, second)]
    return np.asarray(np.where(distances[0] >= distances[1], first, second))
