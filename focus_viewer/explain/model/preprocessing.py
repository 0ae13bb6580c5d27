"""Standardisation of (rows, cols, groups) images to a (batch, groups, height, width) tensor.

The only place where axes are flipped. Each group is relative to what the leaf in the same
image reflects at that group, with the pixel's brightness taken off: shading moves all bands
equally, and says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray

# Pixels count as leaf up to this spectral angle (radians) beyond that of the most leaf-like ones.
_LEAF_ANGLE = 0.1
_MOST_LEAF_LIKE_PERCENT = 5
_MOST_PIXELS = 100_000
# Below this share of the typical leaf a group is dark: its logarithm would be that of noise.
_DARK_SHARE = 0.02
_DARKEST = 1e-3
_LIMIT, _UNITS = 1.5, 5.0
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class GroupStatistics:
    """Statistics of the training data's leaves for the present groups.

    Attributes
    ----------
    mean : DoubleArray, shape (groups,)
        Mean reflectance of leaves.
    residual_std : DoubleArray, shape (groups,)
        Spread within a leaf once every pixel's own brightness is out, as a natural logarithm.
    brightness_weights : DoubleArray, shape (groups,)
        How much each group counts in a pixel's brightness: most where leaves differ least.
    taught : bool
        Whether pixels are relative to `mean`, rather than to the leaf in the same image: a class
        that whole images have is not to be taken off with what is typical of the image.
    """

    mean: DoubleArray
    residual_std: DoubleArray
    brightness_weights: DoubleArray
    taught: bool = False

    def take(self, groups: IntArray) -> GroupStatistics:
        """Select the groups at these positions."""
        own = (self.mean[groups], self.residual_std[groups], self.brightness_weights[groups])
        return GroupStatistics(*own, self.taught)


def typical_leaf(images: FloatArray, mean: DoubleArray) -> DoubleArray:
    """Return the typical reflectance of the leaf: the median over the most leaf-like pixels.

    Leaf-like by spectral angle (Kruse et al., Remote Sens. Environ. 44 (1993) 145-163), which does
    not mind the brightness, so that reflectance and raw counts give the same result.

    Parameters
    ----------
    images : FloatArray, shape (rows, cols, groups)
        NaN where there is no data.
    mean : DoubleArray, shape (groups,)
        Mean spectrum of leaves.

    Returns
    -------
    DoubleArray, shape (groups,)
        Above 0, or all NaN if the image holds no light.
    """
    pixels = _some_pixels(images)
    pixels = pixels[np.isfinite(pixels).any(axis=1)].astype(np.float64)
    angles = _angles(np.nan_to_num(pixels), mean)
    if not np.isfinite(angles).any():
        return np.full(mean.size, np.nan)
    nearest = np.nanpercentile(angles, _MOST_LEAF_LIKE_PERCENT)
    leaf = pixels[angles <= nearest + _LEAF_ANGLE]
    level = np.median(_brightness(np.nan_to_num(leaf), mean))
    found = np.full(mean.size, np.nan)
    known = np.isfinite(leaf).any(axis=0)
    found[known] = np.nanmedian(leaf[:, known], axis=0)
    return np.maximum(np.where(known, found, level * mean), _DARK_SHARE * level * mean)


def typical_spectrum(images: FloatArray, statistics: GroupStatistics) -> DoubleArray:
    """Return what the pixels of an image are relative to, shape (groups,), in its own units.

    The leaf in the image, or, of a model that was taught, the mean of what it was taught, as bright
    as the image.
    """
    typical = typical_leaf(images, statistics.mean)
    if not statistics.taught:
        return typical
    level = typical @ statistics.mean / (statistics.mean @ statistics.mean)
    return np.asarray(level * statistics.mean)


def _some_pixels(images: FloatArray) -> FloatArray:
    """Return evenly spaced pixels, shape (at most 100,000, groups), without copying all."""
    shape = images.shape[:-1]
    count = math.prod(shape)
    chosen = np.arange(0, count, max(1, -(-count // _MOST_PIXELS)))
    return images[np.unravel_index(chosen, shape)]


def _angles(pixels: DoubleArray, mean: DoubleArray) -> DoubleArray:
    """Return the angle of each pixel to the mean spectrum; NaN for pixels without light."""
    lengths = np.linalg.norm(pixels, axis=1) * np.linalg.norm(mean)
    cosine = np.full(lengths.shape, np.nan)
    along = pixels @ mean
    np.divide(along, lengths, out=cosine, where=(lengths > 0) & (along > 0))
    return np.asarray(np.arccos(np.clip(cosine, -1, 1)))


def _brightness(pixels: DoubleArray, mean: DoubleArray) -> DoubleArray:
    """Return the factor by which the mean spectrum fits each pixel best (least squares)."""
    return np.asarray(pixels @ mean / (mean @ mean))


def log_ratios(images: FloatArray, typical: DoubleArray) -> FloatArray:
    """Compute the natural logarithm of each pixel's ratio to the typical leaf; NaN without data.

    Shape (..., groups) as the images; `typical` is broadcastable to it.
    """
    ratio = np.maximum(images / typical.astype(np.float32), np.float32(_DARKEST))
    return np.asarray(np.log(ratio), dtype=np.float32)


def contrasts(images: FloatArray, statistics: GroupStatistics, typical: DoubleArray) -> FloatArray:
    """Compute log ratios to the typical leaf with each pixel's own brightness taken off.

    The brightness comes off before anything is clipped: half or twice the light gives the same
    contrasts. It is taken twice, the second time with the groups limited that are far from the
    first, so that a dead group hardly moves it.

    Parameters
    ----------
    images : FloatArray, shape (..., groups)
    typical : DoubleArray, broadcastable to (..., groups)
        See `typical_leaf`.

    Returns
    -------
    FloatArray, shape (..., groups)
        Natural logarithms between -1.5 and 1.5, 0 where there is no data.
    """
    logs = log_ratios(images, typical)
    known = np.isfinite(logs)
    np.nan_to_num(logs, copy=False)
    level = _level(logs, known, statistics.brightness_weights)
    near = np.clip(logs, level - np.float32(_LIMIT), level + np.float32(_LIMIT))
    logs -= _level(near, known, statistics.brightness_weights)
    np.clip(logs, -_LIMIT, _LIMIT, out=logs)
    return np.asarray(logs * known, dtype=np.float32)


def _level(logs: FloatArray, known: BoolArray, weights: DoubleArray) -> FloatArray:
    """Return the weighted mean of the known groups, shape (..., 1)."""
    weights = weights.astype(np.float32)
    total = known.astype(np.float32) @ weights
    level = (logs * known) @ weights / np.maximum(total, np.float32(_TINY))
    return np.asarray(level[..., None], dtype=np.float32)


def standardise(
    images: FloatArray, statistics: GroupStatistics, typical: DoubleArray
) -> FloatArray:
    """Compute contrasts in units of their usual spread within a leaf: what the ViT sees.

    Parameters and shape as for `contrasts`. 0 where a pixel is as the leaf typically is, and where
    there is no data.
    """
    units = contrasts(images, statistics, typical) / statistics.residual_std.astype(np.float32)
    return np.asarray(np.clip(units, -_UNITS, _UNITS), dtype=np.float32)


def known_pixels(images: FloatArray) -> BoolArray:
    """Return whether at least half of a pixel's groups have data, shape without groups."""
    return np.asarray(np.isfinite(images).mean(axis=-1) >= 0.5)


def to_tensor(images: FloatArray) -> Tensor:
    """Flip (batch, rows, cols, groups) to a tensor (batch, groups, height, width)."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(images, -1, 1)))
