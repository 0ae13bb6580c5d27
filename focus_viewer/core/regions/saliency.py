"""Saliency of regions: their share in an explanation, and the wavelengths of its peaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.saliency.volume import SaliencyVolume, met_pixels
from focus_viewer.core.typing import DoubleArray, ImageShape, IntArray

MOST_PEAKS = 3
_STRIP_PIXELS = 1_000_000


@dataclass(frozen=True, eq=False)
class RegionSaliency:
    """Share of a region in an explanation.

    Attributes
    ----------
    curve : DoubleArray, shape (groups,)
        Importance curve: saliency summed over the region; a cell counts by the share of what the
        model met in it. Curves of regions that cover the image without overlap add up to the curve
        of the image.
    positive_share : float
        Share of the region in all saliency above zero in the volume, 0 to 1; NaN if the volume has
        none.
    negative_share : float
        The same for saliency below zero.
    peaks_nm : tuple of float
        Centres of the groups at the highest peaks of the curve, the highest first.
    """

    curve: DoubleArray
    positive_share: float
    negative_share: float
    peaks_nm: tuple[float, ...]


def region_saliencies(
    volume: SaliencyVolume, crops: Sequence[MaskCrop | None]
) -> list[RegionSaliency]:
    """Return the saliency of many regions of one volume; None stands for a region without pixels.

    Raises
    ------
    ValueError
        If a region does not fit the image.
    """
    positive, negative = volume.totals
    regions = []
    for crop in crops:
        curve, above, below = _sums(volume, *_weights_of(volume, crop))
        peaks = peak_wavelengths(volume, curve)
        shares = _share(above, positive), _share(below, negative)
        regions.append(RegionSaliency(curve, *shares, peaks))
    return regions


def cell_shares(
    crop: MaskCrop, image_shape: ImageShape, grid_shape: tuple[int, int]
) -> tuple[int, int, DoubleArray]:
    """Return the share of each grid cell's area that a region covers, also if cells cut pixels.

    Parameters
    ----------
    grid_shape : tuple of int
        (grid_rows, grid_cols) of cells that cover the image evenly.

    Returns
    -------
    row, col : int
        First cell with a pixel of the region.
    shares : DoubleArray, shape (rows, cols)
        Of the cells with pixels of the region, 0 to 1; the shares of regions that cover the image
        without overlap sum to 1.
    """
    row, by_rows = _cell_rows(crop, image_shape[0], grid_shape[0])
    col, by_cols = _cell_means(by_rows.T, crop.col, image_shape[1], grid_shape[1])
    return row, col, by_cols.T


def _cell_rows(crop: MaskCrop, pixels: int, cells: int) -> tuple[int, DoubleArray]:
    """Return the first row of cells, and the means of the crop over rows of cells."""
    first, last = crop.row * cells // pixels, -(-crop.rows.stop * cells // pixels)
    means = np.zeros((last - first, crop.inside.shape[1]))
    height = max(1, _STRIP_PIXELS // crop.inside.shape[1])
    for start in range(0, len(crop.inside), height):  # as floats, all rows would take much memory
        strip = crop.inside[start : start + height].astype(np.float64)
        row, part = _cell_means(strip, crop.row + start, pixels, cells)
        means[row - first : row - first + len(part)] += part
    return first, means


def peak_wavelengths(
    volume: SaliencyVolume, curve: DoubleArray, most: int = MOST_PEAKS
) -> tuple[float, ...]:
    """Return wavelengths of a curve's highest peaks above zero, in nm, the highest first."""
    peaks = local_maxima(curve)
    peaks = peaks[curve[peaks] > 0]
    highest = peaks[np.argsort(-curve[peaks], kind="stable")][:most]
    return tuple(volume.centers_nm[highest].tolist())


def local_maxima(curve: DoubleArray) -> IntArray:
    """Return indices that are higher than their neighbours, ascending.

    A plateau counts once, at its middle; the first or last index needs one lower neighbour; a
    level curve has none.
    """
    changes = np.flatnonzero(np.diff(curve))
    starts, ends = np.append(0, changes + 1), np.append(changes, curve.size - 1)
    if starts.size < 2:
        return np.empty(0, dtype=np.intp)
    levels = np.concatenate([[-np.inf], curve[starts], [-np.inf]])
    higher = (levels[1:-1] > levels[:-2]) & (levels[1:-1] > levels[2:])
    return np.asarray((starts[higher] + ends[higher]) // 2, dtype=np.intp)


def _share(part: float, whole: float) -> float:
    return part / whole + 0.0 if whole else float("nan")  # never -0


def _sums(
    volume: SaliencyVolume, row: int, col: int, weights: DoubleArray
) -> tuple[DoubleArray, float, float]:
    """Return the curve of weighted cells, and their sums above and below zero."""
    rows, cols = slice(row, row + weights.shape[0]), slice(col, col + weights.shape[1])
    curve, above, below = np.zeros(len(volume.planes)), 0.0, 0.0
    for group, plane in enumerate(volume.planes):  # by planes: they are contiguous
        weighted = np.nan_to_num(plane[rows, cols]) * weights
        curve[group] = weighted.sum()
        above += float(np.maximum(weighted, 0).sum())
        below += float(np.minimum(weighted, 0).sum())
    return curve, above, below


def _weights_of(volume: SaliencyVolume, crop: MaskCrop | None) -> tuple[int, int, DoubleArray]:
    if crop is None:
        return 0, 0, np.zeros((0, 0))
    crop.check_fits(volume.image_shape)
    grid = volume.values.shape[0], volume.values.shape[1]
    met = met_pixels(volume, volume.image_shape, crop.rows, crop.cols)
    if met is not None and (crop.inside & met).any():
        return _shares_of_met(volume, MaskCrop(crop.row, crop.col, crop.inside & met), grid)
    return cell_shares(crop, volume.image_shape, grid)


def _shares_of_met(
    volume: SaliencyVolume, crop: MaskCrop, grid: tuple[int, int]
) -> tuple[int, int, DoubleArray]:
    """Return the share of what the model met in each cell that a region covers, as `cell_shares`.

    A cell's evidence is of its tissue, not of the background beside it.
    """
    row, col, shares = cell_shares(crop, volume.image_shape, grid)
    sides = zip(volume.image_shape, grid, (row, col), shares.shape, strict=True)
    rows, cols = (
        slice(first * size // cells, -(-(first + count) * size // cells))
        for size, cells, first, count in sides
    )
    met = met_pixels(volume, volume.image_shape, rows, cols)
    if met is None:
        return row, col, shares
    top, left, whole = cell_shares(MaskCrop(rows.start, cols.start, met), volume.image_shape, grid)
    part = whole[row - top : row - top + len(shares), col - left : col - left + shares.shape[1]]
    return row, col, np.divide(shares, part, out=np.zeros_like(shares), where=part > 0)


def _cell_means(
    values: DoubleArray, start: int, pixels: int, cells: int
) -> tuple[int, DoubleArray]:
    """Return means over cells that rows of pixels touch; pixels count by their overlap with a cell.

    The cumulative sum is linear within a pixel, so its differences at the cells' edges are exact.

    Parameters
    ----------
    values : DoubleArray, shape (n, m)
        0 outside of these rows.
    start : int
        Pixel of the first row.
    pixels, cells : int
        Of the whole image along this axis.
    """
    count = len(values)
    first, last = start * cells // pixels, -(-(start + count) * cells // pixels)
    edges = np.clip(np.arange(first, last + 1) * pixels / cells - start, 0, count)
    below = np.minimum(edges.astype(np.intp), count - 1)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    at_edges = sums[below] + (edges - below)[:, None] * values[below]
    return first, np.diff(at_edges, axis=0) * cells / pixels
