"""A cube with a known answer: one Gaussian absorption feature in one disc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.typing import BoolArray, DoubleArray


@dataclass(frozen=True, eq=False)
class Phantom:
    """A cube and what was planted in it.

    Attributes
    ----------
    cube : Cube
        Reflectance 0.5 everywhere but in the disc.
    disc : BoolArray, shape (rows, cols)
        Where the feature is.
    center_nm, sigma_nm : float
        Middle and standard deviation of the feature.
    depth : float
        Reflectance that is missing at the middle, in the disc.
    """

    cube: Cube
    disc: BoolArray
    center_nm: float
    sigma_nm: float
    depth: float


def make_phantom(
    rows: int = 24,
    cols: int = 32,
    wavelengths_nm: DoubleArray | None = None,
    center_nm: float = 680.0,
    sigma_nm: float = 15.0,
    depth: float = 0.3,
) -> Phantom:
    """Make a phantom; without wavelengths it has 61 bands from 400 to 1000 nm.

    The disc is centred on the pixel (rows // 3, cols // 3), so that no axis can be flipped or
    swapped unseen, and its radius is a quarter of the shorter side.
    """
    axis = np.linspace(400, 1000, 61) if wavelengths_nm is None else wavelengths_nm
    row, col = np.ogrid[:rows, :cols]
    disc = np.hypot(row - rows // 3, col - cols // 3) <= min(rows, cols) / 4
    feature = depth * np.exp(-0.5 * ((axis - center_nm) / sigma_nm) ** 2)
    values = np.where(disc[:, :, None], 0.5 - feature, 0.5).astype(np.float32)
    cube = Cube(
        source=ArraySource(values),
        name="phantom",
        good_bands=np.ones(axis.size, dtype=np.bool_),
        wavelengths_nm=axis,
        units="reflectance",
    )
    return Phantom(cube, disc, center_nm, sigma_nm, depth)
