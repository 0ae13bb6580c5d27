"""Saliency volume over space and spectrum, and its pure reductions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, ImageShape

Mode = Literal["evidence", "attention", "signature", "unattributed"]
Limits = tuple[float, float]

_LIMIT_PERCENTILE = 99.8
LIMIT_SAMPLE = 500_000
"""A percentile of more values would hold up the window for nothing."""
_ALL = slice(None)


def is_signed(mode: Mode) -> bool:
    """Return whether values of a mode are for (above zero) and against a class (below)."""
    return mode in ("evidence", "unattributed")


@dataclass(frozen=True, eq=False, repr=False)
class SaliencyVolume:
    """Saliency of each cell for a class at each wavelength.

    Attributes
    ----------
    values : FloatArray, shape (grid_rows, grid_cols, groups)
        On a grid of cells that covers the image evenly: one cell a patch, or one a pixel. Kept
        group by group in memory, so that one wavelength is one contiguous plane.
    edges_nm : DoubleArray, shape (groups, 2)
        Lower and upper edge of each spectral group, ascending; gaps are wavelengths that the
        sensor lacks.
    mode : {"evidence", "attention", "signature", "unattributed"}
        Evidence, and what of it is not attributed, is signed (for and against the class); attention
        and tissue signature are not.
    fixed_limits : tuple of float or None
        Colour limits, where they do not follow from the values: an explanation has the same for all
        classes.
    met : BoolArray, shape (rows, cols), or None
        Pixels that the model met, at the image's resolution or a coarser one; elsewhere an image of
        the volume is 0. None: all of them.
    method : str
        Name of the method that made it; empty for FOCUS.
    caution : str
        What must be known to trust it: the verdict, and the model's limits.

    Raises
    ------
    ValueError
        If the number of groups differs between values and edges.
    """

    values: FloatArray
    edges_nm: DoubleArray
    image_shape: ImageShape
    class_name: str
    mode: Mode
    fixed_limits: Limits | None = None
    met: BoolArray | None = None
    method: str = ""
    caution: str = ""

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or self.edges_nm.shape != (self.values.shape[2], 2):
            raise ValueError(
                f"values {self.values.shape} and edges {self.edges_nm.shape} do not fit: expected "
                "(grid_rows, grid_cols, groups) and (groups, 2)"
            )
        planes = np.ascontiguousarray(np.moveaxis(self.values, 2, 0), dtype=np.float32)
        object.__setattr__(self, "values", np.moveaxis(planes, 0, 2))

    def __repr__(self) -> str:
        size = " x ".join(map(str, self.values.shape))
        return f"SaliencyVolume({self.mode} for {self.class_name}, {size} cells)"

    @property
    def signed(self) -> bool:
        """Whether values below zero are evidence against the class."""
        return is_signed(self.mode)

    @property
    def planes(self) -> FloatArray:
        """The same values as contiguous planes, shape (groups, grid_rows, grid_cols)."""
        return self.values.transpose(2, 0, 1)

    @property
    def centers_nm(self) -> DoubleArray:
        """Middle of each group, shape (groups,)."""
        return np.asarray(self.edges_nm.mean(axis=1))

    @cached_property
    def limits(self) -> Limits:
        """Colour limits for the whole volume, robust to outliers; centred on 0 if signed."""
        if self.fixed_limits is not None:
            return self.fixed_limits
        stride = max(1, self.values.size // LIMIT_SAMPLE)
        return robust_limits(self.planes.reshape(-1)[::stride], self.mode)

    @cached_property
    def totals(self) -> tuple[float, float]:
        """All saliency above zero, and all below; NaN count as zero."""
        above, below = 0.0, 0.0
        for plane in self.planes:
            known = np.nan_to_num(plane).astype(np.float64)
            above += float(np.maximum(known, 0).sum())
            below += float(np.minimum(known, 0).sum())
        return above, below


def robust_limits(values: FloatArray, mode: Mode) -> Limits:
    """Return colour limits for values of a mode, robust to outliers; centred on 0 if signed."""
    finite = values[np.isfinite(values)]
    top = float(np.percentile(np.abs(finite), _LIMIT_PERCENTILE)) if finite.size else 0.0
    return (-(top or 1.0) if is_signed(mode) else 0.0, top or 1.0)


def group_weights(edges_nm: DoubleArray, window: BandWindow) -> FloatArray:
    """Return the share of each group in a window: its overlap in nm, summing to 1.

    A window that touches no group gives all zeros. A window without width takes the group
    around it.
    """
    overlaps = overlaps_nm(edges_nm, window)
    total = overlaps.sum()
    return np.asarray(overlaps / total if total else overlaps, dtype=np.float32)


def overlaps_nm(edges_nm: DoubleArray, window: BandWindow) -> DoubleArray:
    """Return how much of each group is in a window; 1 for the group around one without width."""
    low, high = edges_nm[:, 0], edges_nm[:, 1]
    shared = np.minimum(high, window.high_nm) - np.maximum(low, window.low_nm)
    overlaps = np.maximum(shared, 0)
    if not overlaps.any():
        overlaps = ((low <= window.center_nm) & (window.center_nm < high)).astype(np.float64)
    return np.asarray(overlaps)


def window_plane(volume: SaliencyVolume, window: BandWindow) -> FloatArray:
    """Return the mean saliency over a band window on the volume's grid; NaN outside all groups."""
    weights = group_weights(volume.edges_nm, window)
    if not weights.any():
        return np.full(volume.values.shape[:2], np.nan, dtype=np.float32)
    return sum_of_groups(volume, weights)


def sum_of_groups(volume: SaliencyVolume, weights: FloatArray) -> FloatArray:
    """Return the weighted sum of the groups' planes, those of weight 0 left out.

    Parameters
    ----------
    weights : FloatArray, shape (groups,)
        Not all of them 0.

    Returns
    -------
    FloatArray, shape (grid_rows, grid_cols)
    """
    chosen = np.flatnonzero(weights)
    first, last = int(chosen[0]), int(chosen[-1]) + 1
    part = slice(first, last) if last - first == chosen.size else chosen
    rows, cols = volume.values.shape[:2]
    planes = volume.planes[part].reshape(chosen.size, rows * cols)
    # No product of matrices: its threads wait for one another on a busy machine, 8 ms for 2 planes.
    return np.asarray(np.einsum("g,gp->p", weights[part], planes).reshape(rows, cols))


def heatmap(
    volume: SaliencyVolume, window: BandWindow, rows: slice = _ALL, cols: slice = _ALL
) -> FloatArray:
    """Return the mean saliency over a band window, shape (rows, cols), bilinear between cells."""
    return on_pixels(volume, window_plane(volume, window), volume.image_shape, rows, cols)


def on_pixels(
    volume: SaliencyVolume,
    plane: FloatArray,
    shape: tuple[int, int],
    rows: slice = _ALL,
    cols: slice = _ALL,
) -> FloatArray:
    """Return a plane of the volume's cells on pixels, 0 where the model met nothing.

    Parameters are those of `resample`.
    """
    image = resample(plane, shape, rows, cols)
    met = met_pixels(volume, shape, rows, cols)
    if met is None or met.all():
        return image
    return np.where(met, image, np.float32(0))


def met_pixels(
    volume: SaliencyVolume, shape: tuple[int, int], rows: slice = _ALL, cols: slice = _ALL
) -> BoolArray | None:
    """Return which pixels of a part of the image the model met; None for all of them.

    Parameters are those of `resample`.
    """
    if volume.met is None:
        return None
    if volume.met.shape == tuple(shape):
        return volume.met[rows, cols]
    by_row, by_col = (
        (np.arange(size)[part] * 2 + 1) * met // (2 * size)
        for size, part, met in zip(shape, (rows, cols), volume.met.shape, strict=True)
    )
    # By rows, then by columns: a quarter of the time of both at once.
    return np.asarray(volume.met[by_row].take(by_col, axis=1))


def resample(
    plane: FloatArray, shape: tuple[int, int], rows: slice = _ALL, cols: slice = _ALL
) -> FloatArray:
    """Resample cells that cover the image evenly, bilinear, cell centres fixed.

    Parameters
    ----------
    plane : FloatArray, shape (grid_rows, grid_cols)
    shape : tuple of int
        (rows, cols) of the image.
    rows, cols : slice
        Part of the image to return.
    """
    return _resample_rows(_resample_rows(plane, shape[0], rows).T, shape[1], cols).T


def _resample_rows(plane: FloatArray, rows: int, wanted: slice) -> FloatArray:
    cells = plane.shape[0]
    if cells == rows:
        return plane[wanted]
    position = np.clip((np.arange(rows)[wanted] + 0.5) * cells / rows - 0.5, 0, cells - 1)
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, cells - 1)
    share = (position - below).astype(np.float32)[:, None]
    return np.asarray(plane[below] * (1 - share) + plane[above] * share, dtype=np.float32)


def importance_curve(volume: SaliencyVolume, mask: FloatArray | None = None) -> DoubleArray:
    """Return the saliency of each spectral group, summed over the image or a part of it.

    Sums, not means: the curves of the parts of an image add up to the curve of the whole, and an
    evidence curve to what the class gains over the others.

    Parameters
    ----------
    mask : FloatArray, shape (grid_rows, grid_cols), or None
        Share of each cell that counts, 0 to 1.
    """
    # Plane by plane: a copy of a volume with a cell a pixel takes a second to make.
    planes = (np.nan_to_num(plane) for plane in volume.planes)
    counted = planes if mask is None else (plane * mask for plane in planes)
    return np.array([plane.sum(dtype=np.float64) for plane in counted])


def strongest_window(volume: SaliencyVolume) -> BandWindow:
    """Return the spectral group with the highest sum over the image, as a band window."""
    low_nm, high_nm = volume.edges_nm[int(np.argmax(importance_curve(volume)))].tolist()
    return BandWindow((low_nm + high_nm) / 2, high_nm - low_nm)


def cell_of(volume: SaliencyVolume, row: int, col: int) -> tuple[int, int]:
    """Return the grid cell of a pixel."""
    grid_rows, grid_cols, _ = volume.values.shape
    rows, cols = volume.image_shape
    return row * grid_rows // rows, col * grid_cols // cols
