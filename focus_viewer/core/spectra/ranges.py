"""Named ranges of the solar spectrum in leaf physiology."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import DoubleArray, IntArray


@dataclass(frozen=True)
class SpectralRegion:
    """A named wavelength range, low <= wavelength < high."""

    name: str
    low_nm: float
    high_nm: float


SPECTRAL_REGIONS = (
    SpectralRegion("blue", 400, 500),
    SpectralRegion("green", 500, 600),
    SpectralRegion("red", 600, 680),
    SpectralRegion("red edge", 680, 750),
    SpectralRegion("NIR", 750, 1300),
    SpectralRegion("SWIR-1", 1300, 1900),
    SpectralRegion("SWIR-2", 1900, 2500),
)


def region_of(wavelength_nm: DoubleArray) -> IntArray:
    """Return the index into `SPECTRAL_REGIONS` of each wavelength; outside, that of the nearest.

    Parameters
    ----------
    wavelength_nm : DoubleArray, shape (n,)

    Returns
    -------
    IntArray, shape (n,)
    """
    edges = np.array([region.low_nm for region in SPECTRAL_REGIONS[1:]])
    return np.searchsorted(edges, wavelength_nm, side="right").astype(np.intp)
