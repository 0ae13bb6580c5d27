"""Random fields, smooth, for spatial variation."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray

_WAVES = 6


def smooth_field(
    x: FloatArray, y: FloatArray, cycles: float, rng: np.random.Generator
) -> FloatArray:
    """Return a smooth random field, mostly between -1 and 1, never beyond, shape (rows, cols).

    A sum of plane waves: it can be evaluated at any coordinates, so it does not depend on how the
    camera samples the leaf.

    Parameters
    ----------
    x, y : FloatArray, shape (rows, cols)
        Coordinates.
    cycles : float
        Typical number of waves per unit of the coordinates.
    """
    angle = rng.uniform(0, 2 * np.pi, _WAVES)
    rate = 2 * np.pi * cycles * rng.uniform(0.3, 1.2, _WAVES)
    phase = rng.uniform(0, 2 * np.pi, _WAVES)
    total = np.zeros(x.shape, dtype=np.float32)
    for u, v, start in zip(rate * np.cos(angle), rate * np.sin(angle), phase, strict=True):
        total += np.cos(float(u) * x + float(v) * y + float(start))
    return np.asarray(np.tanh(total / float(np.sqrt(_WAVES))), dtype=np.float32)


def soft_step(value: FloatArray | DoubleArray) -> FloatArray:
    """Return 0 below 0, 1 above 1, and a smooth rise between."""
    clipped: DoubleArray = np.clip(np.asarray(value, dtype=np.float64), 0, 1)
    return np.asarray(clipped * clipped * (3 - 2 * clipped), dtype=np.float32)
