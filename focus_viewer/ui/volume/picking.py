"""Picking of voxels: the strongest along the line of sight of a click."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray
from focus_viewer.ui.volume.grid import FAINT, Box

_SAMPLES_PER_CELL = 2
_MAX_SAMPLES = 4000
_PARALLEL = 1e-12  # a ray along a side of the box never leaves through it


@dataclass(frozen=True)
class Voxel:
    """Position in the volume.

    Attributes
    ----------
    row, col : int
        The pixel in the middle of its cell.
    nm : float
        Middle of its spectral group.
    value : float
        Its saliency.
    """

    row: int
    col: int
    nm: float
    value: float


def strongest_along(
    volume: SaliencyVolume, box: Box, near: DoubleArray, far: DoubleArray
) -> Voxel | None:
    """Return the strongest voxel drawn on a ray through two points of the box, or None."""
    points = _points_inside(box, near, far, sum(volume.values.shape))
    if points.size == 0:
        return None
    rows, cols, groups = _cells_at(volume, box, points)
    inside = groups >= 0
    rows, cols, groups = rows[inside], cols[inside], groups[inside]
    strength = np.abs(np.nan_to_num(volume.values[rows, cols, groups]))
    if strength.size == 0 or strength.max() < FAINT * volume.limits[1]:
        return None
    best = int(np.argmax(strength))
    return voxel_at(volume, int(rows[best]), int(cols[best]), int(groups[best]))


def voxel_at(volume: SaliencyVolume, cell_row: int, cell_col: int, group: int) -> Voxel:
    """Return the voxel of a cell of the volume's own grid."""
    grid_rows, grid_cols, _ = volume.values.shape
    rows, cols = volume.image_shape
    return Voxel(
        row=(2 * cell_row + 1) * rows // (2 * grid_rows),
        col=(2 * cell_col + 1) * cols // (2 * grid_cols),
        nm=float(volume.centers_nm[group]),
        value=float(volume.values[cell_row, cell_col, group]),
    )


def _points_inside(box: Box, near: DoubleArray, far: DoubleArray, cells: int) -> DoubleArray:
    """Return points of a ray inside the box, near to far, shape (n, 3)."""
    way = far - near
    way = np.where(np.abs(way) < _PARALLEL, _PARALLEL, way)
    ends = np.stack([-near / way, (np.asarray(box.size) - near) / way])
    enter, leave = ends.min(axis=0).max(), ends.max(axis=0).min()
    if enter >= leave:
        return np.empty((0, 3))
    count = min(_SAMPLES_PER_CELL * cells, _MAX_SAMPLES)
    along = enter + (leave - enter) * (np.arange(count) + 0.5) / count
    return np.asarray(near + along[:, None] * way)


def _cells_at(
    volume: SaliencyVolume, box: Box, points: DoubleArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Return cell row, cell column and group of points in the box; group -1 in a gap."""
    grid_rows, grid_cols, _ = volume.values.shape
    share = np.clip(points / np.asarray(box.size), 0, np.nextafter(1, 0))
    nm = box.low_nm + share[:, 2] * (box.high_nm - box.low_nm)
    group = np.searchsorted(volume.edges_nm[:, 0], nm, side="right") - 1
    in_gap = nm >= volume.edges_nm[group, 1]
    cell_rows = ((1 - share[:, 1]) * grid_rows).astype(np.intp).clip(0, grid_rows - 1)
    cell_cols = (share[:, 0] * grid_cols).astype(np.intp)
    return cell_rows, cell_cols, np.where(in_gap, -1, group)


def peak_projection(volume: SaliencyVolume) -> tuple[FloatArray, IntArray]:
    """Return the strongest saliency of each cell (grid_rows, grid_cols), and its group."""
    best = np.zeros(volume.planes.shape[1:], dtype=np.float32)
    groups = np.zeros(best.shape, dtype=np.intp)
    for group, plane in enumerate(volume.planes):
        stronger = np.abs(plane) > np.abs(best)
        best[stronger] = plane[stronger]
        groups[stronger] = group
    return best, groups
