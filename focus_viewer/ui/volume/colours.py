"""Colours and opacity of voxels: the heatmap's colours, clear where saliency is faint."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import ByteArray, FloatArray
from focus_viewer.ui.volume.grid import FAINT, ZERO_CODE
from focus_viewer.ui.widgets import colourmaps, theme

# Opacity over a hundredth of the box at full saliency, and how steeply it rises towards that: low
# and steep, so that a lesion stands out from the veil around it and is still seen through.
_DENSEST: Final = 0.14
_STEEPNESS: Final = 1.5
_TINT: Final = tuple(bytes.fromhex(theme.DARK["ACCENT"][1:]))
_TINT_OPACITY: Final = 0.08


@cache
def voxel_colours(name: str) -> FloatArray:
    """Return colour and opacity of each voxel code; codes below zero are clear if sequential.

    Returns
    -------
    FloatArray, shape (256, 4)
        Red, green, blue and opacity over a hundredth of the box, 0 to 1.
    """
    signed = name in colourmaps.DIVERGING
    share = (np.arange(256) - ZERO_CODE) / 127
    place = (share + 1) / 2 if signed else share
    index = np.rint(np.clip(place, 0, 1) * (colourmaps.LEVELS - 1)).astype(np.intp)
    colours = colourmaps.lookup(name)[index] / np.float32(255)
    strength = np.abs(share) if signed else share
    rise = np.clip((strength - FAINT) / (1 - FAINT), 0, 1) ** _STEEPNESS
    colours[:, 3] = _DENSEST * rise
    return np.asarray(colours, dtype=np.float32)


@cache
def plane_lookup(name: str) -> ByteArray:
    """Return the heatmap's colours, shape (256, 4), over a tint, so that an empty plane is seen."""
    table = colourmaps.faded_lookup(name).astype(np.float32) / 255
    colour, opacity = table[:, :3], table[:, 3:]
    under = _TINT_OPACITY * (1 - opacity)
    total = opacity + under
    mixed = (colour * opacity + np.array(_TINT) / 255 * under) / total
    return np.rint(255 * np.hstack([mixed, total])).astype(np.uint8)


def plane_colours(plane: FloatArray, volume: SaliencyVolume, table: ByteArray) -> ByteArray:
    """Return colours (rows, cols, 4) of a plane in its volume's limits; NaN is not saliency."""
    low, high = volume.limits
    share = np.clip((np.nan_to_num(plane) - low) / (high - low), 0, 1)
    return np.asarray(table[np.rint(share * (colourmaps.LEVELS - 1)).astype(np.uint8)])
