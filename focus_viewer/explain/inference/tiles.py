"""Images of any size as overlapping windows of the trained size, blended without seams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import BoolArray, FloatArray

Origin = tuple[int, int]

_OVERLAP = 0.25


@dataclass(frozen=True)
class Layout:
    """Where the windows of an image lie, counted in cells of one patch.

    The image is padded by mirrored pixels, half on either side, to whole cells and to at least one
    window. The grid of results has ceil(rows / patch) x ceil(cols / patch) cells; where the image
    is not a whole number of patches its cells are off by less than half a patch.

    Attributes
    ----------
    image_px : tuple of int
        (rows, cols) of the image.
    patch_px : int
    window_cells : int
        Patches along a window's side.
    """

    image_px: tuple[int, int]
    patch_px: int
    window_cells: int

    @property
    def grid(self) -> tuple[int, int]:
        """(grid_rows, grid_cols) of the results."""
        rows, cols = (-(-size // self.patch_px) for size in self.image_px)
        return rows, cols

    @property
    def padded(self) -> tuple[int, int]:
        """(rows, cols) in cells once padded: the grid, or a window where that is larger."""
        rows, cols = (max(cells, self.window_cells) for cells in self.grid)
        return rows, cols

    @cached_property
    def origins(self) -> tuple[Origin, ...]:
        """First (row, col) of each window, in padded cells."""
        rows, cols = (_starts(cells, self.window_cells) for cells in self.padded)
        return tuple((row, col) for row in rows for col in cols)

    def pad(self, images: FloatArray) -> FloatArray:
        """Pad (rows, cols, groups) to whole windows by mirroring."""
        padded = self.frame(images.shape[-1])
        self.inside(padded)[...] = images
        self.mirror(padded)
        return padded

    def frame(self, groups: int) -> FloatArray:
        """A padded image with nothing in it yet, shape (padded rows, padded cols, groups)."""
        rows, cols = (cells * self.patch_px for cells in self.padded)
        return np.empty((rows, cols, groups), dtype=np.float32)

    def inside(self, padded: FloatArray) -> FloatArray:
        """The image in a padded one: a view, so that a large one is there once."""
        (top, left), (rows, cols) = self._corner, self.image_px
        return padded[top : top + rows, left : left + cols]

    def mirror(self, padded: FloatArray) -> None:
        """Fill what is around the image in a padded one with its mirrored pixels."""
        for axis, (before, size) in enumerate(zip(self._corner, self.image_px, strict=True)):
            lines = np.moveaxis(padded, axis, 0)
            widths = (before, len(lines) - size - before)
            inside = np.pad(np.arange(before, before + size), widths, mode="symmetric")
            around = np.flatnonzero(inside != np.arange(len(lines)))
            lines[around] = lines[inside[around]]

    @property
    def _corner(self) -> tuple[int, int]:
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

    def crop(self, cells: Tensor) -> Tensor:
        """Cut the grid out of padded cells, shape (..., rows, cols)."""
        (top, left), (rows, cols) = self.first, self.grid
        return cells[..., top : top + rows, left : left + cols]

    def cut(self, padded: FloatArray, origins: tuple[Origin, ...]) -> FloatArray:
        """Cut windows out of a padded image.

        Returns
        -------
        FloatArray, shape (windows, side, side, groups)
        """
        side = self.window_cells * self.patch_px
        corners = [(row * self.patch_px, col * self.patch_px) for row, col in origins]
        return np.stack([padded[top : top + side, left : left + side] for top, left in corners])


def _starts(cells: int, window: int) -> list[int]:
    stride = max(1, round(window * (1 - _OVERLAP)))
    return [*range(0, cells - window, stride), cells - window]


class Blend:
    """Weighted mean of what overlapping windows say of the same cell.

    Parameters
    ----------
    layout : Layout
    leading : tuple of int
        Axes ahead of the two spatial ones, e.g. (classes, groups).
    """

    def __init__(self, layout: Layout, leading: tuple[int, ...]) -> None:
        self._layout = layout
        self._total = torch.zeros(*leading, *layout.padded)
        self._weight = torch.zeros(layout.padded)
        self._taper = taper(layout.window_cells)

    def add(self, origin: Origin, values: Tensor) -> None:
        """Add one window, shape (*leading, cells, cells)."""
        row, col = origin
        side = self._layout.window_cells
        place = (..., slice(row, row + side), slice(col, col + side))
        self._total[place] += values * self._taper
        self._weight[place] += self._taper

    def mean(self) -> Tensor:
        """Blended values on the grid, shape (*leading, grid_rows, grid_cols)."""
        return self._layout.crop(self._total.div_(self._weight))


def taper(cells: int) -> Tensor:
    """Weights that fall smoothly, and not to zero, towards a window's border: (cells, cells)."""
    middle = (torch.arange(cells, dtype=torch.float32) + 0.5) / cells
    side = torch.sin(torch.pi * middle) ** 2
    return side[:, None] * side[None, :]


def known_cells(known: BoolArray, layout: Layout) -> Tensor:
    """Cells of which at least half of the pixels have data, shape (grid_rows, grid_cols)."""
    padded = layout.pad(known[..., None].astype(np.float32))[..., 0]
    rows, cols = layout.padded
    share = padded.reshape(rows, layout.patch_px, cols, layout.patch_px).mean(axis=(1, 3))
    return layout.crop(torch.from_numpy(share >= 0.5))
