"""Names of wavelengths: the same number wherever a band is named."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from focus_viewer.core.typing import DoubleArray

_MOST_DECIMALS: Final = 3


def nm_decimals(wavelengths_nm: DoubleArray) -> int:
    """Return the decimals that name a sensor's bands: none from 1 nm apart on, one from 0.1 nm."""
    return _decimals(np.asarray(wavelengths_nm, dtype=np.float64).tobytes())


@lru_cache(maxsize=32)  # asked several times for each step of the band window
def _decimals(content: bytes) -> int:
    wavelengths_nm = np.frombuffer(content)
    steps_nm = np.diff(np.unique(wavelengths_nm[np.isfinite(wavelengths_nm)]))
    if steps_nm.size == 0:
        return 0
    return int(np.clip(np.ceil(-np.log10(np.median(steps_nm))), 0, _MOST_DECIMALS))


def band_number(nm: float, wavelengths_nm: DoubleArray) -> str:
    """Return the number that names a position on a sensor's axis.

    It has a decimal more than usual where two bands would read the same, as those of overlapping
    detectors may.
    """
    decimals = nm_decimals(wavelengths_nm)
    scale = 10.0**decimals
    same = np.floor(wavelengths_nm * scale + 0.5) == math.floor(nm * scale + 0.5)
    crowded = np.unique(wavelengths_nm[same]).size > 1
    return nm_number(nm, decimals + crowded)


def nm_number(nm: float, decimals: int = 0) -> str:
    """Return `763` for 762.5, as people round: the number of every wavelength that is shown."""
    scale = 10.0**decimals
    return f"{math.floor(nm * scale + 0.5) / scale:.{decimals}f}"
