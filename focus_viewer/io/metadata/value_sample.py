"""Sample of a cube's values: a few pixels, enough to see what they are, and fast for any file."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np

from focus_viewer.core.cubes.cube import PixelSource
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray

Range = Literal["reflectance", "beyond", "dark"]
"""What numbers look like: reflectance, beyond its range, or too dark (or none) to say."""

_ROWS, _COLS, _CORNER = 5, 64, 8
_LARGE_BYTES = 4 * 2**20
_BANDS, _BANDS_OF_PACKED = 16, 6
_MOSTLY = 0.95
_REFLECTANCE = (-0.1, 1.5)
_MORE_THAN_DARK = 0.02


class Sampled(PixelSource, Protocol):
    """Pixels that may be packed."""

    @property
    def packed_bytes(self) -> int:
        """Size of what must be decompressed for a pixel; 0 for uncompressed values."""
        ...


def sample_values(source: Sampled, good_bands: BoolArray) -> FloatArray:
    """Read a few good bands of a few pixels, from edge to edge: borders often have no data.

    Of packed images a line and two corners are read, and fewer bands; of those that are packed in
    large pieces only their middle.

    Returns
    -------
    FloatArray, shape (pixels, bands)
    """
    rows, cols, _ = source.shape
    bands = sampled_bands(good_bands, source.packed_bytes > 0)
    if source.packed_bytes == 0:
        blocks = [source.read(_spread(rows, _ROWS), _spread(cols, _COLS), bands)]
    elif source.packed_bytes > _LARGE_BYTES:
        blocks = [source.read(*_middle(rows, cols, _CORNER), bands)]
    else:
        ends = slice(0, _CORNER), slice(max(0, cols - _CORNER), cols)
        parts = [(slice(0, 1), ends[0]), _middle(rows, cols, _COLS)]
        parts += [(slice(rows - 1, rows), ends[1])]
        blocks = [source.read(*part, bands) for part in parts]
    values = np.concatenate([block.reshape(-1, block.shape[2]) for block in blocks])
    return values[:, good_bands[bands]]


def _middle(rows: int, cols: int, count: int) -> tuple[slice, slice]:
    """Return that many pixels in the middle of the middle row."""
    left = max(0, (cols - count) // 2)
    return slice(rows // 2, rows // 2 + 1), slice(left, left + count)


def _spread(side: int, count: int) -> slice:
    """Return about that many positions from the first to the last."""
    return slice(0, None, max(1, (side - 1) // (count - 1)))


def sampled_bands(good_bands: BoolArray, few: bool) -> slice | IntArray:
    """Return a few bands: by a slice, which is read faster, unless too few of it are good."""
    most = _BANDS_OF_PACKED if few else _BANDS
    evenly = slice(0, None, -(-good_bands.size // most))
    chosen = good_bands[evenly]
    if 2 * np.count_nonzero(chosen) >= chosen.size:
        return evenly
    good = np.flatnonzero(good_bands)
    return good[:: -(-good.size // most)]


def range_of(values: FloatArray) -> Range:
    """Return what numbers look like; those that are not finite are left out."""
    finite = values[np.isfinite(values)]
    if finite.size == 0 or np.abs(finite).max() < _MORE_THAN_DARK:
        return "dark"
    usual = (finite >= _REFLECTANCE[0]) & (finite <= _REFLECTANCE[1])
    return "reflectance" if usual.mean() >= _MOSTLY else "beyond"
