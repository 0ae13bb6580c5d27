"""Numbers of any size on narrow axes."""

from __future__ import annotations

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(top: float) -> int:
    """The power, a multiple of 3, in whose units a value lies between 1 and 1000; 0 for 0."""
    return 3 * math.floor(math.log10(top) / 3) if top > 0 else 0


def unit(name: str, power: int) -> str:
    """`logit`, or `10⁻³ logit`."""
    return name if power == 0 else f"10{str(power).translate(_SUPERSCRIPTS)} {name}"
