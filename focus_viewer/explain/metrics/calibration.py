"""Calibration: whether a decision is right as often as its probability says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_BINS = 10


def expected_calibration_error(confidence: Sequence[float], right: Sequence[float]) -> float:
    """Return the mean gap between confidence and accuracy over ten bins, by their share; 0 is best.

    Guo et al., On Calibration of Modern Neural Networks, ICML 2017.

    Parameters
    ----------
    confidence : sequence of float
        Probability of the decision, 0 to 1.
    right : sequence of float
        1 where the decision was right, else 0.
    """
    shown, true = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if shown.size == 0:
        return float("nan")
    bins = np.minimum((shown * _BINS).astype(np.intp), _BINS - 1)
    gaps = np.bincount(bins, weights=shown - true, minlength=_BINS)
    return float(np.abs(gaps).sum() / shown.size)
