"""Framing of the box: how much the camera must show so that box and labels are whole."""

from __future__ import annotations

from typing import Final

import numpy as np

from focus_viewer.core.typing import DoubleArray
from focus_viewer.ui.volume.grid import Box

_AZIMUTHS: Final = np.radians(np.arange(0, 360, 10))  # the box may be turned, labels stay whole
_LEAST: Final = 1.03  # diagonals of the box
_MOST: Final = 4.0  # a view too narrow for labels still shows the box
_HALVINGS: Final = 24
_MARGIN_PX: Final = 4.0


def framed_scale(
    box: Box,
    view_deg: tuple[float, float],
    size_px: tuple[int, int],
    left: tuple[float, float],
    right: tuple[float, float],
) -> float:
    """Return the least extent of the view's shorter side at which box and labels are whole.

    Parameters
    ----------
    view_deg : tuple of float
        Elevation and vertical field of view of the camera, which looks at the middle of the box.
    size_px : tuple of int
        Width and height of the view.
    left, right : tuple of float
        Labels beside the box's outermost edges: the gap in units of the box, the width in pixels.
    """
    low, high = (share * float(np.linalg.norm(box.size)) for share in (_LEAST, _MOST))
    if min(size_px) <= 0 or _are_whole(box, view_deg, size_px, left, right, low):
        return low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _are_whole(box, view_deg, size_px, left, right, middle):
            high = middle
        else:
            low = middle
    return high


def _are_whole(
    box: Box,
    view_deg: tuple[float, float],
    size_px: tuple[int, int],
    left: tuple[float, float],
    right: tuple[float, float],
    scale: float,
) -> bool:
    elevation, field = np.radians(view_deg)
    width, height = size_px
    per_unit = min(size_px) / scale
    distance = height / per_unit / (2 * np.tan(field / 2))
    across, depth, up = _corners_seen(box, float(elevation))
    near = per_unit * distance / (distance + depth)  # pixels a unit, at each corner
    leftmost = ((across - left[0]) * near).min() - left[1]
    rightmost = ((across + right[0]) * near).max() + right[1]
    room = width / 2 - _MARGIN_PX
    is_high_enough = np.abs(up * near).max() <= height / 2 - _MARGIN_PX
    return bool(-room <= leftmost and rightmost <= room and is_high_enough)


def _corners_seen(box: Box, elevation: float) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """Return all corners from every side, from the middle of the box: right, away and up."""
    x, y, z = (
        places.ravel() for places in np.meshgrid(*((-side / 2, side / 2) for side in box.size))
    )
    cos, sin = np.cos(_AZIMUTHS)[:, None], np.sin(_AZIMUTHS)[:, None]
    right, ahead = cos * x + sin * y, cos * y - sin * x
    away = ahead * np.cos(elevation) - z * np.sin(elevation)
    return right, away, ahead * np.sin(elevation) + z * np.cos(elevation)
