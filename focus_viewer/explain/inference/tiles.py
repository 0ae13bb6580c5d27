"""Overlapping tiles of the trained size that cover an image of any size, and their blending."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import BoolArray, FloatArray, IntArray

Origin = tuple[int, int]

_OVERLAP = 0.25


@dataclass(frozen=True)
class TileLayout:
    """Positions of the tiles of an image, counted in cells of one patch.

    The image is padded by mirrored pixels, half on either side, to whole cells and to at least one
    tile. The grid of results has ceil(rows / patch) x ceil(cols / patch) cells; where the image
    is not a whole number of patches its cells are off by less than half a patch.

    Attributes
    ----------
    image_px : tuple of int
        (rows, cols) of the image.
    tile_cells : int
        Patches along a tile's side.
    """

    image_px: tuple[int, int]
    patch_px: int
    tile_cells: int

    @property
    def grid(self) -> tuple[int, int]:
        """(grid_rows, grid_cols) of the results."""
        rows, cols = (-(-size // self.patch_px) for size in self.image_px)
        return rows, cols

    @property
    def padded(self) -> tuple[int, int]:
        """(rows, cols) in cells of the padded image: the grid, or a tile where that is larger."""
        rows, cols = (max(cells, self.tile_cells) for cells in self.grid)
        return rows, cols

    @cached_property
    def origins(self) -> tuple[Origin, ...]:
        """First (row, col) of each tile, in padded cells."""
        rows, cols = (_starts(cells, self.tile_cells) for cells in self.padded)
        return tuple((row, col) for row in rows for col in cols)

    @property
    def corner(self) -> tuple[int, int]:
        """(row, col) of the image's first pixel in the padded one."""
        row, col = (
            (grid * self.patch_px - size) // 2 + first * self.patch_px
            for grid, size, first in zip(self.grid, self.image_px, self.first, strict=True)
        )
        return row, col

    @property
    def first(self) -> tuple[int, int]:
        """(row, col) of the grid's first cell among the padded cells."""
        row, col = ((p - g) // 2 for p, g in zip(self.padded, self.grid, strict=True))
        return row, col

    def cells(self, origin: Origin) -> tuple[IntArray, IntArray]:
        """Return rows and columns of a tile's padded cells, row by row, each (patches,)."""
        rows, cols = np.indices((self.tile_cells, self.tile_cells)).reshape(2, -1)
        return origin[0] + rows, origin[1] + cols

    def crop(self, cells: Tensor) -> Tensor:
        """Cut the grid out of padded cells, shape (..., rows, cols)."""
        (top, left), (rows, cols) = self.first, self.grid
        return cells[..., top : top + rows, left : left + cols]


@dataclass(frozen=True, eq=False)
class PaddedImage:
    """Padded image: pixels within the padding that its tiles need.

    Attributes
    ----------
    pixels : FloatArray, shape (padded rows, padded cols, groups)
    """

    layout: TileLayout
    pixels: FloatArray

    @classmethod
    def empty(cls, layout: TileLayout, groups: int) -> PaddedImage:
        """Allocate an image without values."""
        rows, cols = (cells * layout.patch_px for cells in layout.padded)
        return cls(layout, np.empty((rows, cols, groups), dtype=np.float32))

    @classmethod
    def of(cls, images: FloatArray, layout: TileLayout) -> PaddedImage:
        """Copy and pad images, shape (rows, cols, groups)."""
        padded = cls.empty(layout, images.shape[-1])
        padded.inside[...] = images
        padded.mirror()
        return padded

    @property
    def inside(self) -> FloatArray:
        """View of the image without padding, shape (rows, cols, groups)."""
        (top, left), (rows, cols) = self.layout.corner, self.layout.image_px
        return self.pixels[top : top + rows, left : left + cols]

    def mirror(self) -> None:
        """Fill the padding with mirrored pixels of the image."""
        corner, image_px = self.layout.corner, self.layout.image_px
        for axis, (before, size) in enumerate(zip(corner, image_px, strict=True)):
            lines = np.moveaxis(self.pixels, axis, 0)
            widths = (before, len(lines) - size - before)
            inside = np.pad(np.arange(before, before + size), widths, mode="symmetric")
            around = np.flatnonzero(inside != np.arange(len(lines)))
            lines[around] = lines[inside[around]]

    def select(self, groups: IntArray) -> PaddedImage:
        """Drop all but some groups, ascending; they move forward in this image's memory."""
        for position, group in enumerate(groups):  # not copied: the images are large
            self.pixels[..., position] = self.pixels[..., group]
        return PaddedImage(self.layout, self.pixels[..., : groups.size])

    def patches(self, rows: IntArray, cols: IntArray) -> FloatArray:
        """Cut out the patches of padded cells, shape (*those of the cells, side, side, groups)."""
        (down, across), patch = self.layout.padded, self.layout.patch_px
        return self.pixels.reshape(down, patch, across, patch, -1)[rows, :, cols]

    def tiles(self, origins: tuple[Origin, ...]) -> FloatArray:
        """Cut out tiles, shape (tiles, side, side, groups)."""
        patch = self.layout.patch_px
        side = self.layout.tile_cells * patch
        corners = [(row * patch, col * patch) for row, col in origins]
        return np.stack(
            [self.pixels[top : top + side, left : left + side] for top, left in corners]
        )


def _starts(cells: int, tile: int) -> list[int]:
    stride = max(1, round(tile * (1 - _OVERLAP)))
    return [*range(0, cells - tile, stride), cells - tile]


class TileBlender:
    """Weighted mean of the values of overlapping tiles.

    Parameters
    ----------
    leading : tuple of int
        Axes ahead of the two spatial ones, e.g. (classes, groups).
    """

    def __init__(self, layout: TileLayout, leading: tuple[int, ...]) -> None:
        self._layout = layout
        self._total = torch.zeros(*leading, *layout.padded)
        self._weight = torch.zeros(layout.padded)
        self._tile_weights = blending_weights(layout.tile_cells)

    def add(self, origin: Origin, values: Tensor) -> None:
        """Add a tile, shape (*leading, cells, cells)."""
        row, col = origin
        side = self._layout.tile_cells
        cells = (..., slice(row, row + side), slice(col, col + side))
        self._total[cells] += values * self._tile_weights
        self._weight[cells] += self._tile_weights

    def so_far(self) -> Tensor:
        """Return the same without an end to adding: NaN in cells that no tile covers yet."""
        return self._layout.crop(self._total / self._weight)

    def mean(self) -> Tensor:
        """Return the blended values on the grid, shape (*leading, grid_rows, grid_cols)."""
        return self._layout.crop(self._total.div_(self._weight))


class PlaceBlender:
    """Blender of tiles at some cells of the grid: of many values others need no memory.

    Parameters
    ----------
    places : Tensor of int64, shape (n,)
        The cells, counted row by row.
    """

    def __init__(self, layout: TileLayout, leading: tuple[int, ...], places: Tensor) -> None:
        (top, left), cols = layout.first, layout.grid[1]
        self._order = torch.full(layout.padded, -1)
        self._order[top + places // cols, left + places % cols] = torch.arange(len(places))
        self._total = torch.zeros(*leading, len(places))
        self._weight = torch.zeros(len(places))
        self._tile_weights = blending_weights(layout.tile_cells)

    def add(self, origin: Origin, values: Tensor) -> None:
        """Add a tile, shape (*leading, cells, cells)."""
        row, col = origin
        side = len(self._tile_weights)
        order = self._order[row : row + side, col : col + side]
        seen = order >= 0
        weights, own = self._tile_weights[seen], order[seen]
        values = values.expand(*self._total.shape[:-1], side, side)
        self._total[..., own] += values[..., seen] * weights
        self._weight[own] += weights

    def mean(self) -> Tensor:
        """Return the blended values at the places, shape (*leading, n)."""
        return self._total.div_(self._weight)


def blending_weights(cells: int) -> Tensor:
    """Return weights that fall smoothly, and not to zero, towards the border: (cells, cells)."""
    middle = (torch.arange(cells, dtype=torch.float32) + 0.5) / cells
    side = torch.sin(torch.pi * middle) ** 2
    return side[:, None] * side[None, :]


def known_cells(known: BoolArray, layout: TileLayout) -> Tensor:
    """Return cells with data in at least half of their pixels, shape (grid_rows, grid_cols)."""
    return cell_shares(known, layout) >= 0.5


def cells_within(inside: BoolArray, shown: Tensor, layout: TileLayout) -> Tensor:
    """Return the cells of a region, shape (grid_rows, grid_cols).

    Those that are at least half in it and shown, else at least half in it, else the one that has
    most of it.

    Parameters
    ----------
    inside : BoolArray, shape (rows, cols)
    shown : Tensor of bool, shape (grid_rows, grid_cols)
    """
    shares = cell_shares(inside, layout)
    own = shares >= 0.5
    if not own.any():
        own.view(-1)[shares.argmax()] = True
    return own & shown if (own & shown).any() else own


def cell_shares(pixels: BoolArray, layout: TileLayout) -> Tensor:
    """Return the share of each cell that some pixels fill, shape (grid_rows, grid_cols)."""
    padded = PaddedImage.of(pixels[..., None].astype(np.float32), layout).pixels[..., 0]
    rows, cols = layout.padded
    share = padded.reshape(rows, layout.patch_px, cols, layout.patch_px).mean(axis=(1, 3))
    return layout.crop(torch.from_numpy(share))
