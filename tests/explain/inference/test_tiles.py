"""Tiles: every size is covered, blending leaves no seam."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from focus_viewer.explain.inference.tiles import (
    PaddedImage,
    PlaceBlender,
    TileBlender,
    TileLayout,
    blending_weights,
    known_cells,
)

SIZES = [(1, 1), (3, 40), (16, 16), (17, 31), (32, 32), (33, 50), (120, 160)]


@pytest.mark.parametrize("size", SIZES)
def test_every_cell_is_in_a_window(size: tuple[int, int]) -> None:
    layout = TileLayout(size, patch_px=4, tile_cells=8)
    covered = np.zeros(layout.padded, dtype=int)
    for row, col in layout.origins:
        covered[row : row + 8, col : col + 8] += 1
    assert covered.min() >= 1
    assert len(set(layout.origins)) == len(layout.origins)


@pytest.mark.parametrize("size", SIZES)
def test_the_grid_covers_the_image(size: tuple[int, int]) -> None:
    layout = TileLayout(size, patch_px=4, tile_cells=8)
    assert layout.grid == (-(-size[0] // 4), -(-size[1] // 4))
    padded = PaddedImage.of(np.ones((*size, 2), np.float32), layout).pixels
    assert padded.shape == (layout.padded[0] * 4, layout.padded[1] * 4, 2)
    assert (padded == 1).all()


@pytest.mark.parametrize("size", [*SIZES, (5, 9), (7, 29)])
def test_an_image_is_mirrored_where_it_lies(size: tuple[int, int]) -> None:
    layout = TileLayout(size, patch_px=4, tile_cells=8)
    image = np.random.default_rng(0).random((*size, 2), dtype=np.float32)
    padded_image = PaddedImage.empty(layout, 2)
    padded, inside = padded_image.pixels, padded_image.inside
    padded[...] = np.nan
    assert np.shares_memory(inside, padded)
    inside[...] = image
    padded_image.mirror()
    top, left = next(
        (row, col)
        for row in range(padded.shape[0])
        for col in range(padded.shape[1])
        if np.shares_memory(padded[row, col], inside[0, 0])
    )
    widths = [
        (before, whole - before - own)
        for before, whole, own in zip((top, left), padded.shape[:2], size, strict=True)
    ]
    expected = np.pad(image, (*widths, (0, 0)), mode="symmetric")
    np.testing.assert_array_equal(padded, expected)
    np.testing.assert_array_equal(PaddedImage.of(image, layout).pixels, expected)


def test_whole_cells_keep_their_pixels() -> None:
    image = np.arange(40 * 36, dtype=np.float32).reshape(40, 36, 1)
    layout = TileLayout((40, 36), patch_px=4, tile_cells=8)
    padded = PaddedImage.of(image, layout)
    np.testing.assert_array_equal(padded.pixels, image)
    tiles = padded.tiles(((1, 0), (2, 1)))
    np.testing.assert_array_equal(tiles[1], image[8:40, 4:36])


@pytest.mark.parametrize("size", [*SIZES, (5, 9), (7, 29)])
def test_cells_lie_where_their_pixels_are(size: tuple[int, int]) -> None:
    layout = TileLayout(size, patch_px=4, tile_cells=8)
    rows, cols = np.mgrid[: size[0], : size[1]].astype(np.float32)
    padded = PaddedImage.of(np.stack([rows, cols], axis=-1), layout).pixels
    inside = np.zeros(padded.shape[:2], dtype=bool)
    top, left = (
        4 * first + (4 * grid - px) // 2
        for first, grid, px in zip(layout.first, layout.grid, size, strict=True)
    )
    inside[top : top + size[0], left : left + size[1]] = True
    np.testing.assert_array_equal(padded[inside][:, 0], rows.ravel())
    np.testing.assert_array_equal(padded[inside][:, 1], cols.ravel())
    cells = inside.reshape(layout.padded[0], 4, layout.padded[1], 4).any(axis=(1, 3))
    assert layout.crop(torch.from_numpy(cells)).all()
    assert cells.sum() == layout.grid[0] * layout.grid[1]


@pytest.mark.parametrize("size", SIZES)
def test_a_constant_is_blended_to_itself(size: tuple[int, int]) -> None:
    layout = TileLayout(size, patch_px=4, tile_cells=8)
    blend = TileBlender(layout, (2, 3))
    for origin in layout.origins:
        blend.add(origin, torch.full((2, 3, 8, 8), 7.0))
    torch.testing.assert_close(blend.mean(), torch.full((2, 3, *layout.grid), 7.0))


def test_windows_of_a_larger_field_blend_to_the_field() -> None:
    layout = TileLayout((120, 160), patch_px=4, tile_cells=8)
    field = torch.rand(30, 40)
    blend = TileBlender(layout, ())
    for row, col in layout.origins:
        blend.add((row, col), field[row : row + 8, col : col + 8])
    torch.testing.assert_close(blend.mean(), field)


def test_a_step_between_windows_is_smoothed() -> None:
    layout = TileLayout((4, 14), patch_px=1, tile_cells=4)
    blend = TileBlender(layout, ())
    for number, origin in enumerate(layout.origins):
        blend.add(origin, torch.full((4, 4), float(number % 2)))
    overlap = blend.mean()[0, 3]
    assert 0 < overlap < 1


def test_weights_fall_towards_the_border_and_never_vanish() -> None:
    weights = blending_weights(8)
    assert weights.min() > 0
    assert weights[4, 4] > weights[4, 1] > weights[0, 0]
    torch.testing.assert_close(weights, weights.flip(0, 1))


def test_a_cell_is_known_if_half_of_it_is() -> None:
    known = np.ones((8, 8), dtype=np.bool_)
    known[:4, :3] = False  # 12 of 16 pixels of the first cell
    known[4:, :2] = False  # 8 of 16 pixels of the one below
    cells = known_cells(known, TileLayout((8, 8), patch_px=4, tile_cells=2))
    assert cells.tolist() == [[False, True], [True, True]]


@pytest.mark.parametrize("rows", [9, 30])
def test_blending_at_some_places_is_the_same_as_at_all(rows: int) -> None:
    layout = TileLayout((rows, 45), 4, 4)  # of 9 rows there is less than a tile
    places = torch.tensor([0, 5, 17, 35])
    whole, some = TileBlender(layout, (3, 2)), PlaceBlender(layout, (3, 2), places)
    draw = torch.Generator().manual_seed(0)
    for number, origin in enumerate(layout.origins):
        tile = torch.zeros(()) if number == 3 else torch.randn(3, 2, 4, 4, generator=draw)
        whole.add(origin, tile)
        some.add(origin, tile)
    torch.testing.assert_close(some.mean(), whole.mean().flatten(-2)[..., places])
