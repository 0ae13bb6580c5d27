"""Mask of a cube: the pixels inside, and regions limited to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.masks.rules import MaskStep, recipe_words
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.regions.shapes import MaskShape, Shape, mask_shape
from focus_viewer.core.typing import BoolArray, ImageShape

_NOTHING = MaskShape(0, 0, (0, 0), b"")


@dataclass(frozen=True, eq=False, repr=False)
class Mask:
    """Pixels of a cube, by the steps of its recipe.

    Attributes
    ----------
    inside : BoolArray, shape (rows, cols)
        Never written to.
    notes : tuple of str
        What was assumed, a sentence each.
    """

    cube: Cube
    steps: tuple[MaskStep, ...]
    inside: BoolArray
    notes: tuple[str, ...] = ()

    @cached_property
    def pixels(self) -> int:
        """Number of pixels inside."""
        return int(np.count_nonzero(self.inside))

    @property
    def words(self) -> str:
        """The rules in words."""
        return recipe_words(self.steps)

    @property
    def text(self) -> str:
        """What numbers are limited to, such as "NDVI at least 0.4 (12 of 40 px)"."""
        return f"{self.words} ({self.pixels:,} of {self.inside.size:,} px)"

    def fits(self, cube: Cube, steps: tuple[MaskStep, ...]) -> bool:
        """Return whether it is the mask of a cube by these steps."""
        return self.cube is cube and self.steps == steps

    def clip(self, crop: MaskCrop | None) -> MaskCrop | None:
        """Return the pixels of a crop that are inside; None if there are none."""
        if crop is None:
            return None
        return crop_mask(crop.inside & self.inside[crop.rows, crop.cols], crop.row, crop.col)


def mask_note(mask: Mask | None) -> str:
    """Return what numbers are limited to, to follow a description; empty without a mask."""
    return "" if mask is None else f"; only pixels inside the mask: {mask.text}"


def clipped_crop(outline: Shape, image_shape: ImageShape, mask: Mask | None) -> MaskCrop | None:
    """Return the pixels of an outline, of those inside a mask if there is one."""
    crop = outline.crop(image_shape)
    return crop if mask is None else mask.clip(crop)


def clipped(annotations: Annotations, mask: Mask | None) -> Annotations:
    """Return regions limited to the pixels inside a mask; without pixels they stay, empty."""
    if mask is None:
        return annotations
    shape = mask.inside.shape
    regions = tuple(
        replace(
            region,
            outline=mask_shape(clipped_crop(region.outline, (shape[0], shape[1]), mask))
            or _NOTHING,
        )
        for region in annotations
    )
    return replace(annotations, regions=regions)
