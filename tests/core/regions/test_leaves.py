"""Leaves of an image, on masks drawn by hand."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.leaves import leaves
from focus_viewer.core.typing import BoolArray


def tray() -> BoolArray:
    """Three leaves: the second cut by a vein one pixel wide, beside specks."""
    mask = np.zeros((60, 80), dtype=np.bool_)
    mask[5:25, 5:30] = True
    mask[5:30, 45:70] = True
    mask[:, 57] = False
    mask[40:55, 10:40] = True
    mask[57, 70] = mask[35, 75] = True
    return mask


def test_each_leaf_is_one_region_and_specks_are_none() -> None:
    found = leaves(tray(), (60, 80))
    crops = [shape.crop((60, 80)) for shape in found]
    assert [crop.pixels for crop in crops if crop] == [500, 600, 450]
    assert [(crop.row, crop.col) for crop in crops if crop] == [(5, 5), (5, 45), (40, 10)]


def test_a_coarser_mask_is_laid_over_the_image() -> None:
    (shape,) = leaves(np.ones((10, 10), dtype=np.bool_), (20, 30))
    crop = shape.crop((20, 30))
    assert crop is not None and crop.pixels == 600


def test_nothing_is_no_leaf() -> None:
    assert leaves(np.zeros((9, 9), dtype=np.bool_), (9, 9)) == ()
