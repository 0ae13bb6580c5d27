"""Windows cut out of images, without the patches that are blank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.inference.group_images import GroupImages
from focus_viewer.explain.inference.tiles import Origin
from focus_viewer.explain.model.kept_patches import KeptPatches, keep_patches


def cut_windows(
    windows: Sequence[tuple[GroupImages, Origin]], counts_patches: bool
) -> tuple[Tensor, KeptPatches]:
    """Cut windows out of images, without the patches that are blank.

    Parameters
    ----------
    windows : sequence of (GroupImages, Origin)
        Of the same groups.
    counts_patches : bool
        Whether the model reads all blank patches of a window as one; else all are kept.

    Returns
    -------
    images : Tensor, shape (windows, groups, height, width)
        The kept patches in a row, or the windows themselves where all are kept.
    kept : KeptPatches
    """
    occupied = np.stack([images.occupied_patches(origin) for images, origin in windows])
    kept = keep_patches(torch.from_numpy(occupied if counts_patches else occupied | True))
    down = windows[0][0].layout.tile_cells if kept.counts is None else 1
    # One by one, since a window's pixels fit in a processor's cache.
    cut = [
        _side_by_side(images.patches(origin, sources), down)
        for (images, origin), sources in zip(windows, kept.sources.numpy(), strict=True)
    ]
    return torch.stack(cut), kept


def _side_by_side(patches: FloatArray, down: int) -> Tensor:
    """Put patches, (patches, side, side, groups), in so many rows of an image a group."""
    count, side, _, groups = patches.shape
    placed = patches.reshape(down, count // down, side, side, groups)
    image = np.ascontiguousarray(placed.transpose(4, 0, 2, 1, 3))
    return torch.from_numpy(image.reshape(groups, down * side, count // down * side))
