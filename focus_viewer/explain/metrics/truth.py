"""Truth of a scene on the grid of a saliency volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.explain.metrics.agreement import above_half_max

_CELL_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Truth:
    """Location of the lesion, and separability of lesion from other tissue in each group.

    Attributes
    ----------
    lesion_cells : BoolArray, shape (grid_rows, grid_cols)
    importance : DoubleArray, shape (groups,)
        The ideal observer's d' for the class, not negative; all zeros where the class has no tissue
        of its own.
    scene_importance : DoubleArray, shape (groups,), or None
        The same between this scene's own lesion and its own healthy leaf, where that is known.

    Raises
    ------
    ValueError
        If the arrays have other dimensions.
    """

    lesion_cells: BoolArray
    importance: DoubleArray
    scene_importance: DoubleArray | None = None

    def __post_init__(self) -> None:
        if self.lesion_cells.ndim != 2 or self.importance.ndim != 1:
            raise ValueError(
                f"lesion cells {self.lesion_cells.shape} and importance {self.importance.shape}: "
                "expected (grid_rows, grid_cols) and (groups,)"
            )

    @property
    def true_groups(self) -> BoolArray:
        """Groups of at least half the highest importance; none where all is zero."""
        return above_half_max(self.importance)

    @property
    def scene_groups(self) -> BoolArray:
        """True groups of this scene's own lesion; none where they are not known."""
        known = self.scene_importance
        return above_half_max(np.zeros_like(self.importance) if known is None else known)

    @property
    def true_voxels(self) -> BoolArray:
        """True groups of lesion cells, shape (grid_rows, grid_cols, groups)."""
        return self.lesion_cells[:, :, None] & self.true_groups

    def check(self, volume: SaliencyVolume) -> None:
        """Refuse a volume on another grid by a ValueError."""
        expected = (*self.lesion_cells.shape, self.importance.size)
        if volume.values.shape != expected:
            raise ValueError(
                f"expected a volume {expected}, as the truth, got {volume.values.shape}"
            )


def truth_on_grid(
    lesion: BoolArray,
    importance: DoubleArray,
    wavelengths_nm: DoubleArray,
    edges_nm: DoubleArray,
    grid: tuple[int, int],
    scene_importance: DoubleArray | None = None,
) -> Truth:
    """Convert a scene's truth from pixels and bands to cells and groups.

    A cell is lesion if at least half of it is; a group is as important as its bands on average.

    Parameters
    ----------
    lesion : BoolArray, shape (rows, cols)
    importance : DoubleArray, shape (bands,)
    wavelengths_nm : DoubleArray, shape (bands,)
    edges_nm : DoubleArray, shape (groups, 2)
        Lower and upper edge of each group.
    grid : tuple of int
        (grid_rows, grid_cols): cells that cover the image evenly.
    scene_importance : DoubleArray, shape (bands,), or None
        See `Truth`.

    Raises
    ------
    ValueError
        If the grid is finer than the pixels or a group has no band.
    """
    shares = _shares(lesion.shape[0], grid[0]) @ lesion @ _shares(lesion.shape[1], grid[1]).T
    own = scene_importance
    # A half that comes out a rounding error short is still a half.
    return Truth(
        np.asarray(shares >= _CELL_SHARE - 1e-9),
        _group_means(importance, wavelengths_nm, edges_nm),
        None if own is None else _group_means(own, wavelengths_nm, edges_nm),
    )


def _shares(pixels: int, cells: int) -> DoubleArray:
    """Return each pixel's weight in each cell, shape (cells, pixels), as `core.cell_of` has it."""
    if not 0 < cells <= pixels:
        raise ValueError(f"a grid of {cells} cells does not fit {pixels} pixels")
    inside = np.arange(pixels) * cells // pixels == np.arange(cells)[:, None]
    return np.asarray(inside / inside.sum(axis=1, keepdims=True))


def _group_means(
    importance: DoubleArray, wavelengths_nm: DoubleArray, edges_nm: DoubleArray
) -> DoubleArray:
    inside = (wavelengths_nm >= edges_nm[:, :1]) & (wavelengths_nm < edges_nm[:, 1:])
    inside[-1] |= wavelengths_nm == edges_nm[-1, 1]
    count = inside.sum(axis=1)
    if not count.all():
        low, high = edges_nm[np.argmin(count)]
        raise ValueError(f"no band in the group {low:g}-{high:g} nm: leave it out")
    return np.asarray(inside @ importance / count)
