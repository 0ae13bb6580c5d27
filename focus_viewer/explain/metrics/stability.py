"""Stability of an explanation under sensor noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.metrics.agreement import correlation, spearman
from focus_viewer.explain.metrics.localisation import known_values

SNR_DB = (40, 30, 20, 10)


def noisy_cubes(
    data: FloatArray, rng: np.random.Generator, levels_db: Sequence[int] = SNR_DB
) -> dict[int, FloatArray]:
    """Add more and more noise to a cube, (rows, cols, bands); by signal-to-noise ratio.

    Parameters
    ----------
    rng : Generator
        Give every method its own, with the same seed: all then meet the same noise.
    """
    return {level: add_noise(data, level, rng) for level in levels_db}


def stability(clean: SaliencyVolume, noisy: Mapping[int, SaliencyVolume]) -> dict[str, float]:
    """Compare explanations of one class in noise with the explanation without.

    `stability_40db` ... (40: the signal-to-noise ratio) is Spearman's correlation of the curves,
    `stability_40db_volume` ... Pearson's of the volumes.
    """
    found = {}
    for level, volume in noisy.items():
        name = f"stability_{level}db"
        found[name] = spearman(importance_curve(clean), importance_curve(volume))
        found[f"{name}_volume"] = correlation(
            known_values(clean).ravel(), known_values(volume).ravel()
        )
    return found


def add_noise(data: FloatArray, snr_db: float, rng: np.random.Generator) -> FloatArray:
    """Add white noise of so many decibels below the signal's power, band by band.

    The result has shape (rows, cols, bands).

    Parameters
    ----------
    data : FloatArray, shape (rows, cols, bands)
        NaN where there is no data.
    snr_db : float
        10 log10 of mean square over the noise's variance, the same in every band.
    """
    known = np.isfinite(data)
    square = np.where(known, data, 0).astype(np.float64) ** 2
    power = square.sum(axis=(0, 1)) / np.maximum(known.sum(axis=(0, 1)), 1)
    deviation = np.sqrt(power) * 10 ** (-snr_db / 20)
    noise = rng.standard_normal(data.shape, dtype=np.float32)
    return np.asarray(data + noise * deviation.astype(np.float32))
