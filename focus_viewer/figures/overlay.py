"""A heatmap over a picture, as plain pixels."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps

from focus_viewer.core.typing import ByteArray, DoubleArray, FloatArray

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
_DARKEST = 0.42  # of the grey picture below: darker, and the colours above would not be told apart


def tinted(
    picture: ByteArray,
    heat: FloatArray,
    limits: tuple[float, float],
    cmap: str,
    strength: float = 1.0,
    darkest: float = _DARKEST,
) -> ByteArray:
    """Tint a picture, turned to light grey, with a heatmap's colours.

    The colours are multiplied in, so that white, the middle of a diverging map, leaves the picture
    as it is; a picture without transparency looks the same in every viewer and format.

    Parameters
    ----------
    picture : ByteArray, shape (height, width, 3)
    heat : FloatArray, shape (height, width)
        Not finite where there is nothing to show.
    limits : tuple of float
        Values at the two ends of the colour map.
    cmap : str
        Name of a matplotlib colour map.
    strength : float
        Of the colours, 0 to 1.
    darkest : float
        What black of the picture becomes, 0 to 1.

    Returns
    -------
    ByteArray, shape (height, width, 3)
    """
    low, high = limits
    level = np.clip((heat - low) / (high - low), 0, 1)
    colours = colormaps[cmap](np.nan_to_num(level))[..., :3]
    colours[~np.isfinite(heat)] = 1.0
    colours = 1 - strength * (1 - colours)
    return np.asarray(np.round(255 * colours * shaded(picture, darkest)[..., None]), dtype=np.uint8)


def shaded(picture: ByteArray, darkest: float = _DARKEST) -> DoubleArray:
    """The picture in grey from `darkest` to 1, shape (height, width)."""
    grey = picture @ np.array(_LUMA) / 255
    return np.asarray(darkest + (1 - darkest) * grey)
