"""Words of numbers in sentences about studies."""

from __future__ import annotations

import math

import numpy as np

from focus_viewer.core.typing import BoolArray


def number_text(value: float) -> str:
    """Return a number with three significant digits; "not known" where it is not finite."""
    return f"{value:.3g}" if math.isfinite(value) else "not known"


def p_text(p: float) -> str:
    """Return "p = 0.013" with two significant digits."""
    return f"p = {p:.2g}" if math.isfinite(p) else "p not known"


def runs(inside: BoolArray) -> list[tuple[int, int]]:
    """Return first and last index of each run of True."""
    starts = np.flatnonzero(inside & ~np.concatenate([[False], inside[:-1]]))
    ends = np.flatnonzero(inside & ~np.concatenate([inside[1:], [False]]))
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
