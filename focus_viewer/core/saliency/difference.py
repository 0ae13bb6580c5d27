"""Saliency volumes of two cubes, beside one another."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume

_KEPT = 16  # classes and modes that are gone through before one is computed anew


@lru_cache(maxsize=_KEPT)
def sharing_limits(volume: SaliencyVolume, other: SaliencyVolume) -> SaliencyVolume:
    """The volume with colour limits that hold for both, so that equal colours mean equal saliency.

    The same object each time, so that views know it again.
    """
    if volume.mode != other.mode:
        return volume
    low = min(volume.limits[0], other.limits[0])
    high = max(volume.limits[1], other.limits[1])
    return replace(volume, fixed_limits=(low, high))


@lru_cache(maxsize=_KEPT)
def difference(first: SaliencyVolume, second: SaliencyVolume) -> SaliencyVolume | None:
    """Second less first; None where their grids, groups or modes differ.

    The same object each time, so that views know it again.
    """
    if not comparable(first, second):
        return None
    if first.class_name == second.class_name:
        name = f"{second.class_name}: second cube less first"
    else:
        name = f"{second.class_name} less {first.class_name}"
    return SaliencyVolume(
        second.values - first.values, first.edges_nm, first.image_shape, name, "evidence"
    )


def comparable(first: SaliencyVolume, second: SaliencyVolume) -> bool:
    """Whether two volumes have the same images, cells and groups."""
    same_grid = first.values.shape == second.values.shape
    same_image = first.image_shape == second.image_shape
    return (
        same_grid
        and same_image
        and first.mode == second.mode
        and bool(np.allclose(first.edges_nm, second.edges_nm))
    )
