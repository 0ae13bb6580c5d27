"""Part of an image that a question is restricted to, at any resolution of the image."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.saliency.request import Within

WITHIN = Within("Leaf 1", slice(4, 8), slice(2, 6), np.eye(4, dtype=np.bool_))


def test_its_mask_is_that_of_the_image() -> None:
    mask = WITHIN.on((12, 10), (12, 10))
    assert [tuple(place) for place in np.argwhere(mask)] == [(4, 2), (5, 3), (6, 4), (7, 5)]


def test_a_coarser_image_takes_the_pixel_in_the_middle_of_each() -> None:
    whole = Within("all", slice(0, 6), slice(0, 10), np.ones((6, 10), dtype=np.bool_))
    mask = whole.on((12, 10), (4, 5))
    np.testing.assert_array_equal(mask, np.arange(4)[:, None].repeat(5, axis=1) < 2)
