"""Small pictures of cubes."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.pictures.thumbnail import thumbnail
from focus_viewer.core.typing import FloatArray, IntArray


class Watched(ArraySource):
    """Counts what is read."""

    values = 0

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        block = super().read(rows, cols, bands)
        Watched.values += block.size
        return block


def cube(rows: int, cols: int, bands: int = 7) -> Cube:
    values = np.random.default_rng(3).random((rows, cols, bands), dtype=np.float32)
    return Cube(Watched(values), "c", np.ones(bands, dtype=np.bool_))


@pytest.mark.parametrize(
    ("rows", "cols", "size"),
    [(10, 20, (10, 20)), (32, 32, (32, 32)), (33, 64, (17, 32)), (1, 300, (1, 30)), (1, 1, (1, 1))],
)
def test_no_side_exceeds_the_wanted(rows: int, cols: int, size: tuple[int, int]) -> None:
    picture = thumbnail(cube(rows, cols), 32)
    assert picture.shape == (*size, 3)
    assert picture.dtype == np.uint8


def test_a_small_cube_looks_as_its_composite() -> None:
    one = cube(12, 9)
    assert (thumbnail(one, 64) == composite(one, CompositeRecipe()).image).all()


def test_one_band_is_grey() -> None:
    picture = thumbnail(cube(5, 5, 1), 64)
    assert (picture[:, :, 0] == picture[:, :, 2]).all()


def test_only_every_so_many_pixels_are_read() -> None:
    Watched.values = 0
    thumbnail(cube(640, 640), 64)
    assert Watched.values == 3 * 64 * 64
