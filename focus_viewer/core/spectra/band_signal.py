"""Signal of bands: those that hold none, whatever the header says of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray

WATER_VAPOUR_NM: Final = ((1340.0, 1460.0), (1790.0, 1960.0))
"""Where the air between a field and a sensor above it lets no light through: Gao et al.,
Atmospheric correction algorithms for hyperspectral remote sensing data of land and ocean,
Remote Sens. Environ. 113 (2009) S17-S24."""

FAR_M: Final = 0.1
"""Side of a pixel, in metres, from where on there is air between plant and sensor."""

_MOST_ROWS: Final = 8  # a row of a BSQ file is a read for each band
_MOST_PIXELS: Final = 8192
_LEAST_PIXELS: Final = 16
_DARK_SHARE: Final = 0.95  # of pixels, in a band
_LIT_SHARE: Final = 0.05  # of bands, in a pixel


def bands_without_signal(cube: Cube) -> BoolArray:
    """Find bands that are constant, or zero or negative nearly throughout, shape (bands,).

    Some rows of the cube are read. In an image without any light none is found.
    """
    pixels = _sample(cube)
    dead = _dead(pixels)
    # A picture of one spectrum is constant in every band.
    constant = _constant(pixels) if len(pixels) >= _LEAST_PIXELS else np.zeros_like(dead)
    if constant.mean() > 0.5:
        constant[:] = False
    return np.asarray((dead | constant) & cube.good_bands)


def bands_in_water_vapour(cube: Cube) -> BoolArray:
    """Find bands of an airborne or satellite image that the air's water absorbs, shape (bands,)."""
    axis, area = cube.wavelengths_nm, cube.georeference.pixel_area.m2
    if axis is None or area is None or area < FAR_M**2:
        return np.zeros(cube.bands, dtype=np.bool_)
    return cube.good_bands & _within(axis)


def _within(axis_nm: DoubleArray) -> BoolArray:
    spans = [(axis_nm >= low) & (axis_nm <= high) for low, high in WATER_VAPOUR_NM]
    return np.asarray(np.logical_or.reduce(spans))


def _sample(cube: Cube) -> FloatArray:
    """Return evenly spaced pixels, shape (pixels, bands)."""
    rows = np.unique(np.linspace(0, cube.rows - 1, _MOST_ROWS).astype(int)).tolist()
    width = max(1, _MOST_PIXELS // len(rows))
    left = max(0, (cube.cols - width) // 2)
    cols = slice(left, min(left + width, cube.cols))
    pixels = np.concatenate([cube.block(slice(row, row + 1), cols)[0] for row in rows])
    # A background of zeros says nothing of a band.
    return np.asarray(pixels[(pixels > 0).mean(axis=1) >= _LIT_SHARE])


def _dead(pixels: FloatArray) -> BoolArray:
    """Find bands, of those with data, without light in nearly all pixels."""
    known = np.isfinite(pixels)
    count = known.sum(axis=0)
    dark = (known & (pixels <= 0)).sum(axis=0)
    return np.asarray((count > 0) & (dark >= _DARK_SHARE * count))


def _constant(pixels: FloatArray) -> BoolArray:
    known = np.isfinite(pixels)
    low = np.where(known, pixels, np.inf).min(axis=0)
    high = np.where(known, pixels, -np.inf).max(axis=0)
    return np.asarray(known.any(axis=0) & (low == high))
