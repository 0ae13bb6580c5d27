"""From (rows, cols, groups) images to the standardised (batch, groups, height, width) tensor.

The only place where axes are flipped. Each pixel is divided by its brightness and each group is
standardised by itself; nothing else mixes bands, so that a token speaks for its own band alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray

# Below this share of the image's own brightness a pixel is background: dividing by less would
# blow its noise up to the size of a leaf's signal.
_DARK_SHARE = 0.2
_BRIGHT_PERCENTILE = 90.0
_LIMIT = 5.0


@dataclass(frozen=True, eq=False)
class GroupStatistics:
    """Training data's brightness-normalised spectrum, for the groups at hand.

    Attributes
    ----------
    mean, deviation : DoubleArray, shape (groups,)
    """

    mean: DoubleArray
    deviation: DoubleArray


def brightness(images: FloatArray, mean: DoubleArray) -> FloatArray:
    """Brightness of each pixel relative to the mean spectrum, over the groups that it has.

    The factor by which the mean spectrum fits the pixel best (least squares): sensors of different
    ranges come out alike, and so do reflectance and raw counts.

    Parameters
    ----------
    images : FloatArray, shape (..., groups)
    mean : DoubleArray, shape (groups,)

    Returns
    -------
    FloatArray, shape (..., 1)
        NaN where a pixel has no data.
    """
    known = np.isfinite(images)
    weights = mean.astype(np.float32)
    power = known @ weights**2
    fit = np.where(known, images, 0) @ weights
    factor = np.full(power.shape, np.nan, dtype=np.float32)
    np.divide(fit, power, out=factor, where=power > 0)
    return factor[..., None]


def reference_brightness(pixel_brightness: FloatArray) -> float:
    """Brightness of the bright part of an image, untouched by a few glints; NaN without data."""
    known = pixel_brightness[np.isfinite(pixel_brightness)]
    return float(np.percentile(known, _BRIGHT_PERCENTILE)) if known.size else float("nan")


def standardise(
    images: FloatArray, statistics: GroupStatistics, reference: float | FloatArray
) -> FloatArray:
    """Divide by brightness, then standardise each group; 0 where there is no data.

    Parameters
    ----------
    images : FloatArray, shape (..., groups)
    statistics : GroupStatistics
    reference : float or FloatArray broadcastable to (..., 1)
        Of the whole image, above 0.

    Returns
    -------
    FloatArray, shape (..., groups)
    """
    floor = np.float32(_DARK_SHARE) * np.asarray(reference, dtype=np.float32)
    ratio = images / np.maximum(brightness(images, statistics.mean), floor)
    mean, deviation = statistics.mean.astype(np.float32), statistics.deviation.astype(np.float32)
    scores = np.nan_to_num((ratio - mean) / deviation, nan=0.0, posinf=_LIMIT, neginf=-_LIMIT)
    return np.asarray(np.clip(scores, -_LIMIT, _LIMIT), dtype=np.float32)


def known_pixels(images: FloatArray) -> BoolArray:
    """Whether at least half of a pixel's groups have data, shape (...) without the groups."""
    return np.asarray(np.isfinite(images).mean(axis=-1) >= 0.5)


def to_tensor(images: FloatArray) -> Tensor:
    """Flip (batch, rows, cols, groups) to a tensor (batch, groups, height, width)."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(images, -1, 1)))
