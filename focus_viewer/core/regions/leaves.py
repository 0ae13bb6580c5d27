"""Leaves and plants of an image: connected parts of its plant tissue."""

from __future__ import annotations

from typing import Final

import numpy as np

from focus_viewer.core.regions.connectivity import components
from focus_viewer.core.regions.mask_crop import crop_mask
from focus_viewer.core.regions.shapes import MaskShape, mask_shape
from focus_viewer.core.typing import BoolArray, ImageShape

_LEAST_PIXELS: Final = 64
_LEAST_SHARE: Final = 0.03
_BRIDGED_PX: Final = 2


def leaves(tissue: BoolArray, image_shape: ImageShape) -> tuple[MaskShape, ...]:
    """Return the leaves of an image, from top to bottom.

    Parts within a few pixels of one another are one leaf: a vein or a lesion need not pass
    for tissue. Parts that are small beside the largest are left out.

    Parameters
    ----------
    tissue : BoolArray, shape (rows, cols)
        Of the image, or of a coarser one of it.

    Returns
    -------
    tuple of MaskShape
        In pixels of the image.
    """
    parts = components(_wide(tissue))
    found = [(crop, tissue[crop.rows, crop.cols] & crop.inside) for crop in parts]
    largest = max((int(own.sum()) for _, own in found), default=0)
    least = max(_LEAST_PIXELS, _LEAST_SHARE * largest)
    kept = [(crop, own) for crop, own in found if own.sum() >= least]
    shapes = []
    for crop, own in kept:
        whole = np.zeros_like(tissue)
        whole[crop.rows, crop.cols] = own
        shape = mask_shape(crop_mask(_on_image(whole, image_shape)))
        if shape is not None:
            shapes.append(shape)
    return tuple(shapes)


def _wide(mask: BoolArray) -> BoolArray:
    """Widen a mask by a few pixels on all sides."""
    wide = mask.copy()
    for _ in range(_BRIDGED_PX):
        before = wide.copy()
        wide[1:] |= before[:-1]
        wide[:-1] |= before[1:]
        wide[:, 1:] |= before[:, :-1]
        wide[:, :-1] |= before[:, 1:]
    return wide


def _on_image(mask: BoolArray, image_shape: ImageShape) -> BoolArray:
    if mask.shape == image_shape:
        return mask
    sides = zip(image_shape, mask.shape, strict=True)
    rows, cols = ((np.arange(whole) * 2 + 1) * own // (2 * whole) for whole, own in sides)
    return np.asarray(mask[np.ix_(rows, cols)])
