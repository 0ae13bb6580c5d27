"""Masks of whole images: the reference for shapes, whose pixels are computed in their box only."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.mask_crop import crop_mask
from focus_viewer.core.regions.shapes import MaskShape, Shape, mask_shape
from focus_viewer.core.typing import BoolArray


def mask_of(shape: Shape, image_shape: tuple[int, ...]) -> BoolArray:
    """Return the mask of a shape, shape (rows, cols) of the image."""
    rows, cols = image_shape[:2]
    crop = shape.crop((rows, cols))
    if crop is None:
        return np.zeros((rows, cols), dtype=np.bool_)
    return crop.within(slice(0, rows), slice(0, cols))


def painted(mask: BoolArray) -> MaskShape | None:
    """Return the shape of the pixels of a mask."""
    return mask_shape(crop_mask(mask))
