"""Thumbnail of a cube for lists of files."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.composite import CompositeRecipe, choose_bands
from focus_viewer.core.pictures.stretch import stretch
from focus_viewer.core.typing import ByteArray


def thumbnail(cube: Cube, side_px: int) -> ByteArray:
    """Return the usual picture of a cube; only every so many pixels of its bands are read.

    Parameters
    ----------
    side_px : int
        What neither side of the picture exceeds.

    Returns
    -------
    ByteArray, shape (height, width, 3)

    Raises
    ------
    CubeError
        If pixels cannot be read.
    """
    bands = choose_bands(cube, CompositeRecipe()).bands
    every = slice(None, None, -(-max(cube.rows, cube.cols) // side_px))
    planes = [stretch(cube.block(every, every, slice(band, band + 1))[:, :, 0]) for band in bands]
    return np.stack(planes * (3 // len(planes)), axis=2)
