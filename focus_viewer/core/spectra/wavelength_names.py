"""Names of wavelengths: the same number wherever a band is named."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from focus_viewer.core.typing import DoubleArray

_MOST_DECIMALS: Final = 3


def nm_decimals(wavelengths_nm: DoubleArray) -> int:
    """Return the decimals that name bands: the fewest with which no two bands read the same.

    Overlapping detectors may have two bands nearly in one place: these alone give one decimal at
    the most.
    """
    nm = np.unique(wavelengths_nm[np.isfinite(wavelengths_nm)])
    if nm.size < 2:
        return 0
    usual = int(np.clip(np.ceil(-np.log10(np.median(np.diff(nm)))), 0, _MOST_DECIMALS))
    for decimals in range(max(usual, 1) + 1):
        if np.unique(np.floor(nm * 10**decimals + 0.5)).size == nm.size:
            return decimals
    return usual


def nm_number(nm: float, decimals: int = 0) -> str:
    """Return `763` for 762.5, as people round: the number of every wavelength that is shown."""
    scale = 10.0**decimals
    return f"{math.floor(nm * scale + 0.5) / scale:.{decimals}f}"
