"""Scale bar of a round length."""

from __future__ import annotations

import math
from typing import Final

_IN_METRES: Final = {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3}
_METRIC: Final = (("km", 1e3), ("m", 1.0), ("cm", 1e-2), ("mm", 1e-3), ("µm", 1e-6))
_SHARE: Final = 0.28  # of the picture's width, at most


def bar_length(width: float) -> float:
    """Return the longest of 1, 2 or 5 times a power of ten that is at most a quarter of a width.

    Parameters
    ----------
    width : float
        Of the picture, in any unit.
    """
    most = width * _SHARE
    power = 10.0 ** math.floor(math.log10(most))
    fitting = [step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9)]
    return fitting[-1]


def length_text(length: float, unit: str) -> str:
    """Return `20 cm`: in the unit in which the number is at least 1."""
    if unit not in _IN_METRES:
        return f"{length:g} {unit}"
    metres = length * _IN_METRES[unit]
    name, size = next(
        ((name, size) for name, size in _METRIC if metres >= size * (1 - 1e-9)), _METRIC[-1]
    )
    return f"{float(f'{metres / size:.3g}'):g} {name}"
