"""Whether an explanation stays what it is when the sensor gets noisier."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from focus_viewer.core.saliency import SaliencyVolume, importance_curve
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.metrics.agreement import correlation, spearman
from focus_viewer.explain.metrics.localisation import known_values

SNR_DB = (40, 30, 20, 10)

Explain = Callable[[FloatArray], SaliencyVolume]
"""The volume of one and the same class for a cube's data, shape (rows, cols, bands)."""


def stability(
    explain: Explain,
    data: FloatArray,
    rng: np.random.Generator,
    levels_db: Sequence[int] = SNR_DB,
) -> dict[str, float]:
    """Explain a cube with more and more noise and compare with the explanation without.

    Parameters
    ----------
    explain : callable
    data : FloatArray, shape (rows, cols, bands)
    rng : Generator
        Give every method its own, seeded alike: all then meet the same noise.
    levels_db : sequence of int
        Signal-to-noise ratios.

    Returns
    -------
    dict of str to float
        `stability_40db` ...: Spearman's correlation of the curves; `stability_40db_volume` ...:
        Pearson's of the volumes.
    """
    clean = explain(data)
    found = {}
    for level in levels_db:
        noisy = explain(add_noise(data, level, rng))
        name = f"stability_{level}db"
        found[name] = spearman(importance_curve(clean), importance_curve(noisy))
        found[f"{name}_volume"] = correlation(
            known_values(clean).ravel(), known_values(noisy).ravel()
        )
    return found


def add_noise(data: FloatArray, snr_db: float, rng: np.random.Generator) -> FloatArray:
    """Add white noise of so many decibels below the signal's power, band by band.

    Parameters
    ----------
    data : FloatArray, shape (rows, cols, bands)
        NaN where there is no data.
    snr_db : float
        10 log10 of mean square over the noise's variance, the same in every band.
    rng : Generator

    Returns
    -------
    FloatArray, shape (rows, cols, bands)
    """
    known = np.isfinite(data)
    square = np.where(known, data, 0).astype(np.float64) ** 2
    power = square.sum(axis=(0, 1)) / np.maximum(known.sum(axis=(0, 1)), 1)
    deviation = np.sqrt(power) * 10 ** (-snr_db / 20)
    noise = rng.standard_normal(data.shape, dtype=np.float32)
    return np.asarray(data + noise * deviation.astype(np.float32))
