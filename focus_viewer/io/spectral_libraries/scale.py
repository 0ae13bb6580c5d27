"""Scale of a library's numbers: reflectance from 0 to 1, and what is missing as NaN."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import DoubleArray

_WILD = 1e30  # USGS writes -1.23e34 where nothing was measured
_PERCENT_ABOVE = 1.5
_TEN_THOUSAND_ABOVE = 150.0


def as_reflectance(
    values: DoubleArray, notes: list[str], factor: float | None = None
) -> DoubleArray:
    """Return values as reflectance, of any shape; a factor that is guessed is noted.

    Parameters
    ----------
    factor : float or None
        Divisor as the file states it.
    """
    known = np.where(np.abs(values) < _WILD, values, np.nan)
    if factor is not None:
        return known / factor
    finite = known[np.isfinite(known)]
    top = float(np.percentile(finite, 99)) if finite.size else 0.0
    if top <= _PERCENT_ABOVE:
        return known
    factor = 100.0 if top <= _TEN_THOUSAND_ABOVE else 10_000.0
    notes.append(
        f"The file states no scale: its values of up to {top:.4g} were divided by {factor:g}, a "
        "guess by their size."
    )
    return known / factor
