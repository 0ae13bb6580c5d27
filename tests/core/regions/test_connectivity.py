"""Pixels that hang together, held against scipy's labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from focus_viewer.core.regions.connectivity import connected
from focus_viewer.core.typing import BoolArray


def of_scipy(inside: BoolArray, row: int, col: int) -> BoolArray:
    labels, _ = ndimage.label(inside)  # four neighbours
    return np.asarray(inside & (labels == labels[row, col]))


@given(arrays(np.bool_, (7, 9)), st.integers(0, 6), st.integers(0, 8))
def test_as_scipy_labels_them(inside: BoolArray, row: int, col: int) -> None:
    assert (connected(inside, row, col) == of_scipy(inside, row, col)).all()


@pytest.mark.parametrize("share", [0.3, 0.59, 0.62, 0.9])
def test_large_images_near_where_they_fall_apart(share: float) -> None:
    inside = np.random.default_rng(3).random((200, 300)) < share
    inside[100, 150] = True
    assert (connected(inside, 100, 150) == of_scipy(inside, 100, 150)).all()


def test_along_a_spiral_to_its_middle() -> None:
    size = 61
    inside = np.zeros((size, size), dtype=np.bool_)
    place, way = np.array([0, 0]), np.array([0, 1])
    for length in (size - 1, *np.repeat(np.arange(size - 1, 1, -2), 2)):
        for _ in range(length):
            inside[tuple(place)] = True
            place = place + way
        way = np.array([way[1], -way[0]])
    found = connected(inside, 0, 0)
    assert (found == inside).all()
    assert found.sum() > size**2 / 3


def test_corners_do_not_join() -> None:
    assert connected(np.eye(4, dtype=np.bool_), 2, 2).sum() == 1


def test_nothing_hangs_together_with_a_pixel_outside() -> None:
    assert not connected(np.eye(4, dtype=np.bool_), 0, 1).any()
